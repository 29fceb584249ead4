"""What search finds here: protocols by reference or borough, templates by reference or name."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Q, QuerySet
from django.urls import reverse

from mappa_portal.search import MOST, Hit, register
from protocols.models import Protocol, Template, Version


def find_protocols(user, query: str) -> Iterator[Hit]:
    """References from their beginning, as a range: an index behind the policy serves = and <, not LIKE."""
    found = Protocol.objects.for_user(user).filter(_begins(query) | Q(about__name__icontains=query))
    for protocol in found.with_current().select_related("about", "board").order_by("reference")[: MOST + 1]:
        status = Version.Status(protocol.status).label
        yield Hit(
            f"{protocol.about} protocol, version {protocol.version_number}",
            reverse("protocols:detail", args=[protocol.reference]),
            protocol.reference,
            f"{protocol.board}. {status}",
        )


def find_templates(user, query: str) -> Iterator[Hit]:
    wanted = query.casefold()
    for template in islice(_templates(user), 500):
        if wanted in template.name.casefold() or template.reference.startswith(query.upper()):
            yield Hit(
                template.name, reverse("protocols:template", args=[template.reference]), template.reference
            )


def _begins(query: str) -> Q:
    start = query.upper()
    return Q(reference__gte=start, reference__lt=start + "\uffff")


def _templates(user) -> QuerySet[Template]:
    return Template.objects.for_user(user).order_by("name", "pk")


register("protocols", find_protocols)
register("templates", find_templates)
