from django import forms

from boards.agencies import GRADES
from boards.forms.fields import RevisedForm
from mappa_portal.forms import DateField, Form
from meetings.actions.contacts import DETAILS


class ContactFields(Form):
    name = forms.CharField(label="Full name", max_length=120, widget=forms.TextInput({"autocomplete": "off"}))
    job_title = forms.CharField(label="Job title (optional)", max_length=120, required=False)
    email = forms.EmailField(label="Email address", help_text="Invitations go to this address")
    phone = forms.CharField(label="Telephone number (optional)", max_length=40, required=False)
    representative = forms.CharField(
        label="Usual representative (optional)",
        max_length=120,
        required=False,
        help_text="Who usually comes to meetings, if not the contact",
    )
    representative_job_title = forms.CharField(
        label="Representative’s job title (optional)", max_length=120, required=False
    )
    representative_grade = forms.TypedChoiceField(
        label="Seniority of who usually comes (optional)",
        choices=[("", "Not known"), *GRADES],
        coerce=int,
        empty_value=None,
        required=False,
    )
    cover_name = forms.CharField(label="Cover during an absence (optional)", max_length=120, required=False)
    cover_email = forms.EmailField(label="Email address of the cover (optional)", required=False)
    cover_from = DateField(label="First day of cover (optional)", required=False)
    cover_until = DateField(label="Last day of cover (optional)", required=False)


class ContactForm(RevisedForm, ContactFields):
    """Of a new contact the revision is that of nothing: 0."""

    def __init__(self, *args, contact=None, **kwargs):
        kwargs["initial"] = {"revision": 0}
        if contact:
            kwargs["initial"] = {name: getattr(contact, name) for name in ("revision", *DETAILS)}
        super().__init__(*args, **kwargs)

    @property
    def details(self) -> dict:
        return {name: self.cleaned_data[name] for name in DETAILS}


class EndContactForm(Form):
    on = DateField(label="Last day", help_text="Letters go to the next contact from now on")
