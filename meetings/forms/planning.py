"""What is typed while a meeting is set up and kept right. Who may do it, and when, stands in rules.py."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import localdate

from boards.directory import in_post
from boards.models import AreaSettings, Organisation
from mappa_portal.forms import DateField, Form
from meetings.models import LEVELS, Discussion, Meeting, Reply, Series
from meetings.notice import Notice
from meetings.proposals import Round, agencies_elsewhere
from referrals.models import Case

TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm)?", re.IGNORECASE | re.ASCII)
SHORT = {"class": "govuk-input--width-5"}
REASON = {"max_length": 300, "widget": forms.Textarea(attrs={"rows": 3})}
NOT_ABOUT_PEOPLE = "Do not name or describe anybody who is discussed."


class TimeField(forms.CharField):
    """10am, 2:30pm, 14:30."""

    def to_python(self, value):
        if isinstance(value, time) or not super().to_python(value):
            return value or None
        found = TIME.fullmatch(value.strip())
        hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
        if found and found[3] and 1 <= hour <= 12:
            hour = hour % 12 + 12 * (found[3].lower() == "pm")
        elif found and (found[3] or not found[2]):
            hour = 99
        if hour > 23 or minute > 59:
            raise forms.ValidationError(f"{self.label} must be a time, like 10am or 2:30pm")
        return time(hour, minute)

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value


class SittingForm(Form):
    """Where, how long and who leads: what a meeting and a series have in common."""

    level = forms.TypedChoiceField(
        label="Level", coerce=int, choices=LEVELS, widget=forms.RadioSelect, initial=2
    )
    starts_at = TimeField(
        label="Start time", help_text="Like 10am or 2:30pm.", widget=forms.TextInput(attrs=SHORT)
    )
    minutes_long = forms.IntegerField(
        label="Length in minutes",
        initial=120,
        validators=[MinValueValidator(15), MaxValueValidator(600)],
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )
    place = forms.CharField(label="Place", max_length=200, required=False)
    video = forms.URLField(label="Video link", max_length=400, required=False, assume_scheme="https")
    chair = forms.ChoiceField(label="Chair", required=False)

    def __init__(self, *args, unit: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit = unit
        held = in_post([unit], localdate()).filter(seat__in=("chair", "co_ordinator", "administrator"))
        self.people = {str(a.reference): a.user for a in sorted(held, key=lambda a: a.seat != "chair")}
        now = kwargs.get("initial", {}).get("chair")
        chosen = next((ref for ref, user in self.people.items() if user == now), "")
        if now and not chosen:
            chosen = "now"
            self.people["now"] = now
        names = [(ref, user.name) for ref, user in self.people.items()]
        self.fields["chair"].choices = [("", "Not known yet"), *names]
        self.initial["chair"] = chosen

    def clean_chair(self):
        return self.people.get(self.cleaned_data["chair"])

    def clean(self):
        data = super().clean()
        if not self.errors.keys() & {"place", "video"} and not (data.get("place") or data.get("video")):
            self.add_error("place", "Enter a place or a video link")
        return data


class WhenForm(SittingForm):
    """Asks for the reason of short notice only when the date makes it short."""

    field_order = ("level", "held_on")
    held_on = DateField(
        label="Meeting date",
        error_messages={"required": "Enter the meeting date"},
        help_text="For example, 26 11 2026.",
    )
    is_emergency = forms.BooleanField(label="Single-subject emergency meeting", required=False)
    short_notice_reason = forms.CharField(
        label="Why can this meeting not wait?", help_text=NOT_ABOUT_PEOPLE, required=False, **REASON
    )

    def __init__(self, *args, settings: AreaSettings, at: datetime, meeting: Meeting | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.settings, self.at, self.meeting = settings, at, meeting
        if meeting and meeting.invited_on:
            del self.fields["level"]
        if not self.is_bound or not self._asks_why():
            del self.fields["short_notice_reason"]

    def _asks_why(self) -> bool:
        """Of a date that is short; once it was asked about this date, or the letters are out, never again."""
        try:
            notice = self._notice(self.fields["held_on"].clean(self["held_on"].data))
        except forms.ValidationError:
            return False
        there = self.meeting
        known = there and there.held_on == notice.held_on and (there.invited_on or there.short_notice_reason)
        return bool(notice.short_by) and notice.days >= 0 and not known

    def _notice(self, held_on: date) -> Notice:
        return Notice(held_on, localdate(self.at), self.settings.notice_days)

    def clean(self):
        data = super().clean()
        day = data.get("held_on")
        if day and day < localdate(self.at):
            self.add_error("held_on", "Meeting date must be in the future")
        elif day and "short_notice_reason" in self.fields and not data.get("short_notice_reason"):
            self.add_error("short_notice_reason", self._notice(day).why)
        return data


class CasesForm(Form):
    """``listed``: every case on offer with what is said about it; ages are asked where no birth date is known."""

    cases = forms.MultipleChoiceField(
        label="Cases",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    more = forms.CharField(
        label="Add a case by its reference",
        help_text="For example, CMD-C-2026-003. Several may be separated by spaces.",
        max_length=200,
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    AGES = (("", "Not known"), ("yes", "Under 18"), ("no", "18 or over"))

    def __init__(self, *args, unit: Organisation, listed: dict[str, str], unknown: Iterable[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.fields["cases"].choices = list(listed.items())
        if not listed:
            del self.fields["cases"]
        for reference in unknown:
            self.fields[f"age-{reference}"] = forms.ChoiceField(
                label=f"{reference}: age on the day of the meeting",
                help_text="No birth date is recorded. KPI 4 counts this case once it is known who is under 18.",
                choices=self.AGES,
                required=False,
            )
        self.fields["more"] = self.fields.pop("more")  # beside its button

    def clean_more(self):
        asked = set(self.cleaned_data["more"].upper().replace(",", " ").split())
        self.found = list(Case.objects.filter(organisation=self.unit).called(asked)) if asked else []
        known = {r for case in self.found for r in (case.reference, case.file_reference.upper())}
        if missing := sorted(asked - known):
            raise forms.ValidationError(f"{self.unit} has no case {', '.join(missing)}")
        return self.cleaned_data["more"]

    def clean(self):
        data = super().clean()
        if "more" not in self.errors and not data.get("cases") and not self.found:
            self.add_error("cases" if "cases" in self.fields else "more", "Select at least one case")
        return data

    def stated(self, reference: str) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data.get(f"age-{reference}", ""))


class AgenciesForm(Form):
    agencies = forms.MultipleChoiceField(
        label="Agencies to invite", widget=forms.CheckboxSelectMultiple, required=False
    )
    other = forms.ChoiceField(label="Another borough’s agency", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, around: Round, **kwargs):
        super().__init__(*args, **kwargs)
        self.around = around
        shown = dict(around.agencies)
        posted = self.data.getlist("agencies") if self.is_bound else []
        elsewhere = list(agencies_elsewhere(around.meeting.organisation.territory))
        shown |= {a.pk: a for a in elsewhere if a.slug in posted}
        self.by_slug = {a.slug: a for a in [*shown.values(), *elsewhere]}
        self.fields["agencies"].choices = [
            (a.slug, self._label(a)) for a in shown.values() if a.pk not in around.told
        ]
        others = [(a.slug, str(a)) for a in elsewhere if a.pk not in shown]
        self.fields["other"].choices = [("", "None"), *others]

    def _label(self, agency: Organisation) -> str:
        heard = self.around.hears(agency.pk)
        notes = []
        if heard != self.around.cases:
            only = [d.case.reference for d in self.around.discussions if d.case_id in heard]
            notes.append(f"for {', '.join(only)} only")
        if agency.pk in self.around.stood_down:
            notes.append("stood down: tick to invite again")
        if agency.pk not in self.around.reachable:
            notes.append("has no contact")
        return f"{agency} ({', '.join(notes)})" if notes else str(agency)

    def clean(self):
        data = super().clean()
        if not data.get("agencies") and not data.get("other") and not self.around.told:
            self.add_error("agencies", "Select at least one agency")
        return data

    def parts(self) -> dict[int, set[int]]:
        """Who was asked to some cases only still is; everybody else hears all of them."""
        slugs = [*self.cleaned_data["agencies"], *filter(None, [self.cleaned_data["other"]])]
        ticked = [self.by_slug[slug].pk for slug in slugs]
        return {a: self.around.hears(a) for a in ticked}


class ReasonForm(Form):
    """Why, in a few words that name nobody."""

    reason = forms.CharField(label="Reason", help_text=NOT_ABOUT_PEOPLE, **REASON)

    def __init__(self, *args, asks: str = "Reason", wanted: str = "Enter the reason", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = asks
        self.fields["reason"].error_messages["required"] = wanted


class PostponeForm(WhenForm):
    field_order = ("reason", "held_on", "starts_at")
    reason = forms.CharField(
        label="Why is it postponed?",
        help_text=NOT_ABOUT_PEOPLE,
        error_messages={"required": "Enter why the meeting is postponed"},
        **REASON,
    )
    level = is_emergency = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["held_on"].label = "New meeting date"


class CallForm(Form):
    """``usual``: who would come, where the call may give the agency's reply; the note may then stay empty."""

    NO_ANSWER = "none"

    starts = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    spoke_to = forms.CharField(
        label="Who did you speak to?", max_length=120, error_messages={"required": "Enter who you spoke to"}
    )
    answer = forms.ChoiceField(
        label="What does the agency reply?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what the agency replies"},
    )
    outcome = forms.CharField(label="What came of it?", help_text=NOT_ABOUT_PEOPLE, required=False, **REASON)

    def __init__(self, *args, usual: str, **kwargs):
        super().__init__(*args, **kwargs)
        if not usual:
            del self.fields["answer"]
            return
        self.fields["outcome"].label = "What else came of it? (optional)"
        self.fields["answer"].choices = [
            (Reply.Answer.ATTENDING, f"{usual} will attend"),
            (Reply.Answer.SUBSTITUTE, "Someone else will attend"),
            (Reply.Answer.APOLOGIES, "Nobody can attend"),
            (self.NO_ANSWER, "No answer yet"),
        ]

    def clean(self):
        data = super().clean()
        answer = data.get("answer", self.NO_ANSWER)
        if answer != self.NO_ANSWER:
            data["outcome"] = data.get("outcome") or dict(self.fields["answer"].choices)[answer]
        elif not data.get("outcome") and "answer" not in self.errors:
            self.add_error("outcome", "Enter what came of the call")
        return data


