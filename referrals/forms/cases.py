from collections.abc import Sequence

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.directory import organisations_covering
from boards.forms.fields import RevisedForm
from boards.models import Organisation, Territory
from mappa_portal.forms import DateField, Form
from referrals.actions import case_called
from referrals.endings import Ending, Standing
from referrals.models import Case
from referrals.personal import Person

LEVELS = [(1, "Level 1"), (2, "Level 2"), (3, "Level 3")]
NONE = "Not recorded"
OPTIONAL = "A borough can work with references alone: leave empty what it does not keep"


class PersonFields(Form):
    """Everything about the person is optional."""

    name = forms.CharField(
        label="Full name (optional)",
        max_length=200,
        required=False,
        help_text=OPTIONAL,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    aliases = forms.CharField(
        label="Other names and nicknames (optional)",
        max_length=1000,
        required=False,
        help_text="One a line",
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    birth_date = DateField(label="Date of birth (optional)", required=False)

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if born and born >= localdate():
            raise forms.ValidationError("Date of birth must be in the past")
        return born

    @property
    def person(self) -> Person:
        data = self.cleaned_data
        aliases = tuple(filter(None, (" ".join(line.split()) for line in data["aliases"].splitlines())))
        return Person(" ".join(data["name"].split()), aliases, data["birth_date"])


class Agency(forms.ModelChoiceField):
    """Named by slug: row ids stay inside."""

    def __init__(self, **kwargs):
        super().__init__(
            Organisation.objects.none(), to_field_name="slug", required=False, empty_label=NONE, **kwargs
        )


class ManagedFields(Form):
    category = forms.TypedChoiceField(
        label="MAPPA category (optional)",
        choices=[("", NONE), *Case.Category.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    responsible_agency = Agency(label="Lead agency (optional)")
    responsible_csc = Agency(
        label="Responsible Children’s Services (optional)",
        help_text="For a person under 18: the authority responsible for the child, which may be another borough’s",
    )

    def offer(self, borough: Territory) -> None:
        agencies = Organisation.objects.filter(kind=Organisation.Kind.AGENCY)
        self.fields["responsible_agency"].queryset = organisations_covering([borough]).filter(
            kind=Organisation.Kind.AGENCY
        )
        self.fields["responsible_csc"].queryset = agencies.filter(
            agency_type="CSC", territory__parent=borough.parent_id
        ).order_by("name")

    @property
    def managed(self) -> dict:
        return {name: self.cleaned_data[name] for name in ManagedFields.base_fields}


class LevelFields(Form):
    level = forms.TypedChoiceField(
        label="Level", choices=LEVELS, coerce=int, widget=forms.RadioSelect, empty_value=None
    )
    starts_on = DateField(label="First day", help_text="From which this level holds")
    reason = forms.CharField(
        label="Why this level?",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter the reason for this level"},
    )


class NewCaseForm(PersonFields, ManagedFields, LevelFields):
    file_reference = forms.CharField(
        label="Your own reference (optional)",
        help_text="As your register or an attendance file calls the case. The portal adds one of its own.",
        max_length=40,
        required=False,
    )
    address = forms.CharField(
        label="Address in the borough (optional)",
        help_text="Since when, and another kind of address than a home, is recorded on the page of the case",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    field_order = ("file_reference", *PersonFields.base_fields, "address", *ManagedFields.base_fields)

    def __init__(self, *args, unit: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.offer(unit.territory)
        for name, label in (
            ("level", "Level (optional)"),
            ("starts_on", "First day of this level"),
            ("reason", None),
        ):
            self.fields[name].required = False
            self.fields[name].label = label or self.fields[name].label

    def clean_file_reference(self):
        asked = self.cleaned_data["file_reference"]
        if asked and (known := case_called(self.unit, asked)):
            link = '{} exists already: <a class="govuk-link" href="{}">open case {}</a>'
            url = reverse("referrals:case", args=[known.reference])
            raise forms.ValidationError(format_html(link, asked, url, known.reference))
        return asked

    def clean(self):
        data = super().clean()
        if data.get("level") and not data.get("starts_on") and "starts_on" not in self.errors:
            self.add_error("starts_on", "Enter the first day of this level")
        if data.get("starts_on") and not data.get("level"):
            self.add_error("level", "Select a level")
        return data

    @property
    def begins(self) -> dict:
        return {name: self.cleaned_data[name] for name in LevelFields.base_fields}


class CaseForm(RevisedForm, PersonFields, ManagedFields):
    csc_since = DateField(
        label="Responsible since (optional)",
        help_text="Their first day, if others were responsible before: earlier meetings keep those. "
        "Without it, all meetings change.",
        required=False,
    )

    def __init__(self, *args, case: Case, person: Person, **kwargs):
        kwargs["initial"] = {
            "revision": case.revision,
            "name": person.name,
            "aliases": "\n".join(person.aliases),
            "birth_date": person.birth_date,
            "category": case.category,
            "responsible_agency": case.responsible_agency and case.responsible_agency.slug,
            "responsible_csc": case.responsible_csc and case.responsible_csc.slug,
        }
        super().__init__(*args, **kwargs)
        self.offer(case.territory)


class LevelForm(LevelFields):
    """``ends``: the reasons for which active management may end, where it does if level 1 is selected."""

    field_order = ("level", "ending")
    ending = forms.ChoiceField(
        label="If Level 1: why does active management end?", widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args, ends: Sequence[Ending] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ending"].choices = [("", "It does not end"), *((e.value, e.label) for e in ends)]
        if Ending.RECALLED in ends:
            self.fields["ending"].help_text = "Recalled suspends the case: no level holds until release"
        if not ends:
            del self.fields["ending"]


class WithdrawForm(Form):
    reason = forms.CharField(
        label="Why is this case withdrawn?",
        help_text="It goes from the register with its particulars and levels. Do not name or describe the person.",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter why the case is withdrawn"},
    )


class CaseFilterForm(Form):
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Managed or suspended"), *Standing.choices, ("all", "All")],
    )
    level = forms.ChoiceField(label="Level", required=False, choices=[("", "All"), *LEVELS, ("none", NONE)])
    category = forms.ChoiceField(
        label="Category", required=False, choices=[("", "All"), *Case.Category.choices, ("none", NONE)]
    )
    review = forms.ChoiceField(
        label="Next review", required=False, choices=[("", "All"), ("overdue", "Overdue")]
    )


class FindPersonForm(Form):
    """Sent by POST alone: what is looked for never stands in an address."""

    name = forms.CharField(
        label="Name or other name",
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    birth_date = DateField(label="Date of birth", required=False)

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("name", "").strip() and not data.get("birth_date"):
            self.add_error("name", "Enter a name or a date of birth")
        return data
