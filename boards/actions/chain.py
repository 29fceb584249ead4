"""The set-up of an area is recorded in the area's chain."""

from audit.events import record
from boards.models import Territory


def record_in(
    area: Territory,
    name: str,
    subject,
    *,
    by,
    before: dict,
    after: dict,
    reference: str = "",
    reason: str = "",
) -> None:
    record(
        name,
        subject,
        by=by,
        territory=area,
        reference=reference,
        before=before,
        after=after,
        reason=reason,
    )
