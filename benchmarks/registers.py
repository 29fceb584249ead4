"""Meetings to measure on: areas of 33 boroughs with 14 agencies each, the same attendance each time, made in SQL.

More rows are more years and then more areas, so an answer keeps its size: 65 discussions a borough and year.
"""

import os
from datetime import date

import psycopg
from django.contrib.auth.models import Group
from django.db import connection

from boards.agencies import AGENCY_TYPES
from boards.areas.load import portal_territory
from boards.models import AreaSettings, Coverage, Organisation, Territory
from boards.scope import everywhere, scope
from meetings.performance import figures

BOROUGHS, AGENCIES, YEARS, LAST = 33, 14, 10, 2025
AREA_YEAR = BOROUGHS * 65 * AGENCIES  # rows of attendance: 30,030
YEAR = date(2025, 4, 1), date(2026, 3, 31)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

CASES = """
INSERT INTO referrals_case
    (territory_id, organisation_id, reference, file_reference, revision, personal, came_from, ending, ended_because)
SELECT t.id, u.id, t.code || '-C-2000-' || lpad(n::text, 3, '0'), '', 1, '', '', '', ''
FROM boards_territory t JOIN boards_organisation u ON u.territory_id = t.id AND u.kind = 'unit',
    generate_series(1, 65) n
WHERE t.parent_id = %(area)s
"""
MEETINGS = """
INSERT INTO meetings_meeting (territory_id, organisation_id, reference, file_reference, revision, level, minutes_long,
    place, video, held_on, status, status_reason, is_emergency, short_notice_reason, sequence)
SELECT t.id, u.id, t.code || '-M-' || %(year)s || '-B' || lpad(n::text, 3, '0'), '', 1,
    CASE n %% 6 WHEN 0 THEN 3 ELSE 2 END, 120, '', '',
    make_date(%(year)s, 4, 1) + 28 * (n - 1), 'held', '', false, '', 0
FROM boards_territory t JOIN boards_organisation u ON u.territory_id = t.id AND u.kind = 'unit',
    generate_series(1, 13) n
WHERE t.parent_id = %(area)s
"""
DISCUSSIONS = """
INSERT INTO meetings_discussion (territory_id, meeting_id, case_id, position, under_18)
SELECT m.territory_id, m.id, c.id, k, right(c.reference, 3)::int %% 8 = 0
FROM boards_territory t JOIN meetings_meeting m ON m.territory_id = t.id, generate_series(1, 5) k
JOIN referrals_case c ON true
WHERE t.parent_id = %(area)s AND m.held_on BETWEEN make_date(%(year)s, 4, 1) AND make_date(%(year)s + 1, 3, 31)
    AND c.territory_id = t.id AND c.reference = t.code || '-C-2000-' || lpad(
        (1 + (5 * right(m.reference, 3)::int + k) %% 65)::text, 3, '0')
"""
ATTENDANCES = """
INSERT INTO meetings_attendance
    (territory_id, discussion_id, organisation_id, invited, stood_down, attended, mode, grade, report)
SELECT r.territory_id, r.id, r.organisation, true, r.chance %% 50 = 0, r.chance %% 13 <> 0, '',
    CASE WHEN r.chance %% 13 <> 0 THEN r.level + (r.chance %% 7 <> 0)::int - (r.chance %% 11 = 0)::int END, false
FROM (
    SELECT d.territory_id, d.id, o.id AS organisation, m.level, (d.id * 7 + o.id * 31) %% 9973 AS chance
    FROM boards_territory t
    JOIN meetings_meeting m ON m.territory_id = t.id
    JOIN meetings_discussion d ON d.territory_id = m.territory_id AND d.meeting_id = m.id
    JOIN boards_organisation o ON o.territory_id = t.id AND o.kind = 'agency'
    WHERE t.parent_id = %(area)s
        AND m.held_on BETWEEN make_date(%(year)s, 4, 1) AND make_date(%(year)s + 1, 3, 31)
) r
"""


def fill(rows: int) -> Territory:
    """At least so many attendances in all; the first area, whose last year is what is asked for."""
    years = -(-rows // AREA_YEAR)
    for number in range(-(-years // YEARS)):
        area = Territory.objects.filter(slug=f"bench-{number}").first() or _area(number)
        _years(area, min(YEARS, years - number * YEARS))
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    return Territory.objects.get(slug="bench-0")


def _area(number: int) -> Territory:
    portal_territory()
    area = Territory.objects.create(
        kind="area", code=f"X{_letters(number)}", slug=f"bench-{number}", name=f"Bench {number}"
    )
    boroughs = Territory.objects.bulk_create(
        Territory(
            kind="borough",
            parent=area,
            code=f"Q{_letters(number * BOROUGHS + n)}",
            slug=f"bench-{number}-{n}",
            name=f"Bench {number} {n}",
        )
        for n in range(BOROUGHS)
    )
    with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]), connection.cursor() as cursor:
        AreaSettings.objects.create(territory=area)
        _organisations(boroughs)
        cursor.execute(CASES, {"area": area.pk})
    return area


def _letters(number: int) -> str:
    return LETTERS[number // 26] + LETTERS[number % 26]


def _organisations(boroughs: list[Territory]) -> None:
    kinds = [("unit", ""), *(("agency", code) for code in list(AGENCY_TYPES)[:AGENCIES])]
    named = [(b, kind, code, f"{b.slug}-{code.lower() or kind}") for b in boroughs for kind, code in kinds]
    groups = Group.objects.bulk_create(Group(name=slug) for *_, slug in named)
    made = Organisation.objects.bulk_create(
        Organisation(territory=b, kind=kind, agency_type=code, slug=slug, name=slug, group=group)
        for (b, kind, code, slug), group in zip(named, groups, strict=True)
    )
    Coverage.objects.bulk_create(Coverage(organisation=o, borough=o.territory) for o in made)


def _years(area: Territory, number: int) -> None:
    named = everywhere()
    for year in range(LAST, LAST - number, -1):
        with scope(named.territories, named.areas), connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM meetings_meeting m JOIN boards_territory t ON t.id = m.territory_id"
                " WHERE t.parent_id = %s AND m.reference LIKE t.code || '-M-' || %s || '-%%' LIMIT 1",
                [area.pk, str(year)],
            )
            if cursor.rowcount:
                continue
            for statement in (MEETINGS, DISCUSSIONS, ATTENDANCES):
                cursor.execute(statement, {"area": area.pk, "year": year})
            for borough in area.children.select_related("parent"):
                figures.count_all(borough)
