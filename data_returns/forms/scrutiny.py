"""What the board and the MAPPA unit say to each other about a return."""

from django import forms

from data_returns.form import Form as ReturnForm
from data_returns.forms.impersonal import ImpersonalForm
from mappa_portal.forms import DateField, Form

LONGEST = 2000


class AskForm(ImpersonalForm):
    impersonal = ("text",)

    question = forms.TypedChoiceField(
        label="Which question is it about?",
        coerce=int,
        error_messages={"required": "Select the question that you ask about"},
    )
    text = forms.CharField(
        label="Your question",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Do not include anything that could identify a person",
    )

    def __init__(self, *args, form: ReturnForm, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["question"].choices = [
            ("", "Select a question"),
            *((q.number, f"{q.number}. {q.text}") for q in form.questions),
        ]


class MessageForm(ImpersonalForm):
    impersonal = ("text",)

    text = forms.CharField(
        label="Your words",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TableForm(Form):
    on = DateField(label="Date of the meeting", error_messages={"required": "Enter the date of the meeting"})


class SendBackForm(ImpersonalForm):
    impersonal = ("reason",)

    reason = forms.CharField(
        label="What has to be corrected, and why?",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
