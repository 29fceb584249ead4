"""Actions as lines of a table, with what their day means today."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.html import format_html

from mappa_portal.home import SOON
from mappa_portal.templatetags.govuk import short_date, tag
from meetings.actions.actions import text_of
from meetings.models import Action

COLUMNS = ["Action", "Agency", "Due", "Status"]
TEXT_COLUMNS = ["Number", "Action", "Agency", "Due", "Status"]
COLOURS = {Action.Status.DONE: "green", Action.Status.CARRIED_OVER: "grey", Action.Status.DROPPED: "grey"}


def status_tag(action: Action, today: date):
    if action.status != Action.Status.OPEN:
        return tag(action.get_status_display(), COLOURS[action.status])
    if action.due_on < today:
        return tag("Overdue", "orange")
    return tag("Due soon", "yellow") if action.due_on <= today + SOON else tag("Open", "blue")


def url_of(action: Action, place: int) -> str:
    meeting = action.discussion.meeting
    return reverse("meetings:action", args=[meeting.reference, place, action.number])


def rows(actions: Iterable[Action], today: date) -> list[list]:
    """``with_place``, without their texts: those are read one at a time, on a page that says so in the audit trail."""
    return [
        [
            format_html(
                '<a class="govuk-link" href="{}">{}, action {}</a>',
                url_of(action, action.place),
                action.discussion.case.reference,
                action.number,
            ),
            action.agency.name,
            short_date(action.due_on),
            status_tag(action, today),
        ]
        for action in actions
    ]


def texts(actions: Iterable[Action], place: int, today: date) -> list[list]:
    """For whoever has the whole record open."""
    link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> of the actions</span></a>'
    return [
        [
            format_html(link, url_of(action, place), action.number),
            text_of(action),
            action.agency.name,
            short_date(action.due_on),
            status_tag(action, today),
        ]
        for action in actions
    ]
