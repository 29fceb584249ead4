"""Cases: the list with the search for a person, one case, adding and changing it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from audit.history import done_to
from boards.access import units_with
from boards.switcher import unit_here
from mappa_portal.action_form import ActionFormView, Question
from mappa_portal.limits import limit
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import Row, short_date, tag
from mappa_portal.words import long_date, upper_first
from referrals import actions, rooms
from referrals.clock import is_overdue
from referrals.endings import MANAGEMENT, Ending, Standing
from referrals.finding import MOST, find_people, same_person
from referrals.forms.cases import (
    NONE,
    CaseFilterForm,
    CaseForm,
    FindPersonForm,
    LevelForm,
    NewCaseForm,
    WithdrawForm,
)
from referrals.listing import narrowed, with_clock
from referrals.models import Address, Case, Disclosure, LevelPeriod, Referral, Transfer
from referrals.models.addresses import present
from referrals.rules import CASE_RULES, units_of
from referrals.views.disclosures import state_tag

COLUMNS = (
    "Reference",
    "State",
    "Category",
    "Level",
    "Since",
    "Lead agency",
    "Last held meeting",
    "Next review",
)
BESIDE = (
    '<a class="govuk-link" href="{}" target="_blank" rel="noopener noreferrer">{} (opens in new tab)</a>: {}'
)
CATEGORY_3_AT_LEVEL_1 = (
    "Category 3 is for people who need more than one agency’s management, yet this case is at Level 1."
    " Check the category and the level."
)


class UnitMixin(LoginRequiredMixin):
    """For the people who keep the cases of a borough; ``unit`` is that of the borough they work on just now."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.units:
            raise PermissionDenied("Cases are kept by the people of a borough’s MAPPA unit.")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def units(self):
        return units_of(self.request.user)

    @cached_property
    def unit(self):
        return unit_here(self.request, self.units)


class CaseList(UnitMixin, TemplateView):
    template_name = "referrals/list.html"

    def get_context_data(self, **kwargs):
        today, form = localdate(), CaseFilterForm(self.request.GET or None)
        asked = form.cleaned_data if form.is_valid() else {}
        cases = with_clock(
            Case.objects.for_user(self.request.user).filter(organisation__in=self.units).kept(), today
        )
        page = keyset(narrowed(cases.select_related("responsible_agency"), asked, today), self.request, "-pk")
        return super().get_context_data(
            filters=form,
            filtered=any(asked.values()),
            keeps_records=bool(units_with(self.request.user, "keep_records")),
            page=page,
            columns=COLUMNS,
            rows=[_row(case, today) for case in page],
            **{"find": FindPersonForm()} | kwargs,
        )

    def post(self, request):
        """The search for a person, never by address (H1, E4)."""
        limit("person", request.user.pk, most=30)
        form = FindPersonForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(find=form, form=form))
        asked = {name: form.cleaned_data[name] for name in ("name", "birth_date")}
        found = find_people(self.units, **asked, by=request.user)
        rows = [(_link(match.case), standing_tag(match.case), ", ".join(match.by)) for match in found]
        context = {
            "find": form,
            "rows": rows,
            "columns": ("Reference", "State", "Matches"),
            "cut": len(rows) == MOST,
        }
        return render(request, "referrals/found.html", context)


def _address_of(case: Case) -> str:
    return reverse("referrals:case", args=[case.reference])


def _link(case: Case):
    return format_html('<a class="govuk-link" href="{}">{}</a>', _address_of(case), case.reference)


def _row(case: Case, today) -> list:
    return [
        _link(case),
        standing_tag(case),
        case.get_category_display() or NONE,
        case.present_level or NONE,
        short_date(case.level_since),
        case.responsible_agency or NONE,
        short_date(case.last_review) or "None yet",
        due(case, today, short_date),
    ]


STANDING_COLOURS = {Standing.MANAGED: "blue", Standing.SUSPENDED: "yellow"}


def standing_tag(case: Case):
    standing = Standing(case.standing)
    return tag(standing.label, STANDING_COLOURS.get(standing, "grey"))


def due(case: Case, today, written=long_date):
    if case.next_review is None:
        return "No date"
    late = tag("Overdue", "orange") if is_overdue(case.next_review, today) else ""
    return format_html("{} {}", written(case.next_review), late)


