"""Replacing the key: one command seals everything anew, whichever room keeps it."""

import ast
import inspect
import re
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
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
    Guard,
    Keeping,
    LevelPeriod,
    OutOfAreaCheck,
    Pack,
    ReasonToLook,
    RecipientToken,
    Referral,
    ReferralAttachment,
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
    ReferralAttachment.objects.create(
        **place,
        referral=referral,
        kind="pdf",
        size=1,
        digest="1",
        said=seal("{}"),
        content=seal("file"),
        added_by=world.camden_administrator,
        added_at=now(),
    )
    AttendanceFile.objects.create(
        **kept,
        name="a.csv",
        rows=1,
        content=seal("rows"),
        faults=seal("none"),
        status="checked",
        uploaded_by=world.camden_administrator,
    )
    at, by = now(), world.camden_administrator
    Guard.objects.create(
        **place, case=case, kind="hold", reason=seal("why"), end_reason=seal("over"), began_at=at, ended_at=at
    )
    ReasonToLook.objects.create(**place, case=case, by=by, code="other", text=seal("why"), given_at=at)
    Keeping.objects.create(
        **kept,
        kind="case",
        subject_id=case.pk,
        reference="C1",
        outcome="erase",
        reason=seal("why"),
        decided_at=at,
        decided_by=by,
    )
    Pack.objects.create(
        **kept,
        case=case,
        number=1,
        kind="subject",
        parts=[],
        requested_on=date(2026, 1, 1),
        due_on=date(2026, 2, 1),
        **dict.fromkeys(("content", "marks", "document", "recipient"), seal("what")),
        started_at=at,
        started_by=by,
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


ROOMS = (
    "accounts",
    "boards",
    "audit",
    "outbox",
    "documents",
    "protocols",
    "referrals",
    "meetings",
    "data_returns",
)
MARKED = re.compile(r"^    (\w+) = models\.\w+\((?:(?!^    \w+ = ).)*?\)\s+# sealed", re.M | re.S)


def test_every_column_that_is_marked_as_sealed_is_registered_and_the_other_way_round():
    marked = {
        (model, name)
        for model in apps.get_models()
        for name in MARKED.findall(_source(model))
        if model._meta.app_label in ROOMS
    }
    assert marked == {(one.model, column) for one in sealed.registered() for column in one.columns}


def _source(model) -> str:
    try:
        return inspect.getsource(model)
    except (OSError, TypeError):
        return ""


def test_what_code_writes_with_seal_is_a_registered_column():
    """``row.column = seal(…)`` and ``Row(column=seal(…))``, wherever they stand in the rooms."""
    columns = {column for one in sealed.registered() for column in one.columns}
    written = {name for path in _modules() for name in _written(ast.parse(path.read_text()))}
    assert {"reason", "text", "content"} <= written
    assert written - columns == set()


def _modules():
    top = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        yield from (p for p in (top / room).rglob("*.py") if "migrations" not in p.parts)


def _written(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg and _seals(node.value):
            yield node.arg
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _assigned(target, node.value)


def _assigned(target, value):
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _assigned(one, its)
    elif isinstance(target, ast.Attribute) and _seals(value):
        yield target.attr


def _seals(node) -> bool:
    if isinstance(node, ast.IfExp):
        return _seals(node.body) or _seals(node.orelse)
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "seal"
