"""The missed attendances that make a gap, as far down as this person sees: rows, or counts by day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.agencies import AGENCY_TYPES
from boards.rules import may
from mappa_portal.exports import csv_download
from mappa_portal.pagination import numbered, sorting
from mappa_portal.templatetags.govuk import short_date
from mappa_portal.words import OFFICIAL_SENSITIVE
from meetings.performance.exports import AS_AT, limit_exports, record_export, stamped
from meetings.performance.figures import as_at
from meetings.performance.kpis import DUTY_TO_COOPERATE
from meetings.performance.missed import (
    KPI4,
    MISSED,
    NOT_INVITED,
    Missed,
    cases_of,
    follow_ups_of,
    invited_on,
    replies_to,
)
from meetings.performance.missed_days import MISSED_DAYS, MissedDay
from meetings.views.performance import Asked

BY_DAY = ("date", "Date"), ("borough", "Borough"), ("level", "Level"), ("agency", "Agency")
COUNTS = ("missed", "Missed"), ("required", "Required")
PAGES = {"meeting": "meetings:meeting", "case": "referrals:case", "follow_up": "meetings:follow_up"}
NOT_SHARED, NO_STEP = "Not shared with you", "None"


@dataclass(frozen=True)
class Table:
    """``rows`` hold plain values by column, to sort; None is not known. ``missed`` is what they add up to."""

    columns: list[tuple[str, str]]
    rows: list[dict]
    missed: int
    as_at: datetime | None = None  # of stored figures
    keeps: bool = False  # this person opens their cases and starts follow-ups of them

    def sorted(self, by: str) -> list[dict]:
        name = by.lstrip("-")
        return sorted(self.rows, key=lambda row: (row[name] is None, row[name]), reverse=by.startswith("-"))


@login_required
def missed(request, kpi: str):
    asked, table, code = _found(request, kpi)
    sort, _ = sorting(request, {name: () for name, _ in table.columns}, "-date")
    page = numbered(table.sorted(sort), request)
    context = {
        "asked": asked,
        "kpi": kpi,
        "line": _line_called(code),
        "columns": table.columns,
        "rows": [[_cell(name, row, table) for name, _ in table.columns] for row in page],
        "page": page,
        "sort": sort,
        "missed": table.missed,
        "as_at": table.as_at,
        "keeps": table.keeps,
        "back": f"{reverse('meetings:performance')}?{asked.query}",
        "csv": f"{reverse('meetings:missed_export', args=[kpi])}?{asked.query}&agency={code}",
    }
    return render(request, "meetings/missed.html", context)


@login_required
def export(request, kpi: str):
    """All rows, not only those that the page shows; recorded before anything leaves."""
    asked, table, _ = _found(request, kpi)
    stored = not asked.sight.rows
    rows = [[_value(name, row) for name, _ in table.columns] for row in table.rows]
    limit_exports(request.user)
    record_export(asked.place, len(table.rows), by=request.user)
    return csv_download(
        f"kpi-{kpi}-missed-{asked.place.slug}-{localdate()}.csv",
        [label for _, label in table.columns] + stored * [AS_AT],
        stamped(rows, table.as_at) if stored else rows,
        marking=OFFICIAL_SENSITIVE,
    )


def _found(request, kpi: str) -> tuple[Asked, Table, str]:
    asked, code = Asked.by(request), request.GET.get("agency", "")
    if asked is None or kpi not in MISSED or not _is_open(asked, kpi, code):
        raise Http404
    period = asked.place, asked.period.start, asked.period.end, asked.level, code
    if not asked.sight.rows:
        return asked, _by_day(MISSED_DAYS[kpi](*period), as_at(*period[:4])), code
    found = MISSED[kpi](*period, only=asked.sight.organisations)
    return asked, _by_row(found, asked, request.user), code


def _line_called(code: str) -> str:
    """The agencies of one line of a figure; empty for all of them."""
    kind = code.partition("@")[0]
    return AGENCY_TYPES[kind].name if kind in AGENCY_TYPES else ""


def _is_open(asked: Asked, kpi: str, code: str) -> bool:
    """An agency opens the lines of its own kind, and all of KPI 4 only as one of them."""
    kind = code.partition("@")[0]
    if kind and kind not in (KPI4 if kpi == "4" else DUTY_TO_COOPERATE):
        return False
    if kpi == "4" and "@" in code:
        return False
    return asked.sight.agencies is None or kpi == "6" or asked.sight.sees_kind(kind)


def _by_day(found: list[MissedDay], counted: datetime | None) -> Table:
    rows = [vars(day) | {"date": day.held_on, "borough": str(day.borough)} for day in found]
    return Table([*BY_DAY, *COUNTS], rows, sum(day.missed for day in found), counted)


def _by_row(found: list[Missed], asked: Asked, user) -> Table:
    sight = asked.sight
    columns = [("date", "Date"), ("level", "Level")]
    if sight.cases:
        columns += [("meeting", "Meeting"), ("case", "Case")]
    columns += [("agency", "Agency")]
    if sight.cases:
        columns += [("invited", "Invited"), ("notice", "Days’ notice"), ("reply", "Reply")]
    columns += [("outcome", "Outcome"), ("why", "Why it counts")]
    if sight.cases and sight.agencies is None:
        columns += [("follow_up", "Follow-up")]
    keeps = bool(found) and may(user, "record_meeting", found[0].discussion)
    return Table(columns, _rows(found, user), len(found), keeps=keeps)


def _rows(found: list[Missed], user) -> list[dict]:
    replies, follow_ups, cases = replies_to(found, user), follow_ups_of(found, user), cases_of(found, user)
    invited = invited_on(found, user)
    return [
        {
            "date": one.held_on,
            "level": one.discussion.meeting.level,
            "meeting": one.discussion.meeting.reference if one.discussion.pk in cases else NOT_SHARED,
            "case": one.discussion.case.reference if one.discussion.pk in cases else NOT_SHARED,
            "agency": one.agency,
            "invited": invited.get(one.key),
            "notice": _notice(one, invited.get(one.key)),
            "reply": replies.get(one.key, "None recorded"),
            "outcome": one.outcome,
            "why": one.why,
            "follow_up": _step(follow_ups.get(one.key)),
            "missed": one,
        }
        for one in found
    ]


def _notice(missed: Missed, invited: date | None) -> int | None:
    """Of the agency's own invitation: it may have been asked later than others."""
    return (missed.held_on - invited).days if invited else None


