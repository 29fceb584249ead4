"""Merging two cases of one person: which other, both side by side, and undoing it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from mappa_portal.words import long_date
from referrals import actions as cases
from referrals.actions import merging as actions
from referrals.finding import same_person
from referrals.forms.merging import MergeForm, MergeWithForm, UnmergeForm
from referrals.models import Case
from referrals.models.addresses import present
from referrals.views.cases import CaseFormView, CaseMixin, levels_of

NONE = "None"


class MergeWith(CaseMixin, CaseFormView):
    template_name = "referrals/merge_with.html"
    form_class, rule = MergeWithForm, "merge"
    title, button = "Which other case is the same person?", "Continue"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case}

    def get_context_data(self, **kwargs):
        found = same_person(self.case.organisation, self.person, by=self.request.user)
        matches = [match for match in found if match.case != self.case]
        return super().get_context_data(matches=matches, **kwargs)

    def act(self, form):
        return redirect("referrals:merge_both", self.case.reference, form.cleaned_data["other"].reference)


class MergeBoth(CaseMixin, CaseFormView):
    template_name = "referrals/merge.html"
    form_class, rule = MergeForm, "merge"
    title, button = "Is it one person?", "Merge cases"

    @cached_property
    def other(self) -> Case:
        there = Case.objects.for_user(self.request.user).filter(organisation=self.case.organisation)
        full = there.select_related("responsible_agency", "merged_into").with_level(localdate())
        return get_object_or_404(full.exclude(pk=self.case.pk), reference=self.kwargs["other"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"both": [self.case, self.other]}

    def get_context_data(self, **kwargs):
        people = (self.person, cases.look(self.other, by=self.request.user))
        both = [_said(case, person) for case, person in zip((self.case, self.other), people, strict=True)]
        rows = [(label, one, two) for (label, one), (_, two) in zip(*both, strict=True)]
        columns = ("", self.case.reference, self.other.reference)
        return super().get_context_data(rows=rows, columns=columns, other=self.other, **kwargs)

    def act(self, form):
        both = {case.reference: case for case in (self.case, self.other)}
        kept = both.pop(form.cleaned_data["keep"])
        (other,) = both.values()
        actions.merge(other, into=kept, reason=form.cleaned_data["reason"], by=self.request.user)
        messages.success(self.request, f"Case {other} is merged into {kept}.")
        return redirect("referrals:case", kept.reference)


def _said(case: Case, person) -> list[tuple[str, object]]:
    lives = present(case.addresses.all(), localdate())
    levels = [f"Level {p.level} from {long_date(p.starts_on)}" for p in levels_of(case)]
    return [
        ("Name", person.name or NONE),
        ("Other names", ", ".join(person.aliases) or NONE),
        ("Date of birth", long_date(person.birth_date) or NONE),
        ("Address", lives.lines if lives else NONE),
        ("Category", case.get_category_display() or NONE),
        ("Lead agency", case.responsible_agency or NONE),
        ("Levels", "; ".join(levels) or NONE),
        ("Meetings", case.discussions.count()),
        ("Disclosures", case.disclosures.count()),
        ("Referrals", case.referrals.count()),
    ]


class Unmerge(CaseMixin, CaseFormView):
    form_class, rule = UnmergeForm, "unmerge"
    title, button = "Undo the merge", "Undo merge"

    def act(self, form):
        actions.unmerge(self.case, **form.cleaned_data, by=self.request.user)
        return self.done("The merge is undone. Each case has what it had.")
