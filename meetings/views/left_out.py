"""The discussions that a period's figures leave out: rows for the unit, counts by day for others."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from mappa_portal.templatetags.govuk import short_date
from meetings.performance import left_out as behind
from meetings.performance.figures import as_at
from meetings.performance.left_out import Day
from meetings.views.performance import Asked

ROWS = ["Date", "Level", "Meeting", "Case", "Why it is left out"]
COUNTS = ["Date", "Borough", "Level", "Attendance not recorded", "Birth date or age not known"]
LIMIT = 500
LINK = '<a class="govuk-link" href="{}">{}</a>'


@login_required
def left_out(request):
    asked = Asked.by(request)
    if asked is None:
        raise Http404
    period = asked.place, asked.period.start, asked.period.end, asked.level
    is_unit = asked.sight.cases and asked.sight.agencies is None
    if is_unit:
        found = behind.discussions(*period)
        total, rows = found.count(), [_row(discussion) for discussion in found[:LIMIT]]
    else:
        days = behind.by_day(*period, only=asked.sight.organisations)
        total, rows = sum(d.unrecorded + d.no_age for d in days), [_counts(day) for day in days[:LIMIT]]
    context = {
        "asked": asked,
        "is_unit": is_unit,
        "columns": ROWS if is_unit else COUNTS,
        "rows": rows,
        "total": total,
        "as_at": as_at(*period),
        "limit": LIMIT if len(rows) == LIMIT else None,
        "back": f"{reverse('meetings:performance')}?{asked.query}",
    }
    return render(request, "meetings/left_out.html", context)


def _row(discussion) -> list:
    meeting, case = discussion.meeting, discussion.case
    return [
        short_date(meeting.held_on),
        meeting.level,
        format_html(LINK, reverse("meetings:meeting", args=[meeting.reference]), meeting.reference),
        format_html(LINK, reverse("referrals:case", args=[case.reference]), case.reference),
        behind.why(discussion),
    ]


def _counts(day: Day) -> list:
    return [short_date(day.held_on), str(day.borough), day.level, day.unrecorded, day.no_age]