class CaseMixin(LoginRequiredMixin):
    """The case that the address names; ``person`` is opened once a request, and that is recorded."""

    rule = "see"

    @cached_property
    def case(self) -> Case:
        mine = with_clock(Case.objects.for_user(self.request.user), localdate())
        full = mine.select_related(
            "territory__parent", "organisation", "responsible_agency", "responsible_csc", "merged_into"
        )
        found = get_object_or_404(full, reference=self.kwargs["reference"])
        CASE_RULES.require(self.rule, found, by=self.request.user)
        return found

    def case_as_it_stands(self) -> Case:
        """After an action."""
        return Case.objects.with_level(localdate()).with_standing().get(pk=self.case.pk)

    @cached_property
    def person(self):
        return actions.look(self.case, by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(case=self.case, **kwargs)

    def done(self, text: str):
        messages.success(self.request, text)
        return redirect("referrals:case", self.case.reference)


class CaseDetail(CaseMixin, TemplateView):
    template_name = "referrals/case.html"

    def get_context_data(self, **kwargs):
        today, allowed = localdate(), CASE_RULES.allowed(self.request.user, self.case)
        addresses = list(Address.objects.filter(case__in=self.case.whole).select_related("borough", "case"))
        own_first = sorted(addresses, key=lambda each: each.case_id != self.case.pk)
        lives = present(own_first, today)
        return super().get_context_data(
            allowed=allowed,
            state=standing_tag(self.case),
            stands=upper_first(self.case.stands.partition(": ")[2]),
            verbs=_verbs(self.case, allowed),
            person=self.person,
            rows=_particulars(self.case, self.person, lives),
            addresses=addresses,
            lives_away=lives if lives and lives.leads_away and "move" in allowed else None,
            moments=done_to(self.case),
            periods=levels_of(self.case),
            merged=list(self.case.merged.order_by("pk")),
            next_review=due(self.case, today),
            referrals=_referrals(self.case),
            sections=rooms.sections.of(self.request.user, self.case, today),
            disclosures=_disclosures(self.case),
            transfers=_transfers(self.request.user, self.case),
            doubt=CATEGORY_3_AT_LEVEL_1 if (self.case.category, self.case.present_level) == (3, 1) else "",
            **kwargs,
        )


def _verbs(case: Case, allowed: set[str]) -> list[tuple[str, str]]:
    """What may be done to its level and standing, with the address."""
    stopped = case.standing == Standing.SUSPENDED
    offered = (
        ("change_level", "level", "Release again, at a level" if stopped else "Change level"),
        ("correct_level", "level_correct", "Correct the newest level"),
        ("recall", "recall", "Recalled: suspend the case"),
        ("transfer", "transfer", "Transfer to another borough or area"),
        ("end", "end", "No longer eligible: end the case"),
        ("take_back", "take_back", "Take the recall back" if stopped else "Take the ending back"),
    )
    return [(t, reverse(f"referrals:{page}", args=[case])) for rule, page, t in offered if rule in allowed]


def levels_of(case: Case) -> list[LevelPeriod]:
    """Of the case and of those merged into it, the newest first."""
    found = LevelPeriod.objects.filter(case__in=case.whole).select_related("case")
    return list(found.order_by("-starts_on", "-pk"))


def _referrals(case: Case) -> list[Row]:
    found = Referral.objects.listed().filter(case__in=case.whole).order_by("-submitted_at", "-pk")
    return [
        Row(r.reference, _awaited(r), reverse("referral:detail", args=[r.reference]), "Open") for r in found
    ]


def _awaited(referral: Referral) -> str:
    first = (
        f"first meeting by {long_date(referral.hear_by)}"
        if referral.hear_by and not referral.heard_on
        else ""
    )
    return ", ".join(filter(None, (referral.get_outcome_display(), first)))


def _disclosures(case: Case) -> list[Row]:
    found = Disclosure.objects.filter(case__in=case.whole).order_by("-opened_on", "-pk")
    return [
        Row(d.reference, state_tag(d), reverse("disclosures:disclosure", args=[d.reference]), "Open")
        for d in found
    ]


def _transfers(user, case: Case) -> list[Row]:
    """By which it came, and those by which it was to go."""
    came = Q(reference=case.came_from) if case.came_from else Q()
    found = Transfer.objects.for_user(user).filter(Q(case=case) | came)
    said = (
        (t, f"{t.get_status_display()}, {t.organisation.territory} to {t.to}")
        for t in found.select_related("organisation__territory", "to_unit__territory")
    )
    return [
        Row(t.reference, text, reverse("transfers:detail", args=[t.reference]), "Open") for t, text in said
    ]


def _particulars(case: Case, person, lives: Address | None) -> list[Row]:
    lines = (
        format_html("<br>".join(["{}"] * len(person.aliases)), *person.aliases) if person.aliases else NONE
    )
    return [
        Row("Other names", lines),
        Row("Date of birth", person.birth_date or NONE),
        Row("Present address", _address(lives) if lives else NONE),
        Row("Category", case.get_category_display() or NONE),
        Row("Lead agency", case.responsible_agency or NONE),
        Row("Responsible Children’s Services", case.responsible_csc or NONE),
    ]


def _address(lives: Address):
    head = f"{lives.get_kind_display()}, {lives.place}" if lives.place else lives.get_kind_display()
    return format_html("{}<br>{}", head, lives.lines)


class CaseFormView(ActionFormView):
    template_name = "referrals/form.html"
    title = button = ""


class CaseNew(UnitMixin, CaseFormView):
    form_class = NewCaseForm
    question_template = "referrals/question.html"
    title, button = "Add a case", "Add case"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"unit": self.unit}

    def get_context_data(self, **kwargs):
        return super().get_context_data(unit=self.unit, **kwargs)

    def question(self, form) -> Question | None:
        """Whether the person is here already; asked once."""
        if "confirmed" in self.request.POST:
            return None
        found = same_person(self.unit, form.person, by=self.request.user)
        follows = [
            format_html(BESIDE, _address_of(match.case), match.case, ", ".join(match.by)) for match in found
        ]
        return (
            Question("Is this person here already?", follows, "Another person: add the case")
            if found
            else None
        )

    def act(self, form):
        case = actions.add_case(
            self.unit,
            person=form.person,
            address=form.cleaned_data["address"].strip(),
            **form.managed,
            **form.begins,
            file_reference=form.cleaned_data["file_reference"],
            today=localdate(),
            by=self.request.user,
        )
        messages.success(self.request, f"{case} is added.")
        return redirect("referrals:case", case.reference)


