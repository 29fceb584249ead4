"""Looking and keeping: who looked at a case, restricting it, holding it against erasure."""

from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.generic import TemplateView

from audit.events import record
from mappa_portal.exports import csv_download
from mappa_portal.limits import limit
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import OFFICIAL_SENSITIVE, long_date, lower_first, moment
from referrals.actions import guarding
from referrals.forms.records import GuardForm, PeriodForm
from referrals.looking import reason_to_open
from referrals.models import Guard, Pack
from referrals.records.looks import in_words, looks_at
from referrals.rules import CASE_RULES
from referrals.views.cases import CaseFormView, CaseMixin

COLUMNS = ("When", "Person", "Organisation", "What", "Why")
MOST = 20_000
GUARDS = {  # rule: kind, title, button, what is then said
    "restrict": (
        Guard.Kind.RESTRICTION,
        "Restrict this case",
        "Restrict case",
        "Whoever opens the case now says why first.",
    ),
    "lift_restriction": (
        Guard.Kind.RESTRICTION,
        "Lift the restriction",
        "Lift restriction",
        "The case is open to its own people again.",
    ),
    "hold": (Guard.Kind.HOLD, "Put under legal hold", "Hold", "Nothing of this case is erased now."),
    "lift_hold": (Guard.Kind.HOLD, "Lift the legal hold", "Lift hold", "The legal hold is lifted."),
}


class Records(CaseMixin, TemplateView):
    """The case's restriction and hold, with what else is kept and asked about it."""

    template_name = "referrals/records.html"
    rule = "keep_records"

    def get_context_data(self, **kwargs):
        self.person  # noqa: B018  (whoever reads why the case is guarded has opened it)
        shown = self.case.guards.select_related("began_by", "ended_by")
        return super().get_context_data(
            guards=[_line(guard) for guard in shown],
            packs=[_pack(pack) for pack in self.case.packs.defer("content", "marks", "document")],
            columns=("What", "From", "Reason", "Until"),
            allowed=CASE_RULES.allowed(self.request.user, self.case),
            **kwargs,
        )


def _pack(pack: Pack) -> Row:
    due = "" if pack.released_at else f", due {long_date(pack.due_on)}"
    url = reverse("referrals:pack", args=[pack.case.reference, pack.number])
    return Row(
        f"Pack {pack.number}",
        f"{pack.get_kind_display()}: {lower_first(pack.get_status_display())}{due}",
        url,
        "Open",
    )


def _line(guard: Guard) -> tuple:
    ended = f"{moment(guard.ended_at)}, {guard.ended_by}. {guard.why_ended}" if guard.ended_at else "Stands"
    return guard.get_kind_display(), f"{moment(guard.began_at)}, {guard.began_by}", guard.why, ended


class GuardChange(CaseMixin, CaseFormView):
    form_class = GuardForm

    @property
    def words(self) -> tuple:
        return GUARDS[self.rule]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{"title": self.words[1], "button": self.words[2]} | kwargs)

    def act(self, form):
        verb = guarding.guard if self.rule in ("restrict", "hold") else guarding.lift
        verb(self.case, self.words[0], **form.cleaned_data, by=self.request.user, at=now())
        return self.done(self.words[3])


class LookList(CaseMixin, TemplateView):
    """Who looked at this record, and why."""

    template_name = "referrals/looks.html"
    rule = "keep_records"

    @property
    def form(self) -> PeriodForm:
        return PeriodForm(self.request.GET or None)

    def found(self, form: PeriodForm):
        reason_to_open([self.case], by=self.request.user)  # what people said may name the person
        asked = form.cleaned_data if form.is_valid() else {}
        found = looks_at(*self.case.whole)
        if since := asked.get("since"):
            found = found.filter(at__date__gte=since)
        if until := asked.get("until"):
            found = found.filter(at__date__lte=until)
        return found.none() if form.is_bound and not form.is_valid() else found.order_by("-at", "-pk")

    def get_context_data(self, **kwargs):
        form = self.form
        page = keyset(self.found(form), self.request, "-at", "-pk")
        rows = [
            (moment(look.at), look.who, look.organisation, look.what, look.why or "Not asked")
            for look in in_words(self.case, page)
        ]
        query = self.request.GET.copy()
        query.pop("after", None), query.pop("before", None)
        return super().get_context_data(
            form=form, page=page, rows=rows, columns=COLUMNS, query=query.urlencode(), **kwargs
        )


class LookExport(LookList):
    def get(self, request, **kwargs):
        limit("export", request.user.pk, most=10)
        case, events = self.case, self.found(self.form)[:MOST]
        looks = in_words(case, events)
        record("case.looks_exported", case, by=request.user, reason=f"{len(looks)} looks, CSV")
        rows = [(look.at.isoformat(), look.who, look.organisation, look.what, look.why) for look in looks]
        name = f"looks-{case.reference}-{localdate()}.csv"
        return csv_download(name, COLUMNS, rows, marking=OFFICIAL_SENSITIVE)