def _step(follow_up) -> str:
    if follow_up is None:
        return NO_STEP
    steps = list(follow_up.steps.all())
    step = f": {steps[-1].get_number_display()}" if steps else ""
    return f"{follow_up.reference}, {follow_up.get_status_display().lower()}{step}"


def _value(name: str, row: dict):
    if row[name] is not None:
        return row[name]
    was_not = name == "invited" and NOT_INVITED in row["outcome"]
    return NOT_INVITED if was_not else "Not known"


def _cell(name: str, row: dict, table: Table):
    value = _value(name, row)
    if isinstance(value, date):
        return short_date(value)
    if value == NO_STEP and table.keeps and row["missed"].can_be_followed:
        return _start_button(row["missed"])
    page = PAGES.get(name)
    reference, _, rest = str(value).partition(", ")
    if not page or value in (NOT_SHARED, NO_STEP) or (name == "case" and not table.keeps):
        return value
    url = reverse(page, args=[reference])
    return format_html('<a class="govuk-link" href="{}">{}</a>{}', url, reference, rest and f", {rest}")


def _start_button(missed: Missed):
    """Of the one form around the table."""
    return format_html(
        '<button class="govuk-button govuk-button--secondary app-row-button" formaction="{}" name="agency"'
        ' value="{}" data-module="govuk-button" data-prevent-double-click="true">Start follow-up'
        '<span class="govuk-visually-hidden"> of {}, {}</span></button>',
        reverse("meetings:follow_up_start", args=[missed.discussion.meeting.reference]),
        missed.attendance.organisation.slug,
        missed.agency,
        short_date(missed.held_on),
    )
