"""Who is senior enough to count at a level (C4, C15): by the agency's own lowest grade, else the area's."""

from django.db.models import Case, When
from django.db.models.functions import Coalesce

from boards.models import AreaSettings
from boards.models.settings import GRADE_OF

# For statements that name the meeting h, the agency o and the area's settings minima.
LOWEST = (
    "CASE h.level "
    + " ".join(f"WHEN {level} THEN coalesce(o.{name}, minima.{name})" for level, name in GRADE_OF.items())
    + " END"
)


def lowest(settings: AreaSettings) -> Case:
    """The same for a queryset of attendances."""
    return Case(
        *(
            When(
                discussion__meeting__level=level,
                then=Coalesce(f"organisation__{name}", getattr(settings, name)),
            )
            for level, name in GRADE_OF.items()
        )
    )


def is_too_junior(grade: int | None, needed: int) -> bool:
    """Of somebody whose grade is known."""
    return bool(grade) and grade < needed
