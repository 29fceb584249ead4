"""What the calendar may be narrowed to; what is not on offer counts as not asked."""

from datetime import date

from django import forms

from boards.dates import add_months
from mappa_portal.forms import Form
from meetings.models import LEVELS, Meeting

MONTHS = range(6, -19, -1)


class CalendarFilterForm(Form):
    when = forms.ChoiceField(
        required=False, label="When", choices=[("", "Coming"), ("past", "Past and ended")]
    )
    month = forms.ChoiceField(required=False, label="Month")
    status = forms.ChoiceField(required=False, choices=[("", "All"), *Meeting.Status.choices])
    level = forms.TypedChoiceField(label="Level", coerce=int, required=False, choices=[("", "Both"), *LEVELS])
    borough = forms.ChoiceField(label="Borough", required=False)

    def __init__(self, data, *, boroughs, today: date):
        super().__init__(data)
        this = today.replace(day=1)
        months = [add_months(this, n) for n in MONTHS]
        chosen = data.get("month", "")
        known = {f"{m:%Y-%m}": f"{m:%B %Y}" for m in months}
        if chosen not in known and (other := _month(chosen)):
            known[chosen] = f"{other:%B %Y}"
        self.fields["month"].choices = [("", "All months"), *known.items()]
        self.fields["borough"].choices = [("", "All"), *((b.slug, b.name) for b in boroughs)]
        if not boroughs:
            del self.fields["borough"]

    def clean_month(self):
        return _month(self.cleaned_data["month"])

    @property
    def asked(self) -> dict:
        self.is_valid()
        return self.cleaned_data

    @property
    def narrows(self) -> bool:
        return any(self.asked.values())

    @property
    def kept(self) -> str:
        """For links to another month: all other filters as they are."""
        query = self.data.copy()
        for name in ("month", "before", "after"):
            query.pop(name, None)
        return query.urlencode()


def _month(text: str) -> date | None:
    year, _, month = text.partition("-")
    if len(text) != 7 or not (year + month).isdecimal() or not 1 <= int(month) <= 12 or int(year) < 1990:
        return None
    return date(int(year), int(month), 1)
