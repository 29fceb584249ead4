"""What the list may be narrowed to; what is not on offer counts as not asked."""

from django import forms

from data_returns.models import Return
from data_returns.years import in_words
from mappa_portal.forms import Form


class ReturnFilterForm(Form):
    year = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(required=False, choices=[("", "All"), *Return.Status.choices])
    borough = forms.ChoiceField(required=False)

    def __init__(self, data, *, years, boroughs):
        super().__init__(data)
        self.fields["year"].choices = [("", "All years"), *((y, in_words(y)) for y in years)]
        self.fields["borough"].choices = [("", "All"), *((b.slug, b.name) for b in boroughs)]
        if not boroughs:
            del self.fields["borough"]

    @property
    def asked(self) -> dict:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
