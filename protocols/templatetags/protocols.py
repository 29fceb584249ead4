"""States of protocols as tags, clauses as a person reads them."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from mappa_portal.templatetags.govuk import hidden, tag, tick_box
from mappa_portal.words import short_date
from protocols import listing
from protocols.differences import Run
from protocols.models import Approval, Review, TemplateVersion, Version
from protocols.outline import Line

register = template.Library()

COLOURS = {
    Version.Status.DRAFT: "grey",
    Version.Status.CONSULTATION: "blue",
    Version.Status.APPROVED: "blue",
    Version.Status.IN_FORCE: "green",
    Version.Status.REPLACED: "grey",
    Version.Status.SUPERSEDED: "grey",
    Version.Status.WITHDRAWN: "grey",
}
TEMPLATE_COLOURS = {TemplateVersion.Status.PUBLISHED: "green"}
DECISION_COLOURS = {Approval.Decision.APPROVED: "green", Approval.Decision.CHANGES: "orange"}


@register.simple_tag
def version_tag(status: str, changes_wanted: object = None):
    if changes_wanted:
        return tag("Changes wanted", "orange")
    return tag(Version.Status(status).label, COLOURS[status])


@register.simple_tag
def template_tag(status: str):
    return tag(TemplateVersion.Status(status).label, TEMPLATE_COLOURS.get(status, "grey"))


@register.simple_tag
def decision_tag(approval: Approval):
    return tag(approval.get_decision_display(), DECISION_COLOURS.get(approval.decision, "grey"))


@register.simple_tag
def review_tag(review: Review, today: date):
    if review.started_on:
        return tag("Started", "blue")
    return due_tag(review.due_on, today)


@register.simple_tag
def due_tag(due: date | None, today: date):
    state = listing.review_state(due, today)
    return {"overdue": tag("Overdue", "orange"), "soon": tag("Due soon", "yellow")}.get(state, "")


@register.simple_tag
def clause_mark(clause):
    """How a borough's clause differs from the template."""
    if clause.locked or not clause.is_changed:
        return ""
    return format_html(
        '<p class="govuk-body-s">{}</p>',
        tag("Added here" if clause.clause_id is None else "Changed here", "blue"),
    )


@register.simple_tag
def clause_rows(lines: Iterable[Line], version: TemplateVersion):
    """The template's clauses with a box to tick each: sixty rows are too many for a loop (performance.md)."""
    reference, number = version.template.reference, version.number
    return format_html_join("", CLAUSE_ROW, (_clause_cells(line, reference, number) for line in lines))


CLAUSE_ROW = (
    '<tr class="govuk-table__row"><td class="govuk-table__cell app-tick">'
    "{}</td>"
    '<th scope="row" class="govuk-table__header govuk-!-font-weight-regular"><div class="app-level-{}">'
    '<a class="govuk-link govuk-link--no-visited-state" href="{}">{}</a></div></th>'
    '<td class="govuk-table__cell">{}</td></tr>'
)


def _clause_cells(line: Line, reference: str, number: int) -> tuple:
    place = line.clause.position
    url = reverse("protocols:template_clause", args=[reference, number, place])
    state = tag("Locked", "grey") if line.clause.locked else "May change it"
    box = tick_box("clauses", line.key, f"tick-{place}", hidden(f"Select {line.title}"))
    return (box, line.clause.depth, url, line.title, state)


@register.simple_tag
def table_rows(rows: Iterable[listing.Row], today: date):
    """The list's rows in one go: a template loop is many times dearer (performance.md)."""
    return format_html_join("", ROW, (_cells(row, today) for row in rows))


ROW = (
    '<tr class="govuk-table__row" role="row">'
    '<th scope="row" class="govuk-table__header" role="rowheader">'
    '<a class="govuk-link app-nowrap" href="/protocols/{}/">{}</a></th>'
    '<td class="govuk-table__cell" role="cell" data-label="Borough">{}</td>'
    '<td class="govuk-table__cell" role="cell" data-label="Board">{}</td>'
    '<td class="govuk-table__cell" role="cell" data-label="Version">{}</td>'
    '<td class="govuk-table__cell app-status" role="cell" data-label="Status">{}</td>'
    '<td class="govuk-table__cell" role="cell" data-label="Waiting for">{}</td>'
    '<td class="govuk-table__cell" role="cell" data-label="Review">{} {}</td></tr>'
)


def _cells(row: listing.Row, today: date) -> tuple:
    p = row.protocol
    return (
        p.reference,
        p.reference,
        p.about.name,
        p.board.name,
        p.version_number,
        _status(row),
        row.waits_for or "Nobody",
        format_html('<span class="app-nowrap">{}</span>', short_date(p.review_due) or "No date yet"),
        due_tag(p.review_due, today),
    )


def _status(row: listing.Row):
    """Of the newest version; while that is on its way an older one may be in force."""
    newest = version_tag(row.status, row.protocol.changes_wanted)
    if row.protocol.adopted_on is None or row.status == Version.Status.IN_FORCE:
        return newest
    return format_html("{} {}", version_tag(Version.Status.IN_FORCE), newest)


@register.filter
def marked(runs: Iterable[Run]):
    """Added and removed words, underlined, struck, and said aloud as such."""
    return format_html_join("", "{}", ((_run(run),) for run in runs))


def _run(run: Run):
    first, *others = run.text.split("\n")
    lines = format_html("{}{}", first, format_html_join("", "<br>{}", ((line,) for line in others)))
    if run.kind == "same":
        return lines
    name, css = ("ins", "app-added") if run.kind == "added" else ("del", "app-removed")
    hidden = '<span class="govuk-visually-hidden">{}</span>'
    start, end = format_html(hidden, f" [{run.kind}: "), format_html(hidden, f" end of {run.kind}] ")
    return format_html('<{0} class="{1}">{2}{3}{4}</{0}>', name, css, start, lines, end)
