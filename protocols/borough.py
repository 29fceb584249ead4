"""A borough's protocols on its page."""

from datetime import date

from django.urls import reverse
from django.utils.html import format_html

from boards.models import Territory
from boards.sections import Section, register
from mappa_portal.templatetags.govuk import Row, long_date
from protocols.listing import protocols_for
from protocols.models import Version
from protocols.templatetags.protocols import due_tag


@register
def section(user, borough: Territory, today: date) -> Section:
    found = protocols_for(user).filter(about=borough).order_by("reference")
    return Section("Protocols", [_row(protocol, today) for protocol in found])


def _row(protocol, today: date) -> Row:
    url = reverse("protocols:detail", args=[protocol.reference])
    due = protocol.review_due
    review = format_html("<br>Review due {} {}", long_date(due), due_tag(due, today)) if due else ""
    state = format_html("Version {}: {}{}", protocol.version_number, _status(protocol), review)
    return Row(format_html('<a class="govuk-link" href="{}">{}</a>', url, protocol.reference), state)


def _status(protocol) -> str:
    label = Version.Status(protocol.status).label
    return label[:1].lower() + label[1:]
