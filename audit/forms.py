from datetime import datetime, time, timedelta

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone

from audit.words import ACTIONS
from mappa_portal.forms import DateField, Form
from mappa_portal.words import long_date

CHOICES = [("", "All"), *sorted(ACTIONS.items(), key=lambda item: item[1])]


NARROW = forms.TextInput(attrs={"class": "govuk-input--width-20"})


class EventFilter(Form):
    since = DateField(label="From", required=False)
    until = DateField(label="To", required=False)
    person = forms.CharField(label="Person", max_length=120, required=False, widget=NARROW)
    action = forms.ChoiceField(label="Action", choices=CHOICES, required=False)
    reference = forms.CharField(
        label="Record", help_text="Like CMD-P-2026-001", max_length=80, required=False
    )

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            first_day = long_date(since)
            self.add_error("until", f"To must be the same as or after {first_day}, the first day")
        return self.cleaned_data

    def narrow(self, events: QuerySet) -> QuerySet:
        """A filter that cannot be read shows nothing, beside its error."""
        if not self.is_valid():
            return events.none()
        asked = self.cleaned_data
        if asked["since"]:
            events = events.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            events = events.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked["person"]:
            events = events.filter(actor__name__icontains=asked["person"])
        if asked["action"]:
            events = events.filter(name=asked["action"])
        if asked["reference"]:
            events = events.filter(reference__istartswith=asked["reference"])
        return events

    def in_words(self) -> str:
        """Which filters an export had, for the event that records it; events hold no names of people."""
        asked = [name for name in ("since", "until", "action", "reference") if self.cleaned_data[name]]
        said = [f"{self.fields[name].label.lower()} {self.cleaned_data[name]}" for name in asked]
        return ", ".join(said + ["one person"] * bool(self.cleaned_data["person"])) or "no filters"


def _midnight(day) -> datetime:
    """In London, where the days of the trail begin (C3)."""
    return datetime.combine(day, time.min, tzinfo=get_current_timezone())
