"""What the public check of a copy says of the return."""

from data_returns.models import Return
from documents.models import Document
from documents.standing import register
from mappa_portal.words import long_date


@register(Document.Kind.DATA_RETURN)
def standing(document: Document) -> str:
    found = Return.objects.filter(document=document).first()
    if found is None:
        return ""
    later = Return.objects.filter(territory=found.territory_id, year=found.year, number__gt=found.number)
    if later.signed().exists():
        return "Corrected: a later version was signed"
    if found.status == Return.Status.CLOSED:
        return f"Accepted by the board on {long_date(found.closed_on)}"
    return found.get_status_display()
