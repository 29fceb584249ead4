"""Forms: what they ask, what they say to a wrong answer, how they are marked up."""

from datetime import date

import html5lib
import pytest
from django import forms as django_forms

from accounts.models import User
from mappa_portal.forms import DateField, Form
from mappa_portal.templatetags import govuk


class Everything(Form):
    name = django_forms.CharField(label="Name of the clause", max_length=5, help_text="As in the template")
    days = django_forms.IntegerField(label="Notice in days", min_value=1, max_value=60)
    reason = django_forms.CharField(label="Reason", max_length=9, widget=django_forms.Textarea)
    due = DateField(label="Review date")
    email = django_forms.EmailField(label="Email address")
    kind = django_forms.ChoiceField(label="MAPPA level", choices=[("", ""), ("2", "2")])
    agrees = django_forms.ChoiceField(
        label="Do you approve?", choices=[("y", "Yes"), ("n", "No")], widget=django_forms.RadioSelect
    )
    who = django_forms.MultipleChoiceField(
        label="Agencies", choices=[("p", "Police")], widget=django_forms.CheckboxSelectMultiple
    )
    file = django_forms.FileField(label="Template file")
    password = django_forms.CharField(label="Password", widget=django_forms.PasswordInput)
    secret = django_forms.CharField(widget=django_forms.HiddenInput, required=False)


EMPTY = {
    "name": "Enter name of the clause",
    "days": "Enter notice in days",
    "reason": "Enter reason",
    "due": "Enter review date",
    "email": "Enter email address",
    "kind": "Select MAPPA level",
    "agrees": "Select an answer to ‘Do you approve?’",
    "who": "Select agencies",
    "file": "Select template file",
    "password": "Enter password",
}
WRONG = [
    ("name", {"name": "abcdef"}, "Name of the clause must be 5 characters or less"),
    ("days", {"days": "x"}, "Notice in days must be a whole number, like 14"),
    ("days", {"days": "61"}, "Notice in days must be 60 or less"),
    ("days", {"days": "0"}, "Notice in days must be 1 or more"),
    ("email", {"email": "x"}, "Email address must be an email address, like name@example.org"),
    ("kind", {"kind": "9"}, "Select MAPPA level from the list"),
    ("due", {"due_0": "1"}, "Enter review date"),
    ("due", {"due_day": "1", "due_year": "2026"}, "Review date must include a month"),
    ("due", {"due_day": "1"}, "Review date must include a month and year"),
    ("due", {"due_day": "31", "due_month": "2", "due_year": "2026"}, "Review date must be a real date"),
    ("due", {"due_day": "3", "due_month": "x", "due_year": "2026"}, "Review date must be a real date"),
    ("due", {"due_day": "3", "due_month": "2", "due_year": "26"}, "Year must include 4 numbers"),
    ("due", {"due_day": "3", "due_month": "2", "due_year": "9" * 30}, "Review date must be a real date"),
]


def test_empty_fields_say_what_to_do():
    assert {name: texts[0] for name, texts in Everything({}).errors.items()} == EMPTY


@pytest.mark.parametrize("name, typed, message", WRONG)
def test_wrong_values_say_what_is_expected(name, typed, message):
    assert Everything(typed).errors[name] == [message]


@pytest.mark.parametrize("month", ["11", "nov", "November"])
def test_dates_are_read_as_people_write_them(month):
    form = Everything({"due_day": "8", "due_month": month, "due_year": "2026"})
    assert "due" not in form.errors and form.cleaned_data["due"] == date(2026, 11, 8)


def test_fields_that_a_form_adds_itself_speak_like_the_others():
    class Adding(Form):
        def __init__(self, *args):
            super().__init__(*args)
            self.fields["kind"] = django_forms.ChoiceField(label="Level", choices=[("2", "2")])
            self.fields["days"] = django_forms.IntegerField(label="Days", max_value=9)

    assert Adding({}).errors == {"kind": ["Select level"], "days": ["Enter days"]}
    wrong = {"kind": ["Select level from the list"], "days": ["Days must be 9 or less"]}
    assert Adding({"kind": "9", "days": "10"}).errors == wrong


@pytest.mark.parametrize("required, shown", [(True, "Select"), (False, "None")])
def test_no_choice_is_said_in_words(required, shown):
    class Choosing(Form):
        user = django_forms.ModelChoiceField(User.objects.none(), required=required)

    page = str(Choosing())
    assert f'<option value="" selected>{shown}</option>' in page and "---" not in page


def test_words_of_the_field_itself_win():
    class Own(Form):
        name = django_forms.CharField(error_messages={"required": "Enter the representative's full name"})

    assert Own({}).errors["name"] == ["Enter the representative's full name"]


def test_markup_leads_from_the_summary_to_each_field_and_describes_it():
    form = Everything({"name": "abcdef", "due_day": "31", "due_month": "2", "due_year": "2026"})
    summary = govuk.register.tags["error_summary"]
    assert summary
    targets = [target for _, target in govuk.error_summary(form)["errors"]]
    tree = html5lib.parseFragment(str(form), namespaceHTMLElements=False)
    ids = [e.get("id") for e in tree.iter() if e.get("id")]

    assert len(ids) == len(set(ids))
    assert len(targets) == len(EMPTY) and set(targets) <= set(ids)
    described = [i for e in tree.iter() for i in (e.get("aria-describedby") or "").split()]
    assert described and set(described) <= set(ids)
    labels = [e.get("for") for e in tree.iter("label")]
    assert len(labels) == len(set(labels)) and set(labels) <= set(ids)
    controls = [
        e for e in tree.iter() if e.tag in ("input", "select", "textarea") and e.get("type") != "hidden"
    ]
    assert {e.get("id") for e in controls} == set(labels)
    assert not [e for e in controls if "required" in e.attrib or "maxlength" in e.attrib]
    assert tree.find(".//*[@name='due_day']").get("value") == "31"
    assert tree.find(".//*[@name='name']").get("value") == "abcdef"


def test_hostile_text_in_a_form_is_text():
    form = Everything({"name": "<script>alert(1)</script>", "due_day": '"><b>'})
    assert "<script>" not in str(form) and "<b>" not in str(form)
