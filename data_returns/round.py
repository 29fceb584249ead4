"""Where the boroughs of an area are with a year's returns: a line each, and the counts above them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from boards.models import Coverage, Organisation, Territory
from data_returns.models import UNSIGNED, Return, Round, Standing

NO_UNIT = "has no MAPPA unit: add one in the area's organisations"
NO_BOARD = "has no safeguarding board: add one in the area's organisations"
DUE = Coalesce("extended_to", "due_on")


def left_out(boroughs: Iterable[Territory]) -> dict[int, str]:
    """Boroughs that cannot have a return yet, and what to do."""
    units = Organisation.objects.filter(kind=Organisation.Kind.UNIT, territory__in=boroughs)
    boards = Coverage.objects.filter(borough__in=boroughs, organisation__kind=Organisation.Kind.BOARD)
    has_unit = set(units.values_list("territory", flat=True))
    has_board = set(boards.values_list("borough", flat=True))
    reasons = {b.pk: NO_UNIT if b.pk not in has_unit else NO_BOARD for b in boroughs}
    return {pk: reason for pk, reason in reasons.items() if pk not in has_unit & has_board}


@dataclass(frozen=True)
class Counts:
    """Of the year's returns; a correction takes nothing of this back."""

    opened: int = 0
    signed: int = 0
    sent: int = 0
    in_time: int = 0
    accepted: int = 0
    late: int = 0
    planned: int = 0
    sealing: int = 0  # signed, while the worker makes and seals the file

    @property
    def sealed(self) -> int:
        return self.signed - self.sealing

    @classmethod
    def of(cls, round_: Round, today: date) -> "Counts":
        number = lambda **said: Count("pk", filter=Q(**said))  # noqa: E731
        return cls(
            **round_.standings.annotate(day=DUE).aggregate(
                opened=Count("pk", filter=~Q(status=Standing.PLANNED)),
                signed=Count("pk", filter=~UNSIGNED),
                sent=number(sent_on__isnull=False),
                in_time=number(sent_on__lte=F("day")),
                accepted=number(closed_on__isnull=False),
                late=Count("pk", filter=UNSIGNED & Q(day__lt=today)),
                planned=number(status=Standing.PLANNED),
                sealing=number(status=Return.Status.SIGNED),
            )
        )


@dataclass(frozen=True)
class Line:
    """One borough; without a standing its return is not opened, and ``why`` says what hinders it."""

    borough: Territory
    standing: Standing | None
    why: str
    days_late: int

    @classmethod
    def of(cls, borough: Territory, standing: Standing | None, why: str, today: date) -> "Line":
        return cls(borough, standing, why, _days_late(standing, today))

    @property
    def state(self) -> str:
        return self.standing.get_status_display() if self.standing else "Not opened"

    @property
    def share(self) -> float:
        """How complete; from 0 to 1, less while it is not known."""
        known = self.standing and self.standing.questions
        return self.standing.completed / self.standing.questions if known else -1.0

    @property
    def complete(self) -> str:
        known = self.standing and self.standing.questions
        return f"{self.standing.completed} of {self.standing.questions}" if known else ""


def _days_late(standing: Standing | None, today: date) -> int:
    """Until it was sent to the board; what is signed waits for no borough."""
    if standing is None or not (standing.sent_on or standing.is_unsigned):
        return 0
    return max(0, ((standing.sent_on or today) - standing.due).days)


def lines_of(round_: Round, today: date) -> list[Line]:
    boroughs = list(round_.territory.children.order_by("name"))
    found = {s.about_id: s for s in round_.standings.select_related("extended_by")}
    closed = left_out([b for b in boroughs if b.pk not in found])
    return [Line.of(b, found.get(b.pk), closed.get(b.pk, ""), today) for b in boroughs]


SHOWN = {  # what the lines may be narrowed to
    "unopened": ("Not opened", lambda line, today: not (line.standing and line.standing.is_opened)),
    "unsigned": ("Not signed", lambda line, today: bool(line.standing and line.standing.is_unsigned)),
    "late": ("Late", lambda line, today: bool(line.standing and line.standing.is_late(today))),
    "extended": ("Extended", lambda line, today: bool(line.standing and line.standing.extended_to)),
    "sent": ("Sent", lambda line, today: bool(line.standing and line.standing.sent_on)),
    "accepted": ("Accepted", lambda line, today: bool(line.standing and line.standing.closed_on)),
}
