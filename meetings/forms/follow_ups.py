"""What following up an absence asks."""

from django import forms

from boards.models import Organisation
from mappa_portal.forms import Form
from meetings.models import FollowUp, Step

NO_CASES = "Name nobody who was discussed, and no case"


def _text(label: str, wanted: str, *, hint: str = "", rows: int = 5, length: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=length,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": wanted},
    )


class FollowUpFilterForm(Form):
    status = forms.ChoiceField(required=False, choices=[("", "All"), *FollowUp.Status.choices])
    agency = forms.ModelChoiceField(
        Organisation.objects.none(), to_field_name="slug", required=False, empty_label="All"
    )

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies


class LetterForm(Form):
    to_name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter the name"})
    to_email = forms.EmailField(
        label="Email address",
        error_messages={"required": "Enter the email address that the request goes to"},
    )
    letter = _text("Letter", "Enter what the letter says", hint=NO_CASES, rows=8, length=4000)

    def __init__(self, *args, step: Step, **kwargs):
        kwargs["initial"] = {"to_name": step.to_name, "to_email": step.to_email, "letter": step.letter}
        super().__init__(*args, **kwargs)


class ExplanationForm(Form):
    answer = _text("What does the agency say?", "Enter the explanation", hint=NO_CASES)
    accepted = forms.TypedChoiceField(
        label="Does this explain the absence?",
        choices=[("yes", "Yes, the absence counts as explained"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Select if the explanation is accepted"},
    )


class AnswerForm(Form):
    answer = _text("Why was nobody there?", "Enter why nobody was there", hint=NO_CASES)


class SmbAnswerForm(Form):
    answer = _text("What did the SMB decide?", "Enter what the SMB decided", hint=NO_CASES)


class CloseForm(Form):
    reason = _text("Reason", "Enter why this follow-up ends", hint=NO_CASES, rows=3, length=500)
