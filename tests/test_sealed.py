"""Replacing the key: one command seals everything anew, whichever room keeps it."""

from datetime import date

import pytest
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from django.db import connection
from django.utils.timezone import now

from accounts.second_factor import current_code
from accounts.vault import seal, unseal
from boards import sealed
from meetings.models import Action, AttendanceFile, Discussion, Meeting, Minutes, Notification
from referrals.actions import open_disclosure, write_tokens
from referrals.actions.transfers import offer
from referrals.models import (
    Address,
    Case,
    LevelPeriod,
    OutOfAreaCheck,
    RecipientToken,
    Referral,
    Token,
    Transfer,
)
from referrals.personal import blind
from tests.meetings import plans
from tests.referrals.referring import started

TEXTS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb')
        AND table_name NOT IN ('audit_change', 'django_session')  -- evidence; over in a day
"""


@pytest.fixture
def everything(world):
    """A row for each column that is sealed."""
    case = plans.case(world, "C1")
    place = {"territory": case.territory}
    LevelPeriod.objects.update(reason=seal("why"), ended_because=seal("recall"))
    Case.objects.update(ended_because=seal("end"))
    kept = place | {"organisation": case.organisation}
    meeting = Meeting.objects.create(**kept, reference="M1", level=2, held_on=date(2026, 1, 1))
    heard = Discussion.objects.create(**place, meeting=meeting, case=case, record=seal("said"))
    Action.objects.create(
        **place,
        discussion=heard,
        number=1,
        agency=world.organisation("camden-childrens-services"),
        text=seal("what"),
        outcome=seal("done"),
        due_on=date(2026, 2, 1),
    )
    Minutes.objects.create(
        **place,
        meeting=meeting,
        number=1,
        content=seal("all"),
        drafted_at=now(),
        drafted_by=world.camden_administrator,
        issue_by=date(2026, 2, 1),
    )
    Address.objects.create(**place, case=case, number=1, kind="home", text=seal("1"), elsewhere=seal("Kent"))
    offered = offer(
        case,
        to_unit=world.organisation("hackney-mappa-unit"),
        reason="why",
        note="all",
        by=None,
        at=now(),
    )
    Transfer.objects.filter(pk=offered.pk).update(answer=seal("no"))
    asker = {
        "organisation": world.organisation("camden-childrens-services"),
        "asked_by": world.camden_csc_spoc,
    }
    told = {"agency": asker["organisation"], "case": case, "discussion": heard, "known": seal("known")}
    Notification.objects.create(**kept, **told, notified_at=now(), check_by=date(2026, 1, 1))
    OutOfAreaCheck.objects.create(
        **place, **asker, unit=case.organisation, reference="O1", asked_at=now(), content=seal("{}")
    )
    referral = started(world)
    Referral.objects.filter(pk=referral.pk).update(reason=seal("no"))
    AttendanceFile.objects.create(
        **kept,
        name="a.csv",
        rows=1,
        content=seal("rows"),
        faults=seal("none"),
        status="checked",
        uploaded_by=world.camden_administrator,
    )
    request = {"asked_by": "who", "circumstances": ["INFO"], "recipients": [{"name": "Jo", "role": "parent"}]}
    day = date(2026, 1, 1)
    open_disclosure(case, "request", on=day, said=request, today=day, by=None)
    return case


def found() -> dict[tuple[str, str], list[str]]:
    """Whatever looks sealed, by table and column."""
    columns = {}
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT m[1] FROM \"{table}\", regexp_matches(\"{column}\"::text, 'gAAAAA[\\w=-]+', 'g') AS m"
            )
            columns[table, column] = [value for (value,) in cursor.fetchall()]
    return {place: values for place, values in columns.items() if values}


def test_everything_opens_with_the_new_key_alone(world, everything, settings):
    current_code(world.camden_administrator)
    registered = {(one.model._meta.db_table, column) for one in sealed._sealed for column in one.columns}
    assert set(found()) == registered | {("mfa_authenticator", "data")}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    for _ in range(2):
        call_command("reseal", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    for values in found().values():
        for value in values:
            unseal(value)
    tokens = set(Token.objects.values_list("token", flat=True))
    write_tokens([everything.__class__.objects.get(pk=everything.pk)])
    assert tokens and tokens == set(Token.objects.values_list("token", flat=True))
    assert RecipientToken.objects.filter(token=blind("recipient", "jo")).exists()


def test_without_it_nothing_opens(everything, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", []
    for values in found().values():
        with pytest.raises(InvalidToken):
            unseal(values[0])


def test_more_rows_than_a_batch_are_all_sealed_anew(everything, settings, monkeypatch):
    monkeypatch.setattr(sealed, "BATCH", 1)
    LevelPeriod.objects.bulk_create(
        LevelPeriod(
            territory=everything.territory,
            case=everything,
            level=2,
            starts_on=date(2020, n, 1),
            ends_on=date(2020, n, 9),
            reason=seal("w"),
        )
        for n in (1, 2)
    )
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    call_command("reseal", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    assert {unseal(p.reason) for p in LevelPeriod.objects.all()} == {"why", "w"}
