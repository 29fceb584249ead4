"""How an area works: its settings in groups, and who approves its protocols."""

from dataclasses import dataclass

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from boards.forms.fields import GRADES, RevisedForm, SmallNumber
from boards.models import ApprovingBody, AreaSettings, Organisation
from mappa_portal.forms import Form, ModelForm
from mappa_portal.words import OFFICIAL, OFFICIAL_SENSITIVE

MARKINGS = [(m, m) for m in (OFFICIAL, OFFICIAL_SENSITIVE)]
NUMBERS = {
    "first_review_months",
    "review_months",
    "notice_days",
    "circulation_days",
    "contact_months",
    "level1_review_months",
    "level2_review_days",
    "level3_review_days",
    "first_meeting_days",
    "level_setting_months",
    "suppression_threshold",
    "first_reminder_days",
    "last_reminder_days",
    "copy_days",
    "copy_reminder_days",
    *("keep_case_years", "keep_minutes_years", "keep_referral_years", "keep_disclosure_years"),
}
HINTS = {
    "marking": "Printed on each page of new documents. Older documents keep the marking they were made with.",
    "mappa_signatory": "Beside the chair of the safeguarding board",
    "notice_days": "Between sending the invitations and the meeting",
    "circulation_days": "Counted from the day of the meeting; weekends and bank holidays are left out",
    "contact_months": "Each single point of contact is sent a link to check its details",
    "first_meeting_days": "Weekends and bank holidays are left out",
    "level_setting_months": "A referral of a person in custody is late from then on",
    "suppression_threshold": "Lower counts are hidden outside the board’s own return. It may only rise.",
    "first_reminder_days": "To the MAPPA unit, while the return is not signed. A third goes out on the day after",
    "copy_days": "Proposed when a copy is issued",
    "copy_reminder_days": "The MAPPA unit is told which copies to ask for",
    "level2_grade": "Attendance below it is recorded, and does not count towards KPI 6",
    "level3_grade": "Attendance below it is recorded, and does not count towards KPI 6",
}
STEPS = (
    "The chair asks the agency",
    "The chair asks the line manager",
    "The Strategic Management Board is asked",
)


WITH_RETURNS = "Used when data returns start"


@dataclass(frozen=True)
class Group:
    """Settings that are decided together, on a page of their own."""

    slug: str
    title: str
    fields: tuple[str, ...]
    hint: str = ""


GROUPS = {
    group.slug: group
    for group in (
        Group("terms", "Terms and marking", ("board_term", "mappa_signatory", "marking")),
        Group("reviews", "Protocol reviews", ("first_review_months", "review_months", "review_anchor")),
        Group("meetings", "Notice and seniority", ("notice_days", "level2_grade", "level3_grade")),
        Group("upkeep", "Minutes and contacts", ("circulation_days", "contact_months")),
        Group(
            "levels",
            "Risk management plan reviews",
            ("level1_review_months", "level2_review_days", "level3_review_days"),
        ),
        Group("referrals", "Referrals", ("first_meeting_days", "level_setting_months")),
        Group(
            "records",
            "Review of records",
            ("keep_case_years", "keep_minutes_years", "keep_referral_years", "keep_disclosure_years"),
        ),
        Group("escalation", "Missed attendance", ("escalation_days",)),
        Group("returns", "Reminders of returns", ("first_reminder_days", "last_reminder_days")),
        Group("copies", "Paper copies", ("copy_days", "copy_reminder_days")),
        Group("figures", "Small numbers", ("suppression_threshold",), WITH_RETURNS),
    )
}


class SettingsForm(RevisedForm, ModelForm):
    def __init__(self, *args, instance: AreaSettings, **kwargs):
        kwargs["initial"] = {"revision": instance.revision}
        super().__init__(*args, instance=instance, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.IntegerField) and name != "revision":
                field.validators = _limits(self._meta.model._meta.get_field(name), field.label)

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self._meta.fields}


