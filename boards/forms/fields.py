"""What several forms of area set-up ask."""

from django import forms

from boards import agencies
from boards.models import Territory
from mappa_portal.forms import Form
from mappa_portal.words import lower_first

GRADES = [(grade, f"{grade}: {lower_first(name)}") for grade, name in agencies.GRADES]


class SmallNumber(forms.TextInput):
    def __init__(self):
        super().__init__({"class": "govuk-input--width-3", "inputmode": "numeric"})


class Boroughs(forms.ModelMultipleChoiceField):
    """Named by slug: row ids stay inside."""

    def __init__(self, **kwargs):
        kwargs.setdefault("error_messages", {"invalid_choice": "Select boroughs from the list"})
        super().__init__(
            Territory.objects.none(),
            to_field_name="slug",
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )


class Grade(forms.TypedChoiceField):
    """An agency's own; empty is the area's."""

    def __init__(self, **kwargs):
        choices = [("", "As the area"), *GRADES]
        super().__init__(choices=choices, coerce=int, empty_value=None, required=False, **kwargs)


class RevisedForm(Form):
    """Carries the revision that the person saw; it may be older than the one that stands."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
