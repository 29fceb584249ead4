"""A recall, an ending, and taking either back."""

from django import forms

from mappa_portal.forms import DateField, Form
from referrals.endings import eligibility_endings
from referrals.models import Case


def reason(label: str, required: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": required},
    )


class RecallForm(Form):
    on = DateField(label="Day of the recall", help_text="The last day on which the present level holds")
    reason = reason("Why was the person recalled?", "Enter why the person was recalled")


class EndForm(Form):
    ending = forms.ChoiceField(
        label="Why is the person no longer eligible?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select why the person is no longer eligible"},
    )
    on = DateField(label="Last day", help_text="On which the person was still eligible")
    reason = reason("What is known of it", "Enter what is known of the ending")

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ending"].choices = [(e.value, e.label) for e in eligibility_endings(case.category)]


class TakeBackForm(Form):
    reason = reason("Why was it a mistake?", "Enter why it was a mistake")
