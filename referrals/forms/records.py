"""Forms of looking and keeping."""

from django import forms

from mappa_portal.forms import DateField, Form
from referrals.looking import REASONS


class WhyForm(Form):
    why = forms.ChoiceField(
        label="Why do you open it?",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Select why you open it"},
    )
    why_more = forms.CharField(
        label="In your own words",
        help_text="Needed for another reason. It is kept with the record, and the chair can read it.",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self):
        data = super().clean()
        if data.get("why") == "other" and not data.get("why_more", "").strip():
            self.add_error("why_more", "Enter the reason")
        return data


class GuardForm(Form):
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter the reason"},
    )


class PeriodForm(Form):
    since = DateField(label="From", required=False)
    until = DateField(label="To", required=False)

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "To must be the same as or after From")
        return self.cleaned_data
