"""Referrals: which wait, starting one, and reading one."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from audit.history import entries
from audit.models import Event
from boards.models import Organisation, Territory
from mappa_portal.action_form import ActionFormView
from mappa_portal.exceptions import Conflict
from mappa_portal.pagination import keyset, sorting
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date
from referrals.actions import referrals as actions
from referrals.forms.referrals import NewReferralForm, ReferralFilterForm
from referrals.models import Referral, Screening
from referrals.outside.rules import askers_of
from referrals.referring.answers import rows
from referrals.referring.form_a import SECTIONS
from referrals.referring.rules import REFERRAL_RULES, SCREENING_RULES, referrers_of, screeners_of
from referrals.referring.waiting import narrowed, state_tag

COLUMNS = (
    ("reference", "Reference"),
    ("agency", "Agency"),
    ("category", "Category"),
    ("waiting", "Days waiting"),
    ("status", "Status"),
)
SORTS = {
    "waiting": ("-since", "-pk"),
    "reference": ("reference", "pk"),
    "agency": ("agency__name", "pk"),
    "category": ("in_category", "pk"),
    "status": ("status", "pk"),
}
OLDEST = "-waiting"


class RefersMixin(LoginRequiredMixin):
    """For those who refer or screen."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not (referrers_of(request.user) or screeners_of(request.user)):
            raise PermissionDenied(
                "Referrals are for agencies that refer, and for MAPPA units that decide on them."
            )
        return super().dispatch(request, *args, **kwargs)


class ReferralList(RefersMixin, TemplateView):
    template_name = "referrals/referrals.html"

    def get_context_data(self, **kwargs):
        user, today, form = self.request.user, localdate(), ReferralFilterForm(self.request.GET or None)
        asked = form.cleaned_data if form.is_valid() else {}
        sort, order = sorting(self.request, SORTS, OLDEST)
        mine = Referral.objects.read_by(user).listed().select_related("agency")
        page = keyset(narrowed(mine, asked, today), self.request, *order)
        return super().get_context_data(
            filters=form,
            filtered=any(asked.values()),
            page=page,
            columns=COLUMNS,
            sort=sort,
            rows=[_row(referral, today) for referral in page],
            refers=bool(referrers_of(user)),
            screens=bool(screeners_of(user)),
            outside=bool(askers_of(user) or screeners_of(user)),
            oldest=_oldest(user),
            **kwargs,
        )


def _oldest(user) -> Referral | None:
    waiting = Referral.objects.filter(unit__in=screeners_of(user), status=Referral.Status.SUBMITTED)
    return waiting.order_by("submitted_at", "pk").first()


def _row(referral: Referral, today) -> list:
    url = reverse("referral:detail", args=[referral.reference])
    days = referral.days_waiting(today)
    return [
        format_html('<a class="govuk-link" href="{}">{}</a>', url, referral.reference),
        referral.agency,
        referral.category or "Not stated",
        "Decided" if days is None else days,
        state_tag(referral, today),
    ]


class ReferralNew(RefersMixin, ActionFormView):
    template_name = "referrals/referral_form.html"
    form_class = NewReferralForm
    title, button = "Start a referral", "Start referral"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not referrers_of(request.user):
            raise PermissionDenied("Your seat does not let you refer.")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def seats(self):
        return referrers_of(self.request.user)

    def get_form_kwargs(self):
        boroughs = Territory.objects.filter(pk__in={pk for s in self.seats.values() for pk in s.boroughs})
        organisations = [seat.organisation for seat in self.seats.values()]
        return super().get_form_kwargs() | {"organisations": organisations, "boroughs": list(boroughs)}

    def act(self, form):
        data = form.cleaned_data
        referral = actions.start(
            self._organisation(data["agency"], data["borough"]),
            **data,
            by=self.request.user,
            at=timezone.now(),
        )
        return redirect("referral:form", referral.reference)

    def _organisation(self, agency: Organisation, borough: Territory) -> Organisation:
        """The agency itself, else the borough's unit that enters its paper form."""
        if agency.slug in self.seats:
            return agency
        return Organisation.objects.unit_of(borough)


