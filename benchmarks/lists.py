"""Goal 7: a page of 50 from each register, policies and grants read, against a bare Django view of hand SQL.

The bare view has no middleware, session, person or permission: it answers with a plain JsonResponse.
"""

import os
from html import escape

import psycopg
from django.db import connection
from django.http import JsonResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from benchmarks.cases import PLAIN_STATIC
from benchmarks.figures import administrator
from benchmarks.measure import Result, compare
from boards.models import Territory

COUNT = 3
MEETINGS = """
SELECT m.reference, t.slug, m.held_on, m.level, m.status, m.starts_at, m.minutes_long, m.is_emergency, m.invited_on
FROM meetings_meeting m JOIN boards_territory t ON t.id = m.territory_id
WHERE m.territory_id = %s ORDER BY m.reference LIMIT 50
"""
ATTENDANCE = """
SELECT m.reference AS meeting, t.slug, m.held_on, m.level, c.reference AS case, o.slug AS agency, o.agency_type,
    a.invited, a.stood_down, a.attended, a.substitute, a.mode, a.grade, a.report, a.explained
FROM meetings_attendance a JOIN meetings_discussion d ON d.id = a.discussion_id
JOIN meetings_meeting m ON m.id = d.meeting_id JOIN referrals_case c ON c.id = d.case_id
JOIN boards_organisation o ON o.id = a.organisation_id JOIN boards_territory t ON t.id = a.territory_id
WHERE a.territory_id = %s ORDER BY m.reference, c.reference, o.slug LIMIT 50
"""
CASES = "SELECT reference FROM referrals_case WHERE territory_id = %s ORDER BY reference LIMIT 50"
BARE = "a bare view: SQL, JsonResponse"


def _bare(view) -> Client:
    client = Client()
    client.handler._middleware_chain = view
    return client


@override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=PLAIN_STATIC)
def measured(area: Territory, rows: int, rounds: int) -> list[Result]:
    """One borough's own people, beside the other 32."""
    borough = area.children.select_related("parent").first()
    client, size = Client(), f"{rows // 1000:,} k rows"
    client.force_login(administrator(borough))
    with psycopg.connect(os.environ["BACKUP_DATABASE_URL"], autocommit=True) as bare:

        def rest(register: str, statement: str, key: str) -> Result:
            def view(request):
                found = bare.execute(statement, [borough.pk])
                names = [column.name for column in found.description]
                return JsonResponse(
                    {"results": [dict(zip(names, row, strict=False)) for row in found.fetchall()]}
                )

            def asked(client: Client):
                return lambda: [row[key] for row in client.get(f"/api/v1/{register}/").json()["results"]]

            return _compared(f"REST list of {register}, {size}", BARE, asked(_bare(view)), asked(client), 6)

        def page() -> Result:
            def limit():
                found = bare.execute(CASES, [borough.pk]).fetchall()
                return "".join(f"<tr><td>{escape(reference)}</td></tr>" for (reference,) in found)

            return _compared(
                f"page of cases, {size}", "SQL and an f-string", limit, lambda: client.get("/cases/"), 60
            )

        def _compared(name: str, limit_is: str, limit, ours, goal: float) -> Result:
            ours()
            with CaptureQueriesContext(connection) as queries:
                ours()
            number = sum(query["sql"] not in ("BEGIN", "COMMIT") for query in queries)
            same = limit_is == BARE
            return compare(
                f"{name} ({number} queries)", limit_is, limit, ours, goal=goal, rounds=rounds, same=same
            )

        return [rest("meetings", MEETINGS, "reference"), rest("attendance", ATTENDANCE, "case"), page()]
