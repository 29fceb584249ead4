from django import forms

from mappa_portal.forms import Form
from referrals.models import Case


class MergeWithForm(Form):
    """``cases``: of the borough, those that could be meant."""

    other = forms.CharField(
        label="Reference of the other case",
        max_length=40,
        help_text="Like CMD-C-2026-014",
        error_messages={"required": "Enter the reference of the other case"},
    )

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case

    def clean_other(self):
        said = self.cleaned_data["other"].strip()
        cases = Case.objects.filter(organisation=self.case.organisation).kept().exclude(pk=self.case.pk)
        if (found := cases.called({said, said.upper()}).first()) is None:
            raise forms.ValidationError("No other case of the borough has this reference")
        return found


class MergeForm(Form):
    keep = forms.ChoiceField(
        label="Which reference stays?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select which reference stays"},
    )
    reason = forms.CharField(
        label="How do you know that it is one person?",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter how you know that it is one person"},
    )

    def __init__(self, *args, both: list[Case], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [(case.reference, case.reference) for case in both]


class UnmergeForm(Form):
    reason = forms.CharField(
        label="Why is the merge undone?",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter why the merge is undone"},
    )
