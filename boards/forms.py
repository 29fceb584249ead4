"""The forms of area set-up. Each gives its action what it takes: ``cleaned_data``, or ``values``."""

from dataclasses import dataclass

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import localdate

from boards.actions.appointments import CONFIRM_EVERY
from boards.agencies import AGENCY_TYPES
from boards.area_rules import seats_in
from boards.dates import add_months
from boards.directory import organisations_in
from boards.models import Appointment, ApprovingBody, AreaSettings, Organisation, Seat, Territory
from mappa_portal.forms import DateField, Form, ModelForm

Kind = Organisation.Kind
MARKINGS = [(m, m) for m in ("OFFICIAL", "OFFICIAL-SENSITIVE")]
GRADES = [
    (1, "1: practitioner"),
    (2, "2: team manager"),
    (3, "3: service manager"),
    (4, "4: head of service or above"),
]
LABELS = {
    "first_review_months": "Months from adoption to the first review",
    "review_months": "Months between later reviews",
    "notice_days": "Days of notice",
    "level1_review_months": "Months between reviews at Level 1",
    "level2_review_days": "Days between reviews at Level 2",
    "level3_review_days": "Days between reviews at Level 3",
    "level2_grade": "Lowest grade that counts at Level 2",
    "level3_grade": "Lowest grade that counts at Level 3",
    "suppression_threshold": "Smallest count shown",
}
HINTS = {
    "marking": "Printed on each page of new documents. Older documents keep the marking they were made with.",
    "mappa_signatory": "Beside the chair of the safeguarding board",
    "notice_days": "Between sending the invitations and the meeting",
    "suppression_threshold": "Lower counts are hidden outside the board’s own return. It may only rise.",
    "level2_grade": "Attendance below it is recorded, and does not count towards KPI 6",
    "level3_grade": "Attendance below it is recorded, and does not count towards KPI 6",
}
STEPS = (
    "The chair asks the agency",
    "The chair asks the line manager",
    "The Strategic Management Board is asked",
)


class SmallNumber(forms.TextInput):
    def __init__(self):
        super().__init__({"class": "govuk-input--width-3", "inputmode": "numeric"})


class Boroughs(forms.ModelMultipleChoiceField):
    """Named by slug: row ids stay inside."""

    def __init__(self, **kwargs):
        kwargs.setdefault("error_messages", {"invalid_choice": "Select boroughs from the list"})
        super().__init__(
            Territory.objects.none(),
            to_field_name="slug",
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )


# -- How the area works --


@dataclass(frozen=True)
class Group:
    """Settings that are decided together, on a page of their own."""

    slug: str
    title: str
    fields: tuple[str, ...]


GROUPS = {
    group.slug: group
    for group in (
        Group("terms", "Terms and marking", ("board_term", "mappa_signatory", "marking")),
        Group("reviews", "Protocol reviews", ("first_review_months", "review_months", "review_anchor")),
        Group("meetings", "Notice and seniority", ("notice_days", "level2_grade", "level3_grade")),
        Group(
            "levels",
            "Risk management plan reviews",
            ("level1_review_months", "level2_review_days", "level3_review_days"),
        ),
        Group("escalation", "Missed attendance", ("escalation_days",)),
        Group("figures", "Small numbers", ("suppression_threshold",)),
    )
}


class SettingsForm(ModelForm):
    """``revision`` is the one that the person saw; it may be older than the one that stands."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

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


class EscalationForm(Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)

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
    numbers = {name: SmallNumber for name in group.fields if name in LABELS and "grade" not in name}
    return forms.modelform_factory(
        AreaSettings,
        SettingsForm,
        fields=group.fields,
        labels=LABELS,
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


class ApprovingBodiesForm(Form):
    """For each board of the area: its place in the order, and what it sees."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

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


def _nth(number: int) -> str:
    words = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")
    return words[number - 1] if number <= len(words) else f"Number {number}"


# -- Organisations --

WHAT = [
    ("board", "Safeguarding board"),
    ("unit", "MAPPA unit of a borough"),
    ("regional_board", "Regional board"),
    ("Agencies", [(f"agency:{code}", kind.name) for code, kind in AGENCY_TYPES.items()]),
]


