"""The declaration: two statements and the second factor."""

from django import forms

from accounts.second_factor import SecondFactorForm
from data_returns.forms.impersonal import ImpersonalForm

PERSONAL = "Select to confirm the return contains no personal information"
COMPLETE = "Select to confirm that the figures are complete as far as known"


class DeclarationForm(SecondFactorForm):
    """``opened`` is what the page showed: signing something else is refused."""

    complete = forms.BooleanField(
        label="The figures are complete as far as known.", error_messages={"required": COMPLETE}
    )
    impersonal = forms.BooleanField(
        label="The return contains no personal information.", error_messages={"required": PERSONAL}
    )
    opened = forms.CharField(widget=forms.HiddenInput)

    field_order = ["complete", "impersonal", "code", "opened"]


class CorrectForm(ImpersonalForm):
    impersonal = ("reason",)

    reason = forms.CharField(
        label="What is corrected, and why?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter what is corrected, and why"},
    )
