from django import forms

from boards.agencies import GRADES
from mappa_portal.forms import Form

NO_NAMES = "Do not name anyone that the meeting is about."


class SomeoneElseForm(Form):
    name = forms.CharField(
        label="Full name",
        max_length=120,
        error_messages={"required": "Enter the representative's full name"},
    )
    job_title = forms.CharField(label="Job title (optional)", max_length=120, required=False)
    grade = forms.TypedChoiceField(
        label="Seniority",
        coerce=int,
        choices=GRADES,
        widget=forms.RadioSelect,
        error_messages={"required": "Select the representative's seniority"},
    )


class ApologyForm(Form):
    reason = forms.CharField(
        label="Why can your agency not attend?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_NAMES,
        error_messages={"required": "Enter the reason"},
    )
    report = forms.TypedChoiceField(
        label="Will you send a written report?",
        coerce=lambda value: value == "yes",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select yes if you will send a report"},
    )


class ReminderForm(Form):
    """Agencies by their slug, of those that have not replied."""

    agencies = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Select at least one agency"}
    )

    def __init__(self, data, *, invitations):
        super().__init__(data)
        self.fields["agencies"].choices = [(i.agency.slug, i.agency.name) for i in invitations]
