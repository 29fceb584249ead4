"""Which cases of a MAPPA unit a panel on a given day should hear: reviews that fall due, and cases never heard."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Subquery

from boards.models import AreaSettings, Organisation
from mappa_portal.words import long_date
from meetings.models import Discussion, Meeting
from referrals.clock import is_overdue
from referrals.endings import Standing
from referrals.listing import with_clock
from referrals.models import Case
from referrals.models.cases import of_one_person

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
    """Oldest first; one query. What is suspended or has ended is not due."""
    planned = Discussion.objects.filter(
        case__in=of_one_person("pk"), meeting__status=Meeting.Status.SCHEDULED, meeting__held_on__gte=today
    ).order_by("meeting__held_on", "meeting__pk")
    found = (
        with_clock(Case.objects.filter(organisation=unit).kept(), today, [settings])
        .filter(Q(next_review__lte=by) | Q(last_review=None), present_level__in=LEVELS)
        .filter(standing=Standing.MANAGED)
        .annotate(planned=Subquery(planned.values("meeting__reference")[:1]))
        .order_by("next_review", "pk")
    )
    return [_due(case, today) for case in found]


def _due(case: Case, today: date) -> DueCase:
    return DueCase(
        case,
        case.present_level,
        case.next_review,
        is_overdue(case.next_review, today),
        case.last_review is None,
        case.planned or "",
    )
