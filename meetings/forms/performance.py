"""What somebody asks the figures: where, when, which measure."""

from collections.abc import Mapping
from datetime import date

from django import forms

from mappa_portal.forms import Form
from meetings.models import LEVELS
from meetings.performance.periods import QUARTERS, Period, year_of

YEARS = 6
MEASURES = {"6": "KPI 6", "4": "KPI 4", "recorded": "Attendance recorded"}  # of the region


class PeriodForm(Form):
    """Where, when and at which level; what is not on offer counts as not asked."""

    place = forms.ChoiceField(label="Place", required=False)
    year = forms.TypedChoiceField(label="Year", coerce=int, required=False)
    quarter = forms.TypedChoiceField(
        label="Quarter", coerce=int, required=False, choices=[("", "Whole year"), *QUARTERS.items()]
    )
    level = forms.TypedChoiceField(label="Level", coerce=int, required=False, choices=[("", "Both"), *LEVELS])

    def __init__(self, data, *, places, today: date):
        chosen = data.copy()
        chosen.setdefault("place", places[0].slug if places else "")
        chosen.setdefault("year", str(year_of(today)))
        super().__init__(chosen)
        self.places = {place.slug: place for place in places}
        self.fields["place"].choices = [(place.slug, place.name) for place in places]
        newest = year_of(today)
        self.fields["year"].choices = [(y, Period(y).label) for y in range(newest, newest - YEARS, -1)]

    @property
    def asked(self) -> dict:
        self.is_valid()
        return self.cleaned_data

    @property
    def place_chosen(self):
        return self.places[self.asked.get("place") or next(iter(self.places))]

    def period(self, today: date) -> Period:
        return Period(self.asked.get("year") or year_of(today), self.asked.get("quarter") or None)


class RegionForm(PeriodForm):
    """An area's boroughs by one measure; the area is only asked of those who look across several."""

    measure = forms.ChoiceField(required=False, choices=list(MEASURES.items()))

    def __init__(self, data, *, places, today: date):
        super().__init__(data, places=places, today=today)
        self.fields["place"].label = "Area"
        if len(places) == 1:
            del self.fields["place"]

    @property
    def measure_chosen(self) -> str:
        return self.asked.get("measure") or next(iter(MEASURES))


class ChartForm(Form):
    """Which measure, and what its points are; the rest of the question goes along hidden."""

    measure = forms.ChoiceField(required=False)
    points = forms.ChoiceField(required=False, choices=[("month", "Months"), ("quarter", "Quarters")])

    def __init__(self, data, *, measures: Mapping[str, str], along: Mapping[str, str]):
        chosen = data.copy()
        if chosen.get("measure") not in measures:
            chosen["measure"] = next(iter(measures))
        if chosen.get("points") not in ("month", "quarter"):
            chosen["points"] = "month"
        super().__init__(chosen)
        self.fields["measure"].choices = list(measures.items())
        self.along, self.measure_chosen, self.unit = along, chosen["measure"], chosen["points"]