class CaseEdit(CaseMixin, CaseFormView):
    form_class, rule, record_name = CaseForm, "edit", "case"
    title, button = "Change particulars", "Save changes"

    @property
    def record(self) -> Case:
        return self.case

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.person}

    def act(self, form):
        values = {"revision": form.cleaned_data["revision"], "person": form.person, **form.managed}
        values["csc_since"] = form.cleaned_data["csc_since"]
        actions.edit_case(self.case, **values, by=self.request.user)
        return self.done("The particulars are saved.")


class LevelChange(CaseMixin, CaseFormView):
    form_class, rule = LevelForm, "change_level"
    button = "Save level"

    @property
    def title(self) -> str:
        return "Release again" if self.case.standing == Standing.SUSPENDED else "Change level"

    def get_form_kwargs(self):
        present = self.case.levels.filter(ends_on=None).first()
        return super().get_form_kwargs() | {"ends": MANAGEMENT if present and present.level > 1 else ()}

    def act(self, form):
        before, level = self.case.present_level, form.cleaned_data["level"]
        same_day = self.case.level_since == form.cleaned_data["starts_on"]
        actions.change_level(self.case, **form.cleaned_data, today=localdate(), by=self.request.user)
        case = self.case_as_it_stands()
        if case.standing == Standing.SUSPENDED:
            return self.done(f"The case is {case.stands}.")
        said = f"The case is at Level {level} from {long_date(case.level_since)}."
        if same_day:
            said += f" It takes the place of Level {before}, which began on that day."
        return self.done(said)


class LevelCorrect(CaseMixin, CaseFormView):
    form_class, rule = LevelForm, "correct_level"
    title, button = "Correct the newest level", "Save correction"

    @cached_property
    def before(self):
        """The period that the newest follows, unless a recall lies between them."""
        found = self.case.levels.all()[1:2]
        return next((p for p in found if p.ending != Ending.RECALLED), None)

    def get_form_kwargs(self):
        ends = [e for e in MANAGEMENT if e != Ending.RECALLED]
        asked = self.before is not None and self.before.level > 1
        return super().get_form_kwargs() | {"ends": ends if asked else ()}

    def get_initial(self):
        if self.request.method == "POST":
            return {}
        actions.look(self.case, by=self.request.user)  # why a level was chosen is about the person
        newest = self.case.levels.first()
        known = {"level": newest.level, "starts_on": newest.starts_on, "reason": newest.why}
        return known | {"ending": self.before.ending if self.before else ""}

    def act(self, form):
        actions.correct_level(self.case, **form.cleaned_data, today=localdate(), by=self.request.user)
        return self.done("The level is corrected.")


class CaseWithdraw(CaseMixin, CaseFormView):
    form_class, rule = WithdrawForm, "withdraw"
    title, button = "Withdraw this case", "Withdraw case"

    def act(self, form):
        actions.withdraw(self.case, **form.cleaned_data, by=self.request.user)
        messages.success(self.request, f"Case {self.case} is withdrawn.")
        return redirect("referrals:list")
