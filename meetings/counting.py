"""The counting rules as one SQL statement over the registers of one borough; live figures and stored ones share it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from boards.models import AreaSettings, Territory
from meetings.kpis import Counts

LEVELS = (2, 3)

# Held discussions first: under policies the planner expects next to no rows of a flat join and goes wrong.
# KPI 4 (C7, C8): who was not invited was not there; the responsible Children's Services count if known, else any.
# KPI 6 (C3, C4): invited and not stood down; there, with a grade that reaches the minimum of the meeting's level (C15).
RULES = """
WITH held AS MATERIALIZED (
    SELECT d.id, d.territory_id, m.held_on, m.level, d.under_18, d.responsible_csc_id
    FROM meetings_meeting m
    JOIN meetings_discussion d ON d.territory_id = m.territory_id AND d.meeting_id = m.id
    WHERE m.territory_id = %(borough)s AND m.status = 'held' AND m.held_on BETWEEN %(start)s AND %(end)s
      AND m.level = ANY (%(levels)s)
), seen AS MATERIALIZED (
    SELECT h.id, h.held_on, h.level, h.under_18,
        coalesce(bool_and(a.attended IS NOT NULL) FILTER (WHERE a.invited AND NOT a.stood_down), true) AS recorded,
        coalesce(bool_or(a.invited) FILTER (WHERE {yot}), false) AS yot_invited,
        coalesce(bool_or(a.invited AND a.attended) FILTER (WHERE {yot}), false) AS yot,
        coalesce(bool_or(a.invited) FILTER (WHERE {csc}), false) AS csc_invited,
        coalesce(bool_or(a.invited AND a.attended) FILTER (WHERE {csc}), false) AS csc
    FROM held h
    LEFT JOIN meetings_attendance a ON a.territory_id = h.territory_id AND a.discussion_id = h.id
    LEFT JOIN boards_organisation o ON o.id = a.organisation_id
    GROUP BY h.id, h.held_on, h.level, h.under_18
), agencies AS (
    SELECT {keys} a.organisation_id AS organisation, count(*) AS required,
        count(*) FILTER (WHERE a.attended AND a.grade >= {minimum}) AS attended
    FROM seen s
    JOIN meetings_attendance a ON a.territory_id = %(borough)s AND a.discussion_id = s.id
    JOIN boards_organisation o ON o.id = a.organisation_id
    WHERE s.recorded AND a.invited AND NOT a.stood_down
    GROUP BY {keys} a.organisation_id
), kpi6 AS (
    SELECT {keys} array_agg(organisation ORDER BY organisation) AS organisations,
        array_agg(required ORDER BY organisation) AS required,
        array_agg(attended ORDER BY organisation) AS attended
    FROM agencies s GROUP BY {group}
), kpi4 AS (
    SELECT {keys} count(*) AS discussions,
        count(*) FILTER (WHERE recorded) AS recorded,
        count(*) FILTER (WHERE recorded AND under_18 IS NULL) AS missing_birth_dates,
        count(*) FILTER (WHERE recorded AND under_18) AS under_18,
        count(*) FILTER (WHERE recorded AND under_18 AND yot) AS yot,
        count(*) FILTER (WHERE recorded AND under_18 AND csc) AS csc,
        count(*) FILTER (WHERE recorded AND under_18 AND yot AND csc) AS joint,
        count(*) FILTER (WHERE recorded AND under_18 AND NOT yot_invited)
            + count(*) FILTER (WHERE recorded AND under_18 AND NOT csc_invited) AS not_invited
    FROM seen s GROUP BY {group}
)
"""
NUMBERS = ("discussions", "recorded", "missing_birth_dates", "under_18", "yot", "csc", "joint", "not_invited")
ARRAYS = ("organisations", "required", "attended")
PARTS = {
    "yot": "o.agency_type = 'YOT'",
    "csc": "o.agency_type = 'CSC' AND a.organisation_id = coalesce(h.responsible_csc_id, a.organisation_id)",
    "minimum": "CASE s.level WHEN 2 THEN coalesce(o.level2_grade, %(level2_grade)s)"
    " ELSE coalesce(o.level3_grade, %(level3_grade)s) END",
}
COLUMNS = ", ".join([*(f"kpi4.{n}" for n in NUMBERS), *(f"coalesce(kpi6.{a}, '{{}}')" for a in ARRAYS)])
PERIOD = RULES.format(keys="", group="()", **PARTS) + f"SELECT {COLUMNS}, NULL FROM kpi4, kpi6"
DAYS = (
    RULES.format(keys="s.held_on, s.level,", group="s.held_on, s.level", **PARTS)
    + "INSERT INTO meetings_dayfigures"
    f" (territory_id, about_id, counted_at, held_on, level, {', '.join(NUMBERS + ARRAYS)})"
    f" SELECT %(area)s, %(borough)s, now(), held_on, level, {COLUMNS}"
    " FROM kpi4 LEFT JOIN kpi6 USING (held_on, level)"
)
STORED = f"""
WITH days AS MATERIALIZED (
    SELECT * FROM meetings_dayfigures
    WHERE territory_id = %(area)s AND held_on BETWEEN %(start)s AND %(end)s AND level = ANY (%(levels)s)
      AND (%(borough)s::bigint IS NULL OR about_id = %(borough)s)
), agencies AS (
    SELECT u.organisation, sum(u.required) AS required, sum(u.attended) AS attended
    FROM days, unnest(days.organisations, days.required, days.attended) AS u (organisation, required, attended)
    GROUP BY u.organisation
), kpi4 AS (
    SELECT {", ".join(f"coalesce(sum({n}), 0) AS {n}" for n in NUMBERS)} FROM days
), kpi6 AS (
    SELECT {", ".join(f"array_agg({a} ORDER BY organisation) AS {a}" for a in ("required", "attended"))},
        array_agg(organisation ORDER BY organisation) AS organisations
    FROM agencies
)
SELECT {COLUMNS}, (SELECT min(counted_at) FROM days) FROM kpi4, kpi6
"""


@dataclass(frozen=True)
class Counted:
    """``as_at``: when the oldest of the stored rows was counted; None for what was counted just now."""

    counts: Counts
    as_at: datetime | None

    def limited_to(self, organisations: Collection[int] | None) -> "Counted":
        if organisations is None:
            return self
        own = {o: sums for o, sums in self.counts.agencies.items() if o in organisations}
        return replace(self, counts=replace(self.counts, agencies=own))


def count(borough: Territory, start: date, end: date, level: int | None = None) -> Counted:
    """Straight from the registers of a borough that is in scope; both days included (C2)."""
    return _counted(PERIOD, _values(borough, start, end, level))


def stored(
    area: Territory, start: date, end: date, level: int | None = None, *, borough: Territory | None = None
) -> Counted:
    """From the day rows of the area, or of one of its boroughs, as they were last counted."""
    values = {"area": area.pk, "borough": borough and borough.pk, "start": start, "end": end}
    return _counted(STORED, values | {"levels": levels_of(level)})


def store(borough: Territory, start: date, end: date) -> None:
    """Count the days of a period anew into the area's rows."""
    values = _values(borough, start, end, None) | {"area": borough.parent_id}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM meetings_dayfigures WHERE territory_id = %(area)s AND about_id = %(borough)s"
            " AND held_on BETWEEN %(start)s AND %(end)s",
            values,
        )
        cursor.execute(DAYS, values)


def _values(borough: Territory, start: date, end: date, level: int | None) -> dict:
    minima = AreaSettings.objects.values("level2_grade", "level3_grade").get(territory=borough.parent_id)
    return {"borough": borough.pk, "start": start, "end": end, "levels": levels_of(level), **minima}


def levels_of(level: int | None) -> list[int]:
    return [level] if level else list(LEVELS)


def _counted(statement: str, values: dict) -> Counted:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        *numbers, organisations, required, attended, as_at = cursor.fetchone()
    agencies = {o: (int(a), int(r)) for o, a, r in zip(organisations, attended, required, strict=True)}
    return Counted(Counts(**dict(zip(NUMBERS, map(int, numbers), strict=True)), agencies=agencies), as_at)
