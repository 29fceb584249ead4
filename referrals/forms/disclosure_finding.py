"""Looking for disclosures: filters of the ledger, a recipient by name, who knew what on a day."""

from datetime import date

from django import forms
from django.utils.timezone import localdate

from mappa_portal.forms import DateField, Form
from referrals.disclosing.terms import BASES, CIRCUMSTANCES, ROLES
from referrals.models import Case, Disclosure


def _all(choices) -> list:
    return [("", "All"), *choices]


class DisclosureFilterForm(Form):
    status = forms.ChoiceField(label="Status", required=False, choices=_all(Disclosure.Status.choices))
    circumstance = forms.ChoiceField(
        label="Circumstance",
        required=False,
        choices=_all((code, f"{code}: {name.lower()}") for code, name in CIRCUMSTANCES.items()),
    )
    role = forms.ChoiceField(label="Recipient", required=False, choices=_all(ROLES.items()))
    basis = forms.ChoiceField(
        label="Legal basis", required=False, choices=_all((b.code, b.name) for b in BASES.values())
    )
    year = forms.ChoiceField(label="Opened in", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = range(localdate().year, 2003, -1)
        self.fields["year"].choices = _all((str(year), str(year)) for year in years)

    @property
    def asked(self) -> dict:
        return self.cleaned_data if self.is_valid() else {}

    @staticmethod
    def narrowed(found, asked: dict):
        by_name = {
            "status": "status",
            "circumstance": "circumstances__contains",
            "role": "roles__contains",
            "basis": "bases__contains",
            "year": "opened_on__year",
        }
        for name, lookup in by_name.items():
            if wanted := asked.get(name):
                found = found.filter(**{lookup: [wanted] if lookup.endswith("contains") else wanted})
        return found


class FindRecipientForm(Form):
    """Sent by POST alone: who is looked for never stands in an address."""

    name = forms.CharField(
        label="Name of a recipient",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Enter the name of a recipient"},
    )


class KnewForm(Form):
    case = forms.CharField(
        label="Case", max_length=40, error_messages={"required": "Enter the reference of a case"}
    )
    on = DateField(label="Day", error_messages={"required": "Enter the day"})

    def __init__(self, *args, cases, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases, self.today = cases, today

    def clean_on(self) -> date:
        if self.cleaned_data["on"] > self.today:
            raise forms.ValidationError("Day must be today or in the past")
        return self.cleaned_data["on"]

    def clean_case(self) -> Case:
        asked = self.cleaned_data["case"].strip()
        if found := self.cases.called({asked, asked.upper()}).first():
            return found
        raise forms.ValidationError("Enter the reference of a case in your register, like CMD-C-2026-001")
