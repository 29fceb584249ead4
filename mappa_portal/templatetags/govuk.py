"""Tags and filters of every template: GOV.UK and MoJ components, dates in words, plurals, Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString

from mappa_portal.text import markdown_to_html
from mappa_portal.words import clock, long_date, lower_first, moment, plural, short_date, weekday_date

register = template.Library()
register.filter("markdown", markdown_to_html)
register.simple_tag(plural)
for function in (lower_first, long_date, short_date, weekday_date, clock, moment):
    register.filter(function)

COLOURS = {"grey", "blue", "yellow", "orange", "green", "red"}  # their meanings: docs/glossary.md
ALERTS = {"success": "success", "warning": "warning", "error": "error"}


@dataclass(frozen=True)
class Row:
    """One line of a summary list; with ``url`` it ends in a link."""

    key: str
    value: object
    url: str = ""
    change: str = "Change"


@dataclass(frozen=True)
class TaskItem:
    """One line of a task list; without ``url`` it cannot be started yet."""

    title: str
    status: str
    url: str = ""
    hint: str = ""
    colour: str = ""


# -- Components --


@register.simple_tag
def tag(text: str, colour: str = "grey"):
    if colour not in COLOURS:
        raise ValueError(f"Tags are {', '.join(sorted(COLOURS))}; not {colour}.")
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, text)


def tick_box(name: str, value, key: str, label, *, ticked: bool = False) -> SafeString:
    """A small one without a form, for the row of a table; ``key`` is its id."""
    return format_html(
        TICK_BOX, name, value, key, format_html(" {}", "checked") if ticked else "", key, label
    )


TICK_BOX = (
    '<div class="govuk-checkboxes govuk-checkboxes--small"><div class="govuk-checkboxes__item">'
    '<input class="govuk-checkboxes__input" type="checkbox" name="{}" value="{}" id="{}"{}>'
    '<label class="govuk-label govuk-checkboxes__label" for="{}">{}</label></div></div>'
)


def hidden(text) -> SafeString:
    """For those who listen."""
    return format_html('<span class="govuk-visually-hidden">{}</span>', text)


@register.inclusion_tag("govuk/summary_list.html")
def summary_list(rows: Iterable[Row | Sequence]):
    rows = [row if isinstance(row, Row) else Row(*row) for row in rows]
    said = [replace(row, value=long_date(row.value)) if isinstance(row.value, date) else row for row in rows]
    return {"rows": said, "changes": any(row.url for row in rows)}


@register.inclusion_tag("govuk/task_list.html")
def task_list(items: Iterable[TaskItem], prefix: str = "task"):
    return {"items": items, "prefix": prefix}


@register.inclusion_tag("govuk/pagination.html")
def pagination(page, things: str = "results"):
    return {"page": page, "things": things}


@register.inclusion_tag("govuk/breadcrumbs.html")
def breadcrumbs(*labels_and_urls: str):
    """``{% breadcrumbs "Home" home_url "Protocols" protocols_url %}``; a last label alone is this page."""
    pairs = [*labels_and_urls, ""] if len(labels_and_urls) % 2 else labels_and_urls
    return {"crumbs": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(*forms):
    """Every error once, each leading to its field. Takes forms and formsets; anything else has none."""
    return {"errors": [error for form in _flat(forms) for error in _errors_of(form)]}


def _flat(forms):
    for form in forms:
        if hasattr(form, "management_form"):
            yield from form.forms
        elif hasattr(form, "errors"):
            yield form


def _errors_of(form):
    if not form.errors:
        return
    for text in form.non_field_errors():
        yield text, ""
    for field in form:
        for text in field.errors:
            yield (
                strip_tags(text) if isinstance(text, SafeString) else text,
                getattr(field, "first_id", field.auto_id),
            )


@register.inclusion_tag("govuk/alert.html")
def alert(text, kind: str = "information"):
    return {"text": text, "kind": ALERTS.get(kind, "information")}


@register.inclusion_tag("govuk/data_table.html")
def data_table(caption: str, columns: Sequence[str], rows: Iterable[Sequence], numeric: str = ""):
    """Rows in one go: a template loop is many times dearer. ``numeric`` lists columns from 1: "3,4".

    The first cell of a row names it. From three columns on, each row is a card on small screens.
    """
    right = {int(number) - 1 for number in numeric.split(",") if number}
    kinds = ["--numeric" if i in right else "" for i in range(len(columns))]
    head = format_html_join("", COLUMN, zip(kinds, columns, strict=True))
    body = format_html_join(
        "", ROW, ((format_html(NAME, row[0]), _cells(kinds, columns, row)) for row in rows)
    )
    return {"caption": caption, "head": head, "body": body, "cards": len(columns) > 2}


# Roles are spelt out: as cards, the elements are no longer laid out as a table.
COLUMN = '<th scope="col" role="columnheader" class="govuk-table__header govuk-table__header{}">{}</th>'
ROW = '<tr role="row" class="govuk-table__row">{}{}</tr>'
NAME = '<th scope="row" role="rowheader" class="govuk-table__header">{}</th>'
CELL = '<td role="cell" class="govuk-table__cell govuk-table__cell{}" data-label="{}">{}</td>'


def _cells(kinds, columns, row):
    return format_html_join("", CELL, zip(kinds[1:], columns[1:], row[1:], strict=True))


@register.inclusion_tag("govuk/data_table.html", takes_context=True)
def sorted_table(context, caption: str, columns: Sequence, rows: Iterable[Sequence], sort: str):
    """A data table whose headings sort by link; ``columns`` are (name, label), the cells come sorted.

    A column without a name is not sorted by.
    """
    labels = [label for _, label in columns]
    heads = (
        sort_header(context, label, name, sort) if name else format_html(COLUMN, "", label)
        for name, label in columns
    )
    head = format_html_join("", "{}", ((each,) for each in heads))
    return data_table(caption, labels, rows) | {"head": head}


@register.simple_tag(takes_context=True)
def sort_header(context, label: str, name: str, sort: str, numeric: bool = False):
    """A column heading that sorts by link. ``sort`` is what ``pagination.sorting`` chose."""
    current = sort.lstrip("-") == name
    state = ("descending" if sort.startswith("-") else "ascending") if current else "none"
    query = context["request"].GET.copy()
    for place in ("after", "before", "page"):
        query.pop(place, None)
    query["sort"] = f"-{name}" if sort == name else name
    return format_html(
        '<th scope="col" class="govuk-table__header{}" aria-sort="{}">'
        '<a class="govuk-link app-sort__link" href="?{}">{}<span aria-hidden="true"> {}</span></a></th>',
        " govuk-table__header--numeric" if numeric else "",
        state,
        query.urlencode(),
        label,
        {"ascending": "↑", "descending": "↓", "none": "↑↓"}[state],
    )
