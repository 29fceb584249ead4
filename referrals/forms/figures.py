"""Of which time referrals are counted: a reporting year, one of its quarters, or from one day to another."""

from datetime import date

from django import forms

from mappa_portal.forms import DateField, Form
from referrals.referring.figures import QUARTERS, Period, year_of

YEARS = 5


class FiguresForm(Form):
    """Two days go before year and quarter."""

    year = forms.TypedChoiceField(label="Reporting year", coerce=int, empty_value=None, required=False)
    quarter = forms.TypedChoiceField(
        label="Quarter",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "Whole year"), *((n, name) for n, name in enumerate(QUARTERS, 1))],
    )
    start = DateField(label="First day (optional)", required=False, help_text="Instead of a year")
    end = DateField(label="Last day (optional)", required=False)

    def __init__(self, data, *, today: date):
        chosen, newest = data.copy(), year_of(today)
        years = [(y, f"{y} to {y + 1}") for y in range(newest, newest - YEARS, -1)]
        if chosen.get("year") not in {str(y) for y, _ in years}:
            chosen["year"] = str(newest)
        super().__init__(chosen)
        self.fields["year"].choices, self.newest = years, newest

    def clean(self):
        data = super().clean()
        start, end = data.get("start"), data.get("end")
        if not self.errors and bool(start) != bool(end):
            self.add_error("start" if end else "end", f"Enter the {'first' if end else 'last'} day too")
        if start and end and start > end:
            self.add_error("end", "Last day must be the same as or after the first day")
        return data

    @property
    def period(self) -> Period:
        """This year's where what was asked cannot be."""
        if not self.is_valid():
            return Period.of_year(self.newest)
        said = self.cleaned_data
        if said["start"]:
            return Period(said["start"], said["end"])
        return Period.of_year(said["year"], said["quarter"])
