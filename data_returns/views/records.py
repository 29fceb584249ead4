"""The cases that make a figure, for the unit that keeps them: on a page and as CSV. Each look is recorded."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from audit.events import record
from boards.agencies import AGENCY_TYPES
from data_returns.evidence import sources_of
from data_returns.form import Cell, Question
from data_returns.models import Return
from data_returns.records import Record, Records, listed
from data_returns.views.fetch import place, version_of
from data_returns.years import last_day
from mappa_portal.exports import csv_download
from mappa_portal.pagination import numbered, sorting
from mappa_portal.templatetags.govuk import short_date
from mappa_portal.words import OFFICIAL_SENSITIVE, plural
from meetings.performance.exports import limit_exports
from referrals.models import Case

NOT_RECORDED = "Not recorded"
OF_ALL = (("case", "Case"), ("since", "At this level since"))
PROVES = {"category": "Category", "manager": "Lead agency", "under_18": "Age on the day"}
COUNTED = ("counted", "Counted")
AGES = {True: "Under 18", False: "18 or over", None: NOT_RECORDED}


@login_required
def records(request, borough: str, year: int, number: int, key: str):
    data_return, question, cell = _asked(request, borough, year, number, key)
    found = Records.of(data_return, cell)
    columns = columns_of(found)
    sort, _ = sorting(request, {name: () for name, _ in columns}, "case")
    page = numbered(_sorted(found, sort), request)
    record("return.records_opened", data_return, by=request.user, after={"figure": key})
    context = {
        "data_return": data_return,
        "question": question,
        "cell": cell,
        "found": found,
        "said": data_return.figures.filter(key=key).first(),
        "position": last_day(data_return.year),
        "columns": columns,
        "rows": _linked(page.rows, request.user),
        "page": page,
        "sort": sort,
        "changes": list(_changes(found)),
        "back": _back(data_return, number),
    }
    return render(request, "data_returns/records.html", context)


@login_required
def export(request, borough: str, year: int, number: int, key: str):
    """All rows; recorded before anything leaves."""
    data_return, _, cell = _asked(request, borough, year, number, key)
    found = Records.of(data_return, cell)
    rows = [list(row.values()) for row in _sorted(found, "case")]
    limit_exports(request.user)
    said = f"{cell.label}: {plural(len(rows), 'row')}, CSV"
    record("return.records_exported", data_return, by=request.user, after={"figure": key}, reason=said)
    name = f"{data_return.reference}-{key}-cases.csv"
    return csv_download(name, [label for _, label in columns_of(found)], rows, marking=OFFICIAL_SENSITIVE)


def _asked(request, borough: str, year: int, number: int, key: str) -> tuple[Return, Question, Cell]:
    data_return = version_of(request, borough, year, "open_records")
    question, cell = data_return.form.question(number), data_return.form.cells.get(key)
    if question is None or cell not in question.cells or cell.source not in sources_of(data_return):
        raise Http404
    return data_return, question, cell


def _sorted(found: Records, by: str) -> list[dict]:
    """Plain values by column; what is not recorded comes last."""
    name = by.lstrip("-")
    rows = [_row(one, found) for one in found.rows]
    return sorted(rows, key=lambda row: (row[name] == NOT_RECORDED, row[name]), reverse=by.startswith("-"))


def columns_of(found: Records) -> list[tuple[str, str]]:
    """Of what is known of a case that alone which proves the figure."""
    name = found.source.shown
    return [*OF_ALL, *([(name, PROVES[name])] if name else []), COUNTED]


def _row(one: Record, found: Records) -> dict:
    name = found.source.shown
    return {
        "case": one.fact.reference,
        "since": one.fact.since,
        **({name: _said(name, getattr(one.fact, name))} if name else {}),
        "counted": "Yes" if one.counts else f"No: {found.count.gap} not recorded",
    }


def _said(name: str, value) -> str:
    if name == "under_18":
        return AGES[value]
    if not value:
        return NOT_RECORDED
    return AGENCY_TYPES[value].name if name == "manager" else str(value)


def _linked(rows: list[dict], user) -> list[list]:
    """A case that was withdrawn since has no page."""
    there = Case.objects.for_user(user).filter(reference__in=[row["case"] for row in rows])
    there = set(there.values_list("reference", flat=True))
    return [[_case(row["case"], there), *map(_shown, list(row.values())[1:])] for row in rows]


def _case(reference: str, there: set[str]):
    if reference not in there:
        return f"{reference}, no longer on the register"
    url = reverse("referrals:case", args=[reference])
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, reference)


def _shown(value):
    return short_date(value) if isinstance(value, date) else value


def _changes(found: Records):
    """What would be counted today, where that differs from what was frozen."""
    for references, verb in ((found.added, "added"), (found.gone, "taken away")):
        if references:
            have = plural(len(references), "case has", "cases have")
            yield f"{have} since been {verb}: {listed(references)}"


def _back(data_return: Return, number: int) -> tuple[str, str]:
    if data_return.is_open:
        return reverse("data_returns:question", args=[*place(data_return), number]), f"Question {number}"
    url = reverse("data_returns:view", args=place(data_return))
    return f"{url}?version={data_return.number}", "The return"
