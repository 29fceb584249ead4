"""From referral to disclosure with a real worker, broker and mail server: the person stands under seal alone."""

import hashlib
import logging
import tempfile
from datetime import date

import pytest
import redis
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, now

from meetings.actions import actions as agreed
from meetings.actions import decisions, minutes
from meetings.actions.meetings import send_invitations
from meetings.models import Discussion, Meeting
from meetings.record import Record
from outbox.models import Job, Message
from referrals import actions
from referrals.actions import packs, screening
from referrals.disclosing.ledger import Kind
from referrals.models import Case
from tests.meetings import plans
from tests.outbox.lab import Lab, wait_for_none
from tests.referrals.disclosing import SAID, TODAY
from tests.referrals.referring import submitted

NAME, ADDRESS, BORN = "Zebulon Quillfeather", "7 Larkspur Passage", date(1931, 5, 17)
WORDS = ["Zebulon", "Quillfeather", NAME, ADDRESS, "Larkspur"]
DAYS = [BORN.isoformat(), "17 May 1931", "17/05/1931", "17/5/1931"]
PLAIN = [*WORDS, *(word.lower() for word in WORDS), *DAYS]
HASHED = [
    hashed(text.encode()).hexdigest()
    for text in PLAIN
    for hashed in (hashlib.sha256, hashlib.md5, hashlib.sha1)
]
NEEDLES = [needle.encode() for needle in (*PLAIN, *HASHED)]


@pytest.fixture
def lab(committed, tmp_path, settings, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with Lab(tmp_path) as made:
        settings.CELERY_BROKER_URL = made.address
        yield made


def walk_through(world, browser) -> Case:
    """What a borough does with a person, by the real actions and pages."""
    by, chair = world.camden_administrator, world.camden_mappa_chair
    referral = submitted(world, name=NAME, birth_date=BORN.isoformat(), address=ADDRESS)
    values = {"outcome": "level_2", "reason": f"{NAME} needs a panel", "revision": referral.revision}
    case = screening.accept(referral, case=None, **values, by=by, at=now()).case
    plans.contact(world, *plans.AGENCIES)
    meeting = plans.plan(world, cases=[case], agencies=plans.AGENCIES)
    send_invitations(meeting, by=by, at=now())
    Meeting.objects.filter(pk=meeting.pk).update(status="held", held_on=localdate())
    heard = Discussion.objects.get(case=case)
    said = {"said": Record(risk=f"{NAME} of {ADDRESS}"), "risk_of_harm": "high", "level_decided": 2}
    decisions.record_discussion(heard, **said, revision=heard.revision, by=by, today=localdate())
    agreed.add(heard, text=f"Visit {ADDRESS}", agency=meeting.organisation, due_on=localdate(), by=by)
    made = minutes.draft(Meeting.objects.get(), by=by, at=now())
    minutes.issue(minutes.approve(made, by=chair, at=now()), by=by, at=now())
    asked = SAID[Kind.REQUEST] | {"asked_by": NAME, "why": ADDRESS}
    actions.open_disclosure(case, Kind.REQUEST, on=date(2026, 3, 2), said=asked, today=TODAY, by=by)
    pack = packs.start(
        case,
        kind="subject",
        parts=["particulars"],
        requested_on=localdate(),
        today=localdate(),
        by=by,
        at=now(),
    )
    packs.finish(packs.mark(pack, "particulars", {}, revision=1, by=by), by=by, at=now())
    return case


def look_around(browser, case: Case) -> None:
    page = f"/cases/{case.reference}/"
    assert NAME in browser.get(page).content.decode()
    born = {f"birth_date_{part}": getattr(BORN, part) for part in ("day", "month", "year")}
    assert case.reference in browser.post("/cases/", {"name": NAME} | born).content.decode()
    for address in (f"{page}looks/export/", "/disclosures/export/", f"{page}packs/1/pdf/"):
        assert browser.get(address).status_code == 200
    assert browser.get(f"{page}edit/?name={case.reference}").status_code == 200
    asked = {"asked_by": NAME, "why": ADDRESS, "happened_on_day": "1"}
    half = browser.post(f"{page}disclosures/new/request/", asked, follow=True)
    assert NAME in half.content.decode(), "kept for the next page, in the session"


def test_E2_H4_the_person_is_nowhere_but_under_seal(committed, lab, caplog, tmp_path):
    world, browser = committed, Client()
    caplog.set_level(logging.DEBUG)
    with world.scope():
        browser.force_login(world.camden_administrator)
        case = walk_through(world, browser)
    lab.start_worker()
    lab.start_scheduler()
    look_around(browser, case)
    with world.scope():
        wait_for_none(lambda: list(Job.objects.filter(done_at=None, failed_at=None).values_list("kind")), 240)
        assert Message.objects.exists()
    held = lab.flush()
    assert lab.office.count
    mails = [part.get_payload(decode=True) or b"" for mail in lab.office.taken for part in mail.walk()]
    places = {
        "mail": b"\n".join([*mails, *(mail.as_bytes() for mail in lab.office.taken)]),
        "broker": held,
        "cache": cached(),
        "log": caplog.text.encode(),
        "files": b"\n".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()),
        "database": dumped(world),
        "sessions": sessions(world),
    }
    found = {place: [n for n in NEEDLES if n in data] for place, data in places.items()}
    assert {place: needles for place, needles in found.items() if needles} == {}
    assert len(places["database"]) > 10_000 and places["files"] and b"disclosure_drafts" in places["sessions"]


def cached() -> bytes:
    """All that the cache's Redis holds, of whichever test."""
    with redis.Redis.from_url(cache._cache._servers[0]) as client:
        return b"".join(key + (client.dump(key) or b"") for key in client.keys())


def sessions(world) -> bytes:
    """As they are read again: rows hold them packed."""
    with world.scope():
        return str([session.get_decoded() for session in Session.objects.all()]).encode()


def dumped(world) -> bytes:
    """Every row of every table, as a dump without keys would show it."""
    with world.scope(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows).encode()
