"""Asking for an out-of-area check, and what the manager and the MAPPA unit say to it."""

from django import forms
from django.utils.timezone import localdate

from boards.models import Organisation, Territory
from mappa_portal.forms import DateField, Form
from referrals.actions.outside import NEEDED
from referrals.forms.referrals import BySlug
from referrals.models import OutOfAreaCheck
from referrals.models.outside import CONDITIONS


def _text(label: str, needed: str, **more) -> forms.CharField:
    widget = forms.Textarea({"rows": 4})
    return forms.CharField(
        label=label, max_length=2000, widget=widget, error_messages={"required": needed}, **more
    )


class AskForm(Form):
    """What there is no choice of is not asked."""

    name = forms.CharField(
        label="Name of the person",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Enter the person’s name"},
    )
    birth_date = DateField(label="Date of birth", required=False)
    place = forms.CharField(
        label="Area or borough to ask", max_length=120, help_text="Where the person may be managed."
    )
    police_check = _text("What did the police check say that suggests MAPPA?", NEEDED["police_check"])
    child_at_risk = _text("Why is a child thought to be at risk?", NEEDED["child_at_risk"])
    family_work = _text(
        "Which current work do you do with a family that the person is in contact with?",
        NEEDED["family_work"],
    )

    def __init__(self, *args, organisations: list[Organisation], boroughs: list[Territory], **kwargs):
        super().__init__(*args, **kwargs)
        every = {
            "agency": BySlug("Agency", Organisation.objects.filter(pk__in=[o.pk for o in organisations])),
            "borough": BySlug("Your borough", Territory.objects.filter(pk__in=[b.pk for b in boroughs])),
        }
        for name, field in every.items():
            self.fields[name] = field
            if len(found := list(field.queryset)) == 1:
                field.initial, field.widget = found[0].slug, forms.HiddenInput()

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if born and born >= localdate():
            raise forms.ValidationError("Date of birth must be in the past")
        return born


class EndorseCheckForm(Form):
    agreed = forms.BooleanField(
        label="All three conditions are met, and my agency asks for this check",
        error_messages={"required": "Select to confirm that all three conditions are met"},
    )


class DecideForm(Form):
    decision = forms.ChoiceField(
        label="Is the check passed on?",
        choices=[("pass_on", "Pass it on to the other area"), ("refuse", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select if the check is passed on"},
    )
    missing = forms.ChoiceField(
        label="If refused: which condition is missing?",
        choices=[("", "None of them: another reason"), *CONDITIONS],
        required=False,
    )
    reason = _text("To whom is it passed on, or why is it refused?", "Enter the reason")


class AnswerForm(Form):
    answer = forms.ChoiceField(
        label="What did the other area answer?",
        choices=OutOfAreaCheck.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what the other area answered"},
    )
    contact = forms.CharField(
        label="Whom to contact there",
        max_length=200,
        required=False,
        help_text="Needed if the person is managed there.",
    )
    reason = _text("What was said", "", required=False)
