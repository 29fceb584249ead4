"""The list of protocols as people and machines ask for it: filters, order, rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from boards.dates import add_months
from boards.models import Territory
from protocols import waiting
from protocols.models import Protocol, Version

NEVER = date(9999, 12, 31)  # sorts what has no date behind what has one
ORDER = {
    "reference": ["reference", "pk"],
    "borough": ["about__name", "pk"],
    "board": ["board__name", "pk"],
    "status": ["status", "pk"],
    "due": ["due", "pk"],
}
SOON = timedelta(days=14)
CHANGES_WANTED = "changes"  # asked for like a status: the version is still with the bodies
COLUMNS = [
    "Reference",
    "Borough",
    "Board",
    "Version",
    "Status",
    "Waiting for",
    "In force since",
    "Review due",
]


@dataclass(frozen=True)
class Row:
    protocol: Protocol
    status: str
    waits_for: str
    review_state: str  # overdue, soon or nothing

    @property
    def label(self) -> str:
        return "Changes wanted" if self.protocol.changes_wanted else Version.Status(self.status).label

    @property
    def cells(self) -> list:
        p = self.protocol
        version, due = p.version_number, p.review_due
        return [
            p.reference,
            p.about.name,
            p.board.name,
            version,
            self.label,
            self.waits_for,
            p.adopted_on,
            due,
        ]


def protocols_for(user) -> QuerySet[Protocol]:
    found = Protocol.objects.for_user(user).with_current()
    return found.annotate(due=Coalesce("review_due", NEVER)).select_related("about", "board", "organisation")


def narrowed(found: QuerySet[Protocol], chosen: dict, today: date) -> QuerySet[Protocol]:
    """By borough, status of the newest version and review date; empty values ask for nothing."""
    if borough := chosen.get("borough"):
        found = found.filter(about__slug=borough)
    status = chosen.get("status")
    if status == Version.Status.IN_FORCE:  # also while the next version is being written
        found = found.filter(adopted_on__isnull=False)
    elif status == CHANGES_WANTED:
        found = found.filter(changes_wanted=True)
    elif status:
        found = found.filter(status=status, changes_wanted=False)
    due = chosen.get("due")
    if due == "overdue":
        found = found.filter(review_due__lt=today)
    elif due == "none":
        found = found.filter(review_due=None)
    elif due:
        found = found.filter(review_due__lte=add_months(today, int(due)))
    return found


def boroughs_of(user) -> list[Territory]:
    """Those with a protocol that this person sees."""
    mine = Protocol.objects.for_user(user).values("about")
    return list(Territory.objects.filter(pk__in=mine))


def rows(found: Iterable[Protocol], today: date) -> list[Row]:
    found = list(found)
    names = waiting.waits_for(p.version_id for p in found)
    return [_row(p, names, today) for p in found]


def _row(protocol: Protocol, names: dict[int, list[str]], today: date) -> Row:
    if protocol.status == Version.Status.DRAFT:
        waits_for = protocol.organisation.name
    else:
        waits_for = " and ".join(names.get(protocol.version_id, []))
    state = review_state(protocol.review_due, today)
    if not waits_for and state == "overdue":
        waits_for = f"{protocol.organisation.name} (review)"
    return Row(protocol, protocol.status, waits_for, state)


def review_state(due: date | None, today: date) -> str:
    if due is None or due > today + SOON:
        return ""
    return "overdue" if due < today else "soon"
