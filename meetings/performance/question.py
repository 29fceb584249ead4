"""What a program asks for: an area or a borough, a period, a level. Faults name the parameter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from boards.dates import iso_date
from boards.models import Territory
from meetings.performance import figures
from meetings.performance.kpis import as_json


@dataclass(frozen=True)
class Question:
    area: Territory
    borough: Territory | None
    start: date
    end: date
    level: int | None

    @classmethod
    def asked(cls, values: Mapping[str, str]) -> "Question":
        """``values``: area, borough, from, to, level as text. ValidationError names what is wrong."""
        faults: dict[str, str] = {}
        area = _territory(values, "area", Territory.Kind.AREA, faults)
        borough = None
        if values.get("borough"):
            borough = _territory(values, "borough", Territory.Kind.BOROUGH, faults)
            if area and borough and borough.parent_id != area.pk:
                faults["borough"] = f"{borough.slug} is not a borough of {area.slug}."
        start, end = _day(values, "from", faults), _day(values, "to", faults)
        if start and end and start > end:
            faults["from"] = f"From must be the same as or before to, {end}."
        level = values.get("level") or ""
        if level not in ("", "2", "3"):
            faults["level"] = "Level must be 2 or 3."
        if faults:
            raise ValidationError(faults)
        return cls(area, borough, start, end, int(level) if level else None)

    def figures(self) -> figures.Figures:
        if self.borough:
            return figures.of_borough(self.borough, self.start, self.end, self.level)
        return figures.of_area(self.area, self.start, self.end, self.level)

    def answer(self, *, with_as_at: bool = False) -> dict:
        """The JSON of command and REST; ``as_at`` stands beside figures that were stored."""
        found = self.figures()
        answer = as_json(
            found.kpis,
            area=self.area.slug,
            borough=self.borough and self.borough.slug,
            start=self.start,
            end=self.end,
            level=self.level,
        )
        return answer | {"as_at": found.as_at} if with_as_at and found.is_stored else answer


def _territory(values, name: str, kind: str, faults: dict[str, str]) -> Territory | None:
    slug = values.get(name) or ""
    found = Territory.objects.filter(kind=kind, slug=slug).select_related("parent").first()
    if found is None:
        faults[name] = f"There is no {name} “{slug}”." if slug else f"Name the {name}."
    return found


def _day(values, name: str, faults: dict[str, str]) -> date | None:
    try:
        return iso_date(values.get(name) or "")
    except ValueError:
        faults[name] = f"{name.capitalize()} must be a date, like 2024-04-01."
        return None
