"""The counting rules as one SQL statement over the registers of one borough; live figures and stored ones share it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection

from boards.agencies import AGENCY_TYPES
from boards.models import Territory
from meetings.performance.kpis import Counts
from meetings.seniority import LOWEST

LEVELS = (2, 3)

# Held discussions first: under policies the planner expects next to no rows of a flat join and goes wrong. Attendance
# is walked once, and what is known of a whole discussion is worked out beside each of its rows: no join to itself.
# KPI 4 (C7, C8): who was not invited was not there; the responsible Children's Services count if known, else any.
# KPI 6 (C3, C4): invited and not stood down; there, with a grade that reaches the minimum of the meeting's level (C15).
PARTS_OF_HELD = """
WITH held AS MATERIALIZED (
    SELECT d.id, d.territory_id, m.held_on, date_trunc('month', m.held_on)::date AS month, m.level, d.under_18,
        d.responsible_csc_id
    FROM meetings_meeting m
    JOIN meetings_discussion d ON d.territory_id = m.territory_id AND d.meeting_id = m.id
    WHERE m.territory_id = %(borough)s AND m.status = 'held' AND m.held_on BETWEEN %(start)s AND %(end)s
      AND m.level = ANY (%(levels)s){notice}
), parts AS MATERIALIZED (
    SELECT h.id, h.held_on, h.month, h.level, h.under_18, a.organisation_id AS organisation, a.invited,
        a.invited AND NOT a.stood_down AS expected, {there} AS there, {enough} AS enough, {yot} AS yot, {csc} AS csc,
        coalesce(bool_and(a.attended IS NOT NULL) FILTER (WHERE a.invited AND NOT a.stood_down)
            OVER (PARTITION BY h.id), true) AS recorded{more}
    FROM held h
    LEFT JOIN meetings_attendance a ON a.territory_id = h.territory_id AND a.discussion_id = h.id
    LEFT JOIN boards_organisation o ON o.id = a.organisation_id
    CROSS JOIN (SELECT level2_grade, level3_grade FROM boards_areasettings WHERE territory_id = %(area)s) minima
)"""
RULES = (
    PARTS_OF_HELD
    + """, seen AS MATERIALIZED (
    SELECT id, held_on, month, level, under_18, recorded,
        coalesce(bool_or(invited) FILTER (WHERE yot), false) AS yot_invited,
        coalesce(bool_or(invited AND there) FILTER (WHERE yot), false) AS yot,
        coalesce(bool_or(invited) FILTER (WHERE csc), false) AS csc_invited,
        coalesce(bool_or(invited AND there) FILTER (WHERE csc), false) AS csc
    FROM parts GROUP BY id, held_on, month, level, under_18, recorded
), agencies AS (
    SELECT {keys} s.organisation, count(*) AS required, count(*) FILTER (WHERE s.enough) AS attended
    FROM parts s WHERE s.recorded AND s.expected GROUP BY {keys} s.organisation
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
)
# Beside the measures, in none of them: C1, C5, C9, and C6 by seniority as in KPI 6.
BESIDE = (
    PARTS_OF_HELD
    + """
SELECT 'ended', status, count(*), 0 FROM meetings_meeting
WHERE territory_id = %(borough)s AND status IN ('cancelled', 'postponed', 'abandoned')
    AND held_on BETWEEN %(start)s AND %(end)s AND level = ANY (%(levels)s)
GROUP BY status
UNION ALL SELECT 'present', '', count(*) FILTER (WHERE there), count(*) FROM parts WHERE recorded AND expected
UNION ALL SELECT 'reports', '', count(*) FILTER (WHERE report), count(*) FROM parts WHERE recorded AND expected
UNION ALL SELECT 'full', '', count(*) FILTER (WHERE everybody), count(*)
    FROM (SELECT bool_and(there) AS everybody FROM parts WHERE recorded AND expected GROUP BY id) discussions
UNION ALL SELECT 'authority', kind, count(*) FILTER (WHERE enough), count(*)
    FROM parts WHERE recorded AND expected AND kind = ANY (%(authority)s) GROUP BY kind
"""
)
MORE_OF_PARTS = ", a.report AND NOT a.attended AS report, o.agency_type AS kind"
NUMBERS = ("discussions", "recorded", "missing_birth_dates", "under_18", "yot", "csc", "joint", "not_invited")
ARRAYS = ("organisations", "required", "attended")
PARTS = {
    "yot": "o.agency_type = 'YOT'",
    "csc": "o.agency_type = 'CSC' AND a.organisation_id = coalesce(h.responsible_csc_id, a.organisation_id)",
}
COLUMNS = ", ".join([*(f"kpi4.{n}" for n in NUMBERS), *(f"coalesce(kpi6.{a}, '{{}}')" for a in ARRAYS)])


@dataclass(frozen=True)
class Rules:
    """The counting rules as they stand; other values answer what a figure would be if they were different."""

    substitutes: bool = True  # count on their own grade (C4)
    reports: bool = False  # count as attendance (C9)
    short_notice: bool = True  # meetings called too late stay in (C10)

    @property
    def parts(self) -> dict[str, str]:
        came = "a.attended" if self.substitutes else "a.attended AND NOT a.substitute"
        enough = f"{came} AND a.grade >= {LOWEST}"
        sent = "a.report AND NOT a.attended"
        needed = "(SELECT notice_days FROM boards_areasettings WHERE territory_id = %(area)s)"
        in_time = f"(m.invited_on IS NULL OR m.held_on - m.invited_on >= {needed})"
        return PARTS | {
            "there": f"({came} OR {sent})" if self.reports else f"({came})",
            "enough": f"({enough} OR {sent})" if self.reports else f"({enough})",
            "more": "",
            "notice": "" if self.short_notice else f" AND {in_time}",
        }


