"""References that people and URLs use: CMD-P-2026-014, counted within the owning territory (T5)."""

from django.db import connection

from boards.models import Territory

TAKE = """
    INSERT INTO boards_counter (territory_id, code, kind, year, last) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (territory_id, code, kind, year) DO UPDATE SET last = boards_counter.last + excluded.last
    RETURNING last
"""


def next_reference(territory: Territory, kind: str, year: int, *, about: Territory | None = None) -> str:
    """``kind``: T template, P protocol, M meeting, C case, F follow-up, R return,
    D disclosure, A referral, H transfer, O out-of-area check. Call while creating."""
    return next_references(territory, kind, year, 1, about=about)[0]


def next_references(
    territory: Territory, kind: str, year: int, many: int, *, about: Territory | None = None
) -> list[str]:
    """Several in a row: the counter moves once, and its row is locked until the transaction ends."""
    code = (about or territory).code
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [territory.pk, code, kind, year, many])
        [last] = cursor.fetchone()
    return [f"{code}-{kind}-{year}-{number:03}" for number in range(last - many + 1, last + 1)]