class ReferralMixin(LoginRequiredMixin):
    """The referral that the address names; ``answers`` are opened once a request, and that is recorded."""

    rule = "see"

    @cached_property
    def referral(self) -> Referral:
        mine = Referral.objects.for_user(self.request.user).listed()
        full = mine.select_related(
            "territory__parent",
            "organisation",
            "agency",
            "unit",
            "case",
            "decided_by",
            "endorsed_by",
            "started_by",
        )
        found = get_object_or_404(full, reference=self.kwargs["reference"])
        if found.erased_at:
            raise Conflict(f"This referral was erased on {long_date(found.erased_at)}.")
        require(self.rule, found, self.request.user)
        return found

    @cached_property
    def answers(self):
        return actions.look(self.referral, by=self.request.user)

    @cached_property
    def allowed(self) -> set[str]:
        return allowed(self.request.user, self.referral)

    @property
    def agencies(self) -> dict[str, str]:
        covering = Organisation.objects.filter(coverage__borough=self.referral.territory_id)
        return dict(covering.values_list("slug", "name"))

    def said(self) -> list[tuple[int, str, list[Row]]]:
        names = self.agencies
        return [(s.number, s.title, rows(s, self.answers[s.number], names)) for s in SECTIONS]

    def attachments(self):
        """For templates that show them; nothing is read before."""
        return list(self.referral.attachments.listed())

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            referral=self.referral,
            attachments=self.attachments,
            allowed=self.allowed,
            state=state_tag(self.referral, localdate()),
            **kwargs,
        )

    def done(self, text: str, to: str = "referral:detail"):
        messages.success(self.request, text)
        return redirect(to, self.referral.reference)


def allowed(user, referral: Referral) -> set[str]:
    found = REFERRAL_RULES.allowed(user, referral) | SCREENING_RULES.allowed(user, Screening(referral))
    if "endorse" in found and not referral.is_on_paper and actions.has_written(referral, user):
        found.discard("endorse")
    return found


def require(rule: str, referral: Referral, user) -> None:
    if rule == "see" and "see" in allowed(user, referral):
        return
    if rule in SCREENING_RULES.rules and rule != "see":
        SCREENING_RULES.require(rule, Screening(referral), by=user)
    else:
        REFERRAL_RULES.require(rule, referral, by=user)


class ReferralDetail(ReferralMixin, TemplateView):
    template_name = "referrals/referral.html"

    def get_context_data(self, **kwargs):
        referral = self.referral
        events = Event.objects.filter(territory=referral.territory_id, reference=referral.reference)
        parts = {
            ("referrals.referralsection", section.pk): SECTIONS[section.number].title
            for section in referral.sections.defer("content")
        }
        return super().get_context_data(
            facts=_facts(referral), said=self.said(), moments=entries(events, parts), **kwargs
        )


def _facts(referral: Referral) -> list[Row]:
    facts = [
        Row("Form", f"{referral.form}, edition {referral.edition}"),
        Row("Agency that refers", referral.agency),
        Row("Level asked", referral.get_level_asked_display()),
        Row("Started", f"{long_date(referral.started_at)} by {referral.started_by.name}"),
    ]
    if referral.endorsed_at:
        facts.append(Row("Endorsed", f"{long_date(referral.endorsed_at)} by {referral.endorsed_by.name}"))
    if referral.submitted_at:
        facts.append(Row("Sent", long_date(referral.submitted_at)))
    if referral.decided_at:
        facts.append(Row("Decision", f"{referral.get_outcome_display()}, {long_date(referral.decided_at)}"))
    if referral.decided_at and not referral.withdrawn_at:
        facts.append(Row("Reason", referral.why))
    if referral.hear_by:
        facts.append(Row("First meeting by", referral.hear_by))
    if referral.on:
        heard = f", heard on {long_date(referral.heard_on)}" if referral.heard_on else ""
        facts.append(Row("Meeting", f"{referral.on}{heard}"))
    if referral.withdrawn_at:
        facts += [Row("Withdrawn", long_date(referral.withdrawn_at)), Row("Reason", referral.why)]
    return facts