def _limits(field, label: str) -> list:
    """The model's own limits, from one up, in words that name the thing."""
    low = max(1, *(v.limit_value for v in field.validators if isinstance(v, MinValueValidator)))
    high = min(v.limit_value for v in field.validators if isinstance(v, MaxValueValidator))
    if field.name == "notice_days":
        between = f"Notice must be between {low} and {high} days"
        return [MinValueValidator(low, between), MaxValueValidator(high, between)]
    return [
        MinValueValidator(low, f"{label} must be {low} or more"),
        MaxValueValidator(high, f"{label} must be {high} or fewer"),
    ]


class EscalationForm(RevisedForm):
    def __init__(self, *args, instance: AreaSettings, **kwargs):
        kwargs["initial"] = {"revision": instance.revision}
        for number, days in enumerate(instance.escalation_days, 1):
            kwargs["initial"][f"step_{number}"] = days
        super().__init__(*args, **kwargs)

    @property
    def values(self) -> dict:
        steps = range(1, len(STEPS) + 1)
        return {"escalation_days": [self.cleaned_data[f"step_{n}"] for n in steps]}


for _number, _label in enumerate(STEPS, 1):
    EscalationForm.base_fields[f"step_{_number}"] = forms.IntegerField(
        label=f"Step {_number}: {_label}",
        help_text="Working days to answer",
        min_value=1,
        max_value=60,
        widget=SmallNumber,
    )


def settings_form(group: Group) -> type[forms.BaseForm]:
    if group.fields == ("escalation_days",):
        return EscalationForm
    numbers = dict.fromkeys(NUMBERS & set(group.fields), SmallNumber)
    return forms.modelform_factory(
        AreaSettings,
        SettingsForm,
        fields=group.fields,
        help_texts=HINTS,
        widgets=numbers
        | {
            "board_term": forms.RadioSelect,
            "mappa_signatory": forms.RadioSelect,
            "marking": forms.RadioSelect(choices=MARKINGS),
            "review_anchor": forms.RadioSelect,
            "level2_grade": forms.Select(choices=GRADES),
            "level3_grade": forms.Select(choices=GRADES),
        },
    )


class ApprovingBodiesForm(RevisedForm):
    """For each board of the area: its place in the order, and what it sees."""

    def __init__(self, *args, settings: AreaSettings, boards: list[Organisation], **kwargs):
        kwargs["initial"] = {"revision": settings.revision}
        super().__init__(*args, **kwargs)
        self.boards = boards
        now = {b.organisation_id: b for b in ApprovingBody.objects.filter(territory=settings.territory_id)}
        places = [("", "Does not approve"), *((n, _nth(n)) for n in range(1, len(boards) + 1))]
        for board in boards:
            body = now.get(board.pk)
            self.fields[f"place_{board.slug}"] = forms.TypedChoiceField(
                label=f"Place of {board} in the order",
                choices=places,
                coerce=int,
                empty_value=None,
                required=False,
                initial=body.position if body else "",
            )
            self.fields[f"sees_{board.slug}"] = forms.ChoiceField(
                label=f"What {board} approves",
                choices=[
                    (value, label[:1].upper() + label[1:]) for value, label in ApprovingBody.Sees.choices
                ],
                widget=forms.RadioSelect,
                initial=body.sees if body else ApprovingBody.Sees.WHOLE,
            )

    def clean(self):
        places = [p for b in self.boards if (p := self.cleaned_data.get(f"place_{b.slug}"))]
        if sorted(places) != list(range(1, len(places) + 1)):
            raise forms.ValidationError(
                "Give each body that approves a place of its own, starting with first and leaving none out"
            )
        return self.cleaned_data

    @property
    def values(self) -> dict:
        data = self.cleaned_data
        chosen = sorted((data[f"place_{b.slug}"], b) for b in self.boards if data[f"place_{b.slug}"])
        return {"bodies": [(board, data[f"sees_{board.slug}"]) for _, board in chosen]}


class ReasonForm(Form):
    reason = forms.CharField(
        label="Reason",
        help_text="Kept in the audit trail",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter why this body no longer approves"},
    )


def _nth(number: int) -> str:
    words = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")
    return words[number - 1] if number <= len(words) else f"Number {number}"