class SeriesForm(SittingForm):
    field_order = ("level", "week", "weekday", "starts_on")
    week = forms.TypedChoiceField(label="Week of the month", coerce=int, choices=Series.Week.choices)
    weekday = forms.TypedChoiceField(label="Weekday", coerce=int, choices=Series.WEEKDAYS)
    starts_on = DateField(label="First date from")


class StandingForm(Form):
    """Whom every meeting of the borough invites, by level."""

    level_2 = forms.MultipleChoiceField(label="Level 2", widget=forms.CheckboxSelectMultiple, required=False)
    level_3 = forms.MultipleChoiceField(label="Level 3", widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args, agencies: Iterable[Organisation], **kwargs):
        super().__init__(*args, **kwargs)
        self.by_slug = {a.slug: a for a in agencies}
        for name in ("level_2", "level_3"):
            self.fields[name].choices = [(slug, str(a)) for slug, a in self.by_slug.items()]

    def chosen(self, level: int) -> set[int]:
        return {self.by_slug[slug].pk for slug in self.cleaned_data[f"level_{level}"]}


class StandDownForm(ReasonForm):
    """From the whole meeting, or from one of its cases."""

    field_order = ("which", "reason")
    which = forms.ChoiceField(label="What is the agency not needed for?", widget=forms.RadioSelect)

    def __init__(self, *args, discussions: list[Discussion], **kwargs):
        kwargs |= {"asks": "Why is it not needed?", "wanted": "Enter why the agency is not needed"}
        super().__init__(*args, **kwargs)
        self.by_case = {d.case.reference: d for d in discussions} if len(discussions) > 1 else {}
        cases = [(reference, f"Only {reference}") for reference in self.by_case]
        self.fields["which"].choices = [("all", "The whole meeting"), *cases]
        if not cases:
            self.fields["which"].widget = forms.HiddenInput()
            self.initial["which"] = "all"

    @property
    def discussion(self) -> Discussion | None:
        return self.by_case.get(self.cleaned_data["which"])
