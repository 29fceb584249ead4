"""A borough's protocols on its page, and what waits for a body of the area."""

from datetime import date

from django.urls import reverse
from django.utils.html import format_html

from boards import sections, waiting
from boards.models import Organisation, Territory
from boards.sections import Section
from mappa_portal.templatetags.govuk import Row, long_date
from mappa_portal.words import plural
from protocols.listing import protocols_for
from protocols.models import Approval, Version
from protocols.templatetags.protocols import due_tag


@sections.register
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


@waiting.register
def undecided(user, body: Organisation) -> str:
    number = Approval.objects.for_user(user).open().filter(organisation=body).count()
    needs = "still needs" if number == 1 else "still need"
    return f"{plural(number, 'protocol')} submitted before {needs} its decision." if number else ""
