"""What the public check of a copy says of the version."""

from documents.models import Document
from documents.standing import register
from mappa_portal.words import long_date
from protocols.models import Version


@register(Document.Kind.PROTOCOL)
def standing(document: Document) -> str:
    version = Version.objects.select_related("protocol__replaced_by").filter(document=document).first()
    if version is None:
        return ""
    if version.status == Version.Status.IN_FORCE:
        return f"In force since {long_date(version.adopted_on)}"
    if version.status == Version.Status.WITHDRAWN:
        return f"Withdrawn on {long_date(version.protocol.withdrawn_on)}"
    if version.protocol.replaced_by:
        successor, day = version.protocol.replaced_by.reference, long_date(version.protocol.replaced_on)
        return f"Superseded: {successor} took its place on {day}"
    if version.status == Version.Status.SUPERSEDED:
        return "Superseded: a newer version is in force"
    return version.get_status_display()
