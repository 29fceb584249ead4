"""Where the person lives: in a borough of the portal, or elsewhere in words."""

from django import forms

from boards.models import Territory
from mappa_portal.forms import DateField, Form
from referrals.actions.addresses import Stay
from referrals.models import Address, Case

ELSEWHERE = "elsewhere"


class AddressForm(Form):
    kind = forms.ChoiceField(
        label="What kind of address is it?",
        choices=Address.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what kind of address it is"},
    )
    text = forms.CharField(
        label="Address",
        help_text="Of no fixed abode: the area of the closest links",
        max_length=500,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
    )
    borough = forms.ChoiceField(label="Borough")
    elsewhere = forms.CharField(
        label="If elsewhere: which place",
        help_text="Local authority and police force area",
        max_length=100,
        required=False,
    )
    starts_on = DateField(
        label="First day (optional)", help_text="Leave it empty if nobody knows", required=False
    )
    ends_on = DateField(label="Last day (optional)", help_text="Empty while it holds", required=False)

    def __init__(self, *args, case: Case, address: Address | None = None, **kwargs):
        kwargs["initial"] = _known(address) if address else {"borough": case.territory.slug}
        super().__init__(*args, **kwargs)
        self.boroughs = {b.slug: b for b in Territory.objects.filter(kind=Territory.Kind.BOROUGH)}
        names = [(slug, borough.name) for slug, borough in self.boroughs.items()]
        self.fields["borough"].choices = [*names, (ELSEWHERE, "Elsewhere, not on the portal")]

    def clean(self):
        data = super().clean()
        if data.get("borough") == ELSEWHERE and not data.get("elsewhere"):
            self.add_error("elsewhere", "Enter which place it is")
        return data

    @property
    def stay(self) -> Stay:
        data = self.cleaned_data
        borough = self.boroughs.get(data["borough"])
        return Stay(
            kind=data["kind"],
            text=data["text"].strip(),
            borough=borough,
            elsewhere="" if borough else data["elsewhere"].strip(),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
        )


def _known(address: Address) -> dict:
    return {
        "kind": address.kind,
        "text": address.lines,
        "borough": address.borough.slug if address.borough else ELSEWHERE,
        "elsewhere": "" if address.borough else address.place,
        "starts_on": address.starts_on,
        "ends_on": address.ends_on,
    }


class AddressEndForm(Form):
    ends_on = DateField(label="Last day", help_text="On which the person was still there")