AS_THEY_STAND = Rules()


def _grouped(keys: Sequence[str]) -> dict[str, str]:
    named = [f"s.{key}" for key in keys]
    return {"keys": "".join(f"{n}, " for n in named), "group": ", ".join(named) or "()"}


@cache
def _statement(by: str, rules: Rules) -> str:
    """One answer, or one for each month: the key comes first."""
    keys = [by] if by else []
    return RULES.format(**_grouped(keys), **rules.parts) + _select(by, "NULL")


def _select(by: str, as_at: str) -> str:
    joined = f"LEFT JOIN kpi6 USING ({by})" if by else "CROSS JOIN kpi6"
    return f"SELECT {by or 'NULL'}, {COLUMNS}, {as_at} FROM kpi4 {joined}"


DAY = ("held_on", "level")
DAYS = (
    RULES.format(**_grouped(DAY), **AS_THEY_STAND.parts) + "INSERT INTO meetings_dayfigures"
    f" (territory_id, about_id, counted_at, held_on, level, {', '.join(NUMBERS + ARRAYS)})"
    f" SELECT %(area)s, %(borough)s, now(), held_on, level, {COLUMNS}"
    " FROM kpi4 LEFT JOIN kpi6 USING (held_on, level)"
)
STORED = """
WITH days AS MATERIALIZED (
    SELECT *, date_trunc('month', held_on)::date AS month FROM meetings_dayfigures
    WHERE territory_id = %(area)s AND held_on BETWEEN %(start)s AND %(end)s AND level = ANY (%(levels)s)
      AND (%(borough)s::bigint IS NULL OR about_id = %(borough)s)
), agencies AS (
    SELECT {keys} organisation, sum(required) AS required, sum(attended) AS attended
    FROM (SELECT held_on, month, about_id, unnest(organisations) AS organisation, unnest(required) AS required,
        unnest(attended) AS attended FROM days) s
    GROUP BY {keys} organisation
), kpi4 AS (
    SELECT {keys} {sums}, min(counted_at) AS counted_at FROM days s GROUP BY {group}
), kpi6 AS (
    SELECT {keys} {arrays}, array_agg(organisation ORDER BY organisation) AS organisations
    FROM agencies s GROUP BY {group}
)
"""
SUMS = ", ".join(f"coalesce(sum({n}), 0) AS {n}" for n in NUMBERS)
SORTED = ", ".join(f"array_agg({a} ORDER BY organisation) AS {a}" for a in ("required", "attended"))


@cache
def _stored_statement(by: str) -> str:
    parts = _grouped([by] if by else []) | {"sums": SUMS, "arrays": SORTED}
    return STORED.format(**parts) + _select(by, "kpi4.counted_at")


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


def count(
    borough: Territory, start: date, end: date, level: int | None = None, rules: Rules = AS_THEY_STAND
) -> Counted:
    """Straight from the registers of a borough that is in scope; both days included (C2)."""
    return _counted(_statement("", rules), _values(borough, start, end, level))[None]


def count_months(borough: Territory, start: date, end: date, level: int | None = None) -> dict[date, Counted]:
    """The same by month, named by its first day; a month without meetings is left out."""
    return _counted(_statement("month", AS_THEY_STAND), _values(borough, start, end, level))


def stored(
    area: Territory, start: date, end: date, level: int | None = None, *, borough: Territory | None = None
) -> Counted:
    """From the day rows of the area, or of one of its boroughs, as they were last counted."""
    return stored_by("", area, start, end, level, borough=borough)[None]


def stored_by(
    by: str, area: Territory, start: date, end: date, level: int | None, *, borough: Territory | None = None
) -> dict[Any, Counted]:
    """An answer for each ``month`` or ``about_id``, a borough, that has any."""
    values = {"area": area.pk, "borough": borough and borough.pk, "start": start, "end": end}
    return _counted(_stored_statement(by), values | {"levels": levels_of(level)})


def store(borough: Territory, start: date, end: date) -> None:
    """Count the days of a period anew into the area's rows."""
    values = _values(borough, start, end, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM meetings_dayfigures WHERE territory_id = %(area)s AND about_id = %(borough)s"
            " AND held_on BETWEEN %(start)s AND %(end)s",
            values,
        )
        cursor.execute(DAYS, values)


def beside(
    borough: Territory, start: date, end: date, level: int | None
) -> dict[tuple[str, str], tuple[int, int]]:
    """By what is counted and its kind: how many, of how many; straight from the registers, never stored."""
    authority = [code for code, kind in AGENCY_TYPES.items() if kind.responsible_authority]
    statement = BESIDE.format(**AS_THEY_STAND.parts | {"more": MORE_OF_PARTS})
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(borough, start, end, level) | {"authority": authority})
        return {(what, kind): (number, of) for what, kind, number, of in cursor.fetchall()}


def _values(borough: Territory, start: date, end: date, level: int | None) -> dict:
    return {
        "borough": borough.pk,
        "area": borough.parent_id,
        "start": start,
        "end": end,
        "levels": levels_of(level),
    }


def levels_of(level: int | None) -> list[int]:
    return [level] if level else list(LEVELS)


def _counted(statement: str, values: dict) -> dict[Any, Counted]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {key: _whole(row) for key, *row in cursor.fetchall()}


def _whole(row: list) -> Counted:
    *numbers, organisations, required, attended, as_at = row
    agencies = {o: (int(a), int(r)) for o, a, r in zip(organisations, attended, required, strict=True)}
    return Counted(Counts(**dict(zip(NUMBERS, map(int, numbers), strict=True)), agencies=agencies), as_at)
