"""Where the set-up of an area is recorded."""

from audit.events import record
from boards.models import Organisation, Territory


def record_in(
    area: Territory, name: str, subject, *, by, before: dict, after: dict, reference: str = ""
) -> None:
    """In the area's chain, in the name of its executive office."""
    office = Organisation.objects.unit_of(area)
    record(
        name,
        subject,
        by=by,
        territory=area,
        organisation=office,
        reference=reference,
        before=before,
        after=after,
    )