class OrganisationForm(Form):
    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="What it is", choices=[("", "Select"), *WHAT])
    boroughs = Boroughs(
        label="Boroughs it covers",
        required=False,
        help_text="None for a regional board",
    )
    since = DateField(
        label="First day of the name",
        required=False,
        help_text="Leave empty if it is not known. For example, 29 9 2019",
    )

    def __init__(self, *args, area: Territory, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["boroughs"].queryset = area.children.all()

    @property
    def values(self) -> dict:
        kind, _, agency_type = self.cleaned_data["kind"].partition(":")
        return self.cleaned_data | {"kind": kind, "agency_type": agency_type}


class RenameForm(Form):
    name = forms.CharField(label="New name", max_length=120)
    since = DateField(
        label="First day of the name",
        help_text="Records of earlier days keep the name that held then. For example, 29 9 2019",
    )


class CoverageForm(Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    boroughs = Boroughs(
        label="Boroughs it covers",
        help_text="The people in it see what is shared with them in these boroughs, and in no others",
        error_messages={"required": "Select at least one borough"},
    )

    def __init__(self, *args, organisation: Organisation, **kwargs):
        kwargs["initial"] = {
            "revision": organisation.revision,
            "boroughs": [b.slug for b in organisation.boroughs.all()],
        }
        super().__init__(*args, **kwargs)
        self.fields["boroughs"].queryset = organisation.territory.area.children.all()


class OrganisationFilter(Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    kind = forms.ChoiceField(label="What it is", required=False)
    borough = forms.ChoiceField(label="Borough", required=False)

    def __init__(self, *args, area: Territory, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), ("smb", "Strategic Management Board"), *WHAT]
        boroughs = area.children.values_list("slug", "name")
        self.fields["borough"].choices = [("", "All"), *boroughs]

    def narrow(self, organisations):
        data = self.cleaned_data if self.is_valid() else {}
        kind, _, agency_type = data.get("kind", "").partition(":")
        if kind:
            organisations = organisations.filter(kind=kind)
        if agency_type:
            organisations = organisations.filter(agency_type=agency_type)
        if data.get("borough"):
            organisations = organisations.filter(coverage__borough__slug=data["borough"])
        for word in data.get("q", "").split():
            organisations = organisations.filter(name__icontains=word)
        return organisations


# -- People --


class AppointmentFields(Form):
    """What both appointing and changing ask. Boroughs only where there is more than one to choose from."""

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.covered = organisation.boroughs.all()
        if len(self.covered) > 1:
            self.fields["boroughs"].queryset = self.covered
        else:
            del self.fields["boroughs"]

    @property
    def values(self) -> dict:
        return {"boroughs": []} | self.cleaned_data


def _boroughs_limit() -> Boroughs:
    return Boroughs(
        label="Limit to boroughs",
        required=False,
        help_text="Select none for all boroughs that the organisation covers",
    )


class AppointForm(AppointmentFields):
    email = forms.EmailField(
        label="Email address",
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text="Whoever has no account yet gets one, and an invitation to it",
    )
    name = forms.CharField(
        label="Full name", max_length=120, help_text="Used for a new account; an existing one keeps its own"
    )
    seat = forms.ChoiceField(label="Seat", widget=forms.RadioSelect)
    job_title = forms.CharField(label="Job title (optional)", max_length=80, required=False)
    boroughs = _boroughs_limit()
    starts_on = DateField(label="First day")
    confirm_by = DateField(
        label="Confirm by", help_text="By then somebody checks that this person still holds the seat"
    )

    def __init__(self, *args, organisation: Organisation, **kwargs):
        today = localdate()
        kwargs["initial"] = {"starts_on": today, "confirm_by": add_months(today, CONFIRM_EVERY)}
        super().__init__(*args, organisation=organisation, **kwargs)
        self.fields["seat"].choices = [(seat.value, seat.label) for seat in seats_in(organisation)]

    def clean_confirm_by(self):
        first, day = self.cleaned_data.get("starts_on"), self.cleaned_data["confirm_by"]
        if first and day < first:
            raise forms.ValidationError("Confirm by must be the same as or after the first day")
        return day


class ChangeAppointmentForm(AppointmentFields):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    job_title = forms.CharField(label="Job title (optional)", max_length=80, required=False)
    boroughs = _boroughs_limit()
    confirm_by = DateField(
        label="Confirm by", help_text="By then somebody checks that this person still holds the seat"
    )

    def __init__(self, *args, appointment: Appointment, **kwargs):
        kwargs["initial"] = {
            "revision": appointment.revision,
            "job_title": appointment.job_title,
            "boroughs": [b.slug for b in appointment.boroughs.all()],
            "confirm_by": appointment.confirm_by,
        }
        super().__init__(*args, organisation=appointment.organisation, **kwargs)


class EndForm(Form):
    last_day = DateField(
        label="Last day",
        help_text="From the day after, the seat opens nothing. Enter yesterday to end it at once.",
    )


class PeopleFilter(Form):
    organisation = forms.ChoiceField(label="Organisation", required=False)
    seat = forms.ChoiceField(label="Seat", required=False, choices=[("", "All"), *Seat.choices])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "In post"), ("overdue", "Confirmation overdue"), ("ended", "Ended")],
    )

    def __init__(self, *args, area: Territory, **kwargs):
        super().__init__(*args, **kwargs)
        found = organisations_in(area).prefetch_related(None).order_by("name").values_list("slug", "name")
        self.fields["organisation"].choices = [("", "All"), *found]

    def narrow(self, appointments, today):
        data = self.cleaned_data if self.is_valid() else {}
        if data.get("organisation"):
            appointments = appointments.filter(organisation__slug=data["organisation"])
        if data.get("seat"):
            appointments = appointments.filter(seat=data["seat"])
        if data.get("state") == "ended":
            return appointments.filter(ends_on__lt=today)
        appointments = appointments.exclude(ends_on__lt=today)
        if data.get("state") == "overdue":
            appointments = appointments.filter(confirm_by__lt=today)
        return appointments
