"""Offering a case to another borough, and answering."""

from django import forms
from django.utils.timezone import localdate

from boards.models import Organisation, Territory
from mappa_portal.forms import DateField, Form
from referrals.forms.addresses import ELSEWHERE
from referrals.forms.endings import reason
from referrals.models import Case

OUTSIDE = {
    "outside": "Enter the area or borough",
    "accepted_by": "Enter who accepted it",
    "accepted_on": "Enter the day on which it was accepted",
}


class TransferForm(Form):
    to = forms.ChoiceField(label="To which borough?", error_messages={"required": "Select a borough"})
    outside = forms.CharField(
        label="If not on the portal: which area or borough", max_length=120, required=False
    )
    accepted_by = forms.CharField(
        label="If not on the portal: who accepted it there", max_length=200, required=False
    )
    accepted_on = DateField(label="If not on the portal: accepted on", required=False)
    reason = reason("Why is the case transferred?", "Enter why the case is transferred")
    note = forms.CharField(
        label="Hand-over note",
        help_text="What they must know from the first day: risk, plan, victims, who is in touch",
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "Enter the hand-over note"},
    )

    def __init__(self, *args, case: Case, proposed: Territory | None = None, **kwargs):
        kwargs["initial"] = {"to": proposed.slug if proposed else ""}
        super().__init__(*args, **kwargs)
        boroughs = Territory.Kind.BOROUGH
        found = Organisation.objects.filter(kind=Organisation.Kind.UNIT, territory__kind=boroughs)
        units = found.exclude(pk=case.organisation_id).select_related("territory").order_by("territory__name")
        self.units = {unit.territory.slug: unit for unit in units}
        names = [(slug, unit.territory.name) for slug, unit in self.units.items()]
        self.fields["to"].choices = [("", "Select"), *names, (ELSEWHERE, "Not on the portal")]

    def clean_accepted_on(self):
        if (day := self.cleaned_data["accepted_on"]) and day > localdate():
            raise forms.ValidationError("Accepted on must be today or in the past")
        return day

    def clean(self):
        data = super().clean()
        for name, text in OUTSIDE.items() if data.get("to") == ELSEWHERE else ():
            if name not in self.errors and not data.get(name):
                self.add_error(name, text)
        return data

    @property
    def to_unit(self) -> Organisation | None:
        return self.units.get(self.cleaned_data["to"])


class RefuseForm(Form):
    reason = reason("Why is the transfer refused?", "Enter why the transfer is refused")


class WithdrawOfferForm(Form):
    reason = reason("Why is the offer withdrawn?", "Enter why the offer is withdrawn")
