"""The calendar: what is coming, by week; what is over, the newest first; a month at a glance."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from boards.access import organisations_of
from boards.dates import add_months
from boards.models import AreaSettings
from boards.switcher import choices, preset
from mappa_portal.pagination import Page, keyset
from mappa_portal.templatetags.govuk import short_date, tag
from mappa_portal.words import clock, long_date, plural
from meetings.access import areas_seen_by
from meetings.forms.calendar import CalendarFilterForm
from meetings.models import Meeting
from meetings.notice import Notice
from referrals.rules import units_of

STATUS = {"scheduled": "blue", "held": "green", "cancelled": "grey", "postponed": "grey", "abandoned": "grey"}
COMING, OVER = ("held_on", "pk"), ("-held_on", "-pk")
LATEST = 10
OURS = ["Reference", "Date", "Time", "Level", "Cases", "Notice", "Replies"]
AHEAD = [*OURS, "Status"]  # of a month: what was called off stays in its place
PAST = ["Reference", "Date", "Level", "Cases", "Attendance recorded", "Status"]
THEIRS = ["Reference", "Borough", "Date", "Time", "Level", "Status"]


@dataclass(frozen=True)
class Week:
    name: str
    rows: list[list]


class MeetingList(LoginRequiredMixin, TemplateView):
    template_name = "meetings/list.html"

    def get_context_data(self, **kwargs):
        self.today, user = localdate(), self.request.user
        boroughs = choices(user)
        form = CalendarFilterForm(preset(self.request, "borough"), boroughs=boroughs, today=self.today)
        self.asked = form.asked
        self.mine, self.in_unit = set(organisations_of(user)), bool(units_of(user))
        self.notice_days = dict(AreaSettings.objects.values_list("territory", "notice_days"))
        found = self._filtered(Meeting.objects.for_user(user).select_related("territory"))
        shown = {"filters": form, "today": self.today, "months": _months(self.asked.get("month"), self.today)}
        shown |= self._month(found) if self.asked.get("month") else self._list(found)
        shown |= {
            "filtered": form.narrows,
            "may_set_up": self.in_unit,
            "across": bool(areas_seen_by(user)),
            "query": form.kept,
        }
        return super().get_context_data(**kwargs, **shown)

    def _filtered(self, found):
        for name, field in (("status", "status"), ("level", "level"), ("borough", "territory__slug")):
            if self.asked.get(name):
                found = found.filter(**{field: self.asked[name]})
        return found.listed().with_replies()

    # -- Lists --

    def _list(self, found) -> dict:
        over = Q(held_on__lt=self.today) | ~Q(status=Meeting.Status.SCHEDULED)
        if self.asked.get("when") == "past" or self.asked.get("status"):
            narrowed = found if self.asked.get("status") else found.filter(over)
            page = keyset(narrowed, self.request, *OVER)
            return {"page": page, "past": self._past(page), "past_columns": self._columns(PAST)}
        page = keyset(found.exclude(over), self.request, *COMING)
        turned = {"before", "after"} & set(self.request.GET)
        latest = [] if turned else found.filter(over).order_by(*OVER)[: LATEST + 1]
        return {
            "page": page,
            "weeks": self._weeks(page),
            "columns": self._columns(OURS),
            "past": self._past(latest[:LATEST]),
            "past_columns": self._columns(PAST),
            "more_past": len(latest) > LATEST,
        }

    def _columns(self, ours: list[str]) -> list[str]:
        return ours if self.in_unit else THEIRS

    def _weeks(self, meetings) -> list[Week]:
        by_week = groupby(meetings, key=lambda m: m.held_on - timedelta(days=m.held_on.weekday()))
        return [
            Week(f"Week of {long_date(monday)}", [self._coming(m) for m in each]) for monday, each in by_week
        ]

    def _past(self, meetings) -> list[list]:
        return [self._row(m) for m in meetings]

    def _coming(self, m: Meeting) -> list:
        if not self.in_unit:
            return self._theirs(m)
        when = [_link(m), short_date(m.held_on), clock(m.starts_at)]
        if m.organisation_id not in self.mine:
            return [*when, m.level, "", "", ""]
        replies = f"{m.replied} of {m.invited} replied" if m.invited_on else "Not invited yet"
        return [*when, m.level, m.cases, self._notice(m), replies]

    def _ahead(self, m: Meeting) -> list:
        return [*self._coming(m), self._status(m)] if self.in_unit else self._theirs(m)

    def _row(self, m: Meeting) -> list:
        if not self.in_unit:
            return self._theirs(m)
        cells = [_link(m), short_date(m.held_on), m.level]
        if m.organisation_id not in self.mine:
            return [*cells, "", "", self._status(m)]
        recorded = f"{m.expected - m.unrecorded} of {m.expected}" if m.status == Meeting.Status.HELD else ""
        return [*cells, m.cases, recorded, self._status(m)]

    def _theirs(self, m: Meeting) -> list:
        return [_link(m), m.territory, short_date(m.held_on), clock(m.starts_at), m.level, self._status(m)]

    def _status(self, m: Meeting):
        if m.is_planned and m.held_on < self.today and m.organisation_id in self.mine:
            return tag("Was it held?", "yellow")
        return tag(m.get_status_display(), STATUS[m.status])

    def _notice(self, m: Meeting):
        if not m.is_planned or (not m.invited_on and m.held_on < self.today):
            return ""
        needed = self.notice_days.get(m.territory.parent_id, 14)
        notice = Notice(m.held_on, m.invited_on or self.today, needed)
        if m.invited_on:
            days = plural(notice.days, "day") if notice.days else "On the day"
            return format_html("{} {}", days, tag("Short notice", "yellow")) if notice.short_by else days
        if notice.short_by:
            return tag("Send now: notice is short", "orange")
        text = f"Send by {short_date(notice.last_day)}"
        soon = notice.last_day <= self.today + timedelta(days=14)
        return tag(text, "yellow") if soon else text

    # -- A month --

    def _month(self, found) -> dict:
        first = self.asked["month"]
        there = list(
            found.filter(held_on__range=(first, add_months(first, 1) - timedelta(days=1))).order_by(*COMING)
        )
        named = f"{first:%B %Y}"
        row, columns = (self._row, PAST) if first < self.today.replace(day=1) else (self._ahead, AHEAD)
        rows = [row(m) for m in there]
        past = {"past": rows, "past_columns": self._columns(columns), "page": Page(there)}
        grid = _grid(first, there) if there else ""
        return past | {"month": named, "grid": grid, "weekdays": list(calendar.day_name)}


def _link(meeting: Meeting):
    url = reverse("meetings:meeting", args=[meeting.reference])
    return format_html('<a class="govuk-link app-nowrap" href="{}">{}</a>', url, meeting.reference)


def _months(shown: date | None, today: date) -> dict:
    first = shown or today.replace(day=1)
    places = {"before": -1, "here": 0, "after": 1}
    return {name: f"{add_months(first, n):%Y-%m}" for name, n in places.items()}


DAY = '<td class="govuk-table__cell app-month__day"><span class="app-month__number">{}</span>{}</td>'
SITS = '<a class="govuk-link app-month__meeting" href="{}">{}<br>{}</a>'


def _grid(first: date, meetings: list[Meeting]):
    """Weeks from Monday; a day outside the month is an empty cell."""
    by_day: dict[int, list[Meeting]] = {}
    for meeting in meetings:
        by_day.setdefault(meeting.held_on.day, []).append(meeting)
    weeks = calendar.monthcalendar(first.year, first.month)
    rows = (
        (format_html_join("", DAY, ((n or "", _sits(by_day.get(n, []))) for n in week)),) for week in weeks
    )
    return format_html_join("", '<tr class="govuk-table__row">{}</tr>', rows)


def _called_off(m: Meeting) -> str:
    live = m.status in (Meeting.Status.SCHEDULED, Meeting.Status.HELD)
    return "" if live else f", {m.get_status_display().lower()}"


def _sits(meetings: list[Meeting]):
    each = (
        (
            reverse("meetings:meeting", args=[m.reference]),
            m.reference,
            f"{clock(m.starts_at)} level {m.level}{_called_off(m)}".strip(),
        )
        for m in meetings
    )
    return format_html_join("", SITS, each)
