"""Which cases of a MAPPA unit a panel on a given day should hear: reviews that fall due, and cases never heard."""

from dataclasses import dataclass
from datetime import date

from django.db.models import DateField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from boards.models import AreaSettings, Organisation
from mappa_portal.words import long_date
from meetings.models import Discussion, Meeting
from referrals.clock import due_in_sql, is_overdue
from referrals.models import Case

LEVELS = (2, 3)


@dataclass(frozen=True)
class DueCase:
    """``planned``: reference of another meeting to come that has the case on its list already."""

    case: Case
    level: int
    due_on: date
    is_overdue: bool
    never_heard: bool
    planned: str

    @property
    def why(self) -> str:
        if self.planned:
            return f"planned for {self.planned}"
        due = f"review due {long_date(self.due_on)}{', overdue' if self.is_overdue else ''}"
        return f"never heard, {due}" if self.never_heard else due

    def is_for(self, level: int) -> bool:
        """Proposed for a panel of its own level, unless another one hears it first."""
        return self.level == level and not self.planned


def due_cases(unit: Organisation, *, by: date, today: date, settings: AreaSettings) -> list[DueCase]:
    """Oldest first. A date that the last held meeting set wins over the level's interval; one query."""
    held = Discussion.objects.filter(case=OuterRef("pk"), meeting__status=Meeting.Status.HELD)
    held = held.order_by("-meeting__held_on", "-meeting__pk")
    planned = Discussion.objects.filter(
        case=OuterRef("pk"), meeting__status=Meeting.Status.SCHEDULED, meeting__held_on__gte=today
    ).order_by("meeting__held_on", "meeting__pk")
    found = (
        Case.objects.filter(organisation=unit)
        .with_level(today)
        .filter(present_level__in=LEVELS)
        .annotate(
            last_heard=Subquery(held.values("meeting__held_on")[:1], output_field=DateField()),
            set_on=Subquery(held.values("next_review_on")[:1], output_field=DateField()),
            last_review=Coalesce("last_heard", "level_since"),
            planned=Subquery(planned.values("meeting__reference")[:1]),
        )
        .annotate(due_on=Coalesce("set_on", due_in_sql(settings)))
        .filter(Q(due_on__lte=by) | Q(last_heard=None))
        .order_by("due_on", "pk")
    )
    return [_due(case, today) for case in found]


def _due(case: Case, today: date) -> DueCase:
    return DueCase(
        case,
        case.present_level,
        case.due_on,
        is_overdue(case.due_on, today),
        case.last_heard is None,
        case.planned or "",
    )
