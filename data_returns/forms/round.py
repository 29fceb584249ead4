"""The round of a year: its day, the boroughs that are chosen, more time for them."""

from collections.abc import Iterable

from django import forms

from boards.models import Territory
from data_returns.round import SHOWN
from mappa_portal.forms import DateField, Form


class RoundFilterForm(Form):
    show = forms.ChoiceField(
        required=False, choices=[("", "All boroughs"), *((name, label) for name, (label, _) in SHOWN.items())]
    )
    area = forms.ChoiceField(required=False)

    def __init__(self, data, *, areas: list[Territory]):
        super().__init__(data)
        self.fields["area"].choices = [(a.slug, a.name) for a in areas]
        if len(areas) < 2:
            del self.fields["area"]

    @property
    def chosen(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("show", "")


class DueForm(Form):
    """``was`` is the day that stood there when the page was opened."""

    due_on = DateField(label="Due day", error_messages={"required": "Enter the day on which returns are due"})
    was = forms.DateField(widget=forms.HiddenInput, required=False)


class BoroughsForm(Form):
    boroughs = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Select boroughs from the list"},
    )

    def __init__(self, data=None, *, boroughs: Iterable[Territory], **kwargs):
        super().__init__(data, **kwargs)
        self.fields["boroughs"].choices = [(b.slug, b.name) for b in boroughs]


class ExtendForm(BoroughsForm):
    to = DateField(label="New due day", error_messages={"required": "Enter the new due day"})
    reason = forms.CharField(
        label="Why are they given more time?",
        max_length=300,
        error_messages={"required": "Enter why they are given more time"},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The boroughs read this. Do not include anything that could identify a person",
    )
