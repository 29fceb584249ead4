"""How a borough is doing, on its page: KPI 4 and KPI 6 of this reporting year, meetings, follow-ups."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html

from boards import sections
from boards.models import Territory
from boards.sections import Section
from mappa_portal.templatetags.govuk import Row, short_date, tag
from mappa_portal.words import moment, plural, weekday_date
from meetings.access import sight_of
from meetings.models import FollowUp, Meeting
from meetings.performance import minima  # noqa: F401  (registers itself)
from meetings.performance.cells import result, spark
from meetings.performance.periods import Period, year_of
from meetings.performance.report import Line, Report, shown
from meetings.performance.trends import Trend

NEXT = 3  # meetings to come that are named


@sections.register
def performance(user, borough: Territory, today: date) -> Section:
    """What is furthest below its target stands first."""
    sight, period = sight_of(user, borough), Period(year_of(today))
    if sight is None:
        return Section("", [])
    report = Report.of(borough, period, None, sight)
    title = f"Performance, {period.label}"
    if not report.kpis.counts.discussions:
        return Section(title, [Row("Figures", "No meetings held in this period")])
    trend = Trend.of(report, today)
    rows = [_measure("KPI 4, ", "4", line, borough, "") for line in report.four]
    rows += [_agency(line, borough, trend) for line in _worst_first(report.six)]
    if report.figures.is_stored:
        rows.append(Row("As at", moment(report.figures.as_at)))
    return Section(title, rows)


def _worst_first(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.now.met is not False, -line.gap))


def _agency(line: Line, borough: Territory, trend: Trend) -> Row:
    return _measure("KPI 6, ", "6", line, borough, spark(trend, line))


def _measure(kpi: str, number: str, line: Line, borough: Territory, drawn) -> Row:
    name = kpi + (line.label if number == "6" else line.label[:1].lower() + line.label[1:])
    said = format_html("{} {}<br>{}", shown(line.now), result(line.now), drawn)
    if not line.gap:
        return Row(name, said)
    asked = urlencode({"place": borough.slug, "agency": line.code})
    url = f"{reverse('meetings:missed', args=[number])}?{asked}"
    return Row(name, said, url, f"{line.gap} missed")


@sections.register
def meetings(user, borough: Territory, today: date) -> Section:
    """For those whose meetings they are: the ones to come, and the last one held."""
    found = Meeting.objects.for_user(user).filter(territory=borough)
    ahead = found.filter(status=Meeting.Status.SCHEDULED, held_on__gte=today).order_by(
        "held_on", "starts_at", "pk"
    )
    last = found.filter(status=Meeting.Status.HELD).order_by("-held_on", "-pk")[:1]
    rows = [_meeting(weekday_date(m.held_on), "Planned", "blue", m) for m in ahead[:NEXT]]
    return Section("Meetings", rows + [_meeting(weekday_date(m.held_on), "Held", "green", m) for m in last])


def _meeting(day: str, state: str, colour: str, meeting: Meeting) -> Row:
    said = format_html("{} Level {} meeting {}", tag(state, colour), meeting.level, meeting.reference)
    return Row(day, said, reverse("meetings:meeting", args=[meeting.reference]), "Open")


@sections.register
def follow_ups(user, borough: Territory, today: date) -> Section:
    found = FollowUp.objects.for_user(user).open().filter(territory=borough)
    opened = list(found.select_related("agency").prefetch_related("steps").order_by("opened_on", "pk"))
    if not opened:
        return Section("", [])
    late = sum(list(f.steps.all())[-1].is_overdue(today) for f in opened)
    said = f"{plural(len(opened), 'absence')}, the oldest since {short_date(opened[0].opened_on)}"
    overdue = tag(f"{late} overdue", "orange") if late else ""
    value = format_html("{} {}", said, overdue)
    return Section("Follow-ups", [Row("Open", value, reverse("meetings:follow_ups"), "Open the list")])
