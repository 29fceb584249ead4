"""Files of a referral: what is taken, who reads it and when, and that nothing of a removed one stays (U1, U2)."""

import re
from contextlib import nullcontext

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from audit.models import Change, Draft, Event
from mappa_portal.exceptions import Conflict
from outbox.models import Message
from referrals.actions import attachments
from referrals.actions import referrals as actions
from referrals.models import Referral, ReferralAttachment
from tests.pages import text
from tests.referrals.referring import CANARY, PNG, attached, endorsed, filled, referrer, started, submitted

NAME = f"{CANARY}.png"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(referral, page: str = "") -> str:
    return f"/referrals/{referral}/files/{page}"


def sent_with_a_file(world) -> tuple[Referral, ReferralAttachment]:
    referral = filled(world)
    there = attached(referral, referrer(world), name=NAME)
    actions.endorse(referral, by=world.camden_csc_spoc, at=now())
    return actions.submit(referral, by=referrer(world), at=now()), there


WHO_ADDS = [
    ("camden_csc_referrer", None),
    ("camden_csc_spoc", None),
    ("camden_administrator", PermissionDenied),
    ("hackney_csc_spoc", PermissionDenied),
    ("camden_board_chair", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO_ADDS)
def test_who_adds_a_file(world, who, refused):
    referral = started(world)
    with pytest.raises(refused) if refused else nullcontext():
        attached(referral, getattr(world, who))
    assert ReferralAttachment.objects.exists() != bool(refused)


def test_a_change_of_files_takes_the_endorsement_back_and_a_sent_referral_takes_none(world):
    referral, by = endorsed(world), referrer(world)
    there = attached(referral, by)
    assert Referral.objects.get().status == "draft"
    attached(Referral.objects.get(), by)  # sent twice
    assert ReferralAttachment.objects.count() == 1
    actions.endorse(referral, by=world.camden_csc_spoc, at=now())
    actions.submit(referral, by=by, at=now())
    for change in (
        lambda: attached(referral, by, data=b"more"),
        lambda: attachments.detach(referral, there, by=by),
    ):
        with pytest.raises(Conflict):
            change()


LIMITS = [
    ("MOST_FILES", 1, "10 files at most"),
    ("MOST_BYTES", 5, "smaller"),
    ("MOST_BYTES_OF_AGENCY", 99, "limit"),
]


@pytest.mark.parametrize("limit, value, said", LIMITS)
def test_U1_how_much_a_referral_and_an_agency_may_keep(world, monkeypatch, limit, value, said):
    referral, by = started(world), referrer(world)
    attached(referral, by)
    monkeypatch.setattr(attachments, limit, value)
    with pytest.raises(ValidationError, match=said):
        attached(referral, by, data=b"x" * 50)


def test_the_page_takes_what_is_what_it_claims_and_keeps_what_was_typed(world):
    referral, client = started(world), browser(referrer(world))
    typed = {"what": "Letter of the school"}
    page = client.post(at(referral), typed | {"file": SimpleUploadedFile("a.pdf", PNG)})
    assert "The file is not a PDF document" in text(page) and "Letter of the school" in page.content.decode()
    assert not ReferralAttachment.objects.exists()
    assert "Select a file" in text(client.post(at(referral), typed))
    assert "Enter what the file is" in text(
        client.post(at(referral), {"file": SimpleUploadedFile(NAME, PNG)})
    )
    page = client.post(at(referral), typed | {"file": SimpleUploadedFile(NAME, PNG)}, follow=True)
    assert "The file is added" in text(page) and "Letter of the school" in text(page)
    assert "1 file added" in text(client.get(f"/referrals/{referral}/form/"))


WHO_READS = [
    ("camden_csc_referrer", 200),
    ("camden_administrator", 200),
    ("camden_mappa_chair", 403),
    ("camden_police_spoc", 404),
    ("camden_business_manager", 404),
    ("hackney_administrator", 404),
]


@pytest.mark.parametrize("who, status", WHO_READS)
def test_U2_who_reads_a_file_and_that_it_is_on_record(world, who, status):
    referral, there = sent_with_a_file(world)
    answer = browser(getattr(world, who)).get(at(referral, f"{there.key}/"))
    assert answer.status_code == status
    assert Event.objects.filter(name="referral.attachment_read").count() == (status == 200)
    if status == 200:
        assert answer.content == PNG and answer["Content-Type"] == "image/png"
        assert re.match(r'attachment; filename="OFFICIAL-SENSITIVE CMD-A-', answer["Content-Disposition"])
        assert "sandbox" in answer["Content-Security-Policy"]


def test_the_unit_reads_it_from_when_it_is_sent(world):
    referral = filled(world)
    there = attached(referral, referrer(world))
    client = browser(world.camden_administrator)
    assert client.get(at(referral, f"{there.key}/")).status_code == 404
    actions.endorse(referral, by=world.camden_csc_spoc, at=now())
    actions.submit(referral, by=referrer(world), at=now())
    assert "A report" in text(client.get(f"/referrals/{referral}/screen/"))
    assert client.get(at(referral, f"{there.key}/")).status_code == 200
    assert client.get(at(referral, f"{there.key}/remove/")).status_code == 403


def test_another_referrals_file_is_not_there(world):
    _, there = sent_with_a_file(world)
    other = submitted(world)
    assert browser(referrer(world)).get(at(other, f"{there.key}/")).status_code == 404


def test_what_a_file_is_called_stands_nowhere_plain(world):
    referral, there = sent_with_a_file(world)
    browser(world.camden_administrator).get(at(referral, f"{there.key}/"))
    rows = [*ReferralAttachment.objects.values(), *Draft.objects.values(), *Change.objects.values()]
    sent = [f"{m.subject} {m.text} {m.html}" for m in Message.objects.all()]
    assert "Canary" not in " ".join(map(str, [*rows, *sent])) and PNG.decode("latin-1") not in str(rows)
    assert ReferralAttachment.objects.get().name == NAME


def test_a_removed_file_and_those_of_a_withdrawn_referral_leave_no_bytes(world):
    referral, by = started(world), referrer(world)
    there = attached(referral, by)
    client = browser(by)
    assert "deleted for good" in text(client.get(at(referral, f"{there.key}/remove/")))
    client.post(at(referral, f"{there.key}/remove/"))
    assert (
        not ReferralAttachment.objects.exists()
        and client.get(at(referral, f"{there.key}/")).status_code == 404
    )
    attached(referral, by)
    actions.withdraw(Referral.objects.get(), reason="Moved", by=by, at=now())
    assert not ReferralAttachment.objects.exists()


def test_the_page_costs_no_more_queries_for_more_files(world, django_assert_max_num_queries):
    referral, client = started(world), browser(referrer(world))
    attached(referral, referrer(world))
    client.get(at(referral))
    for n in range(4):
        attached(referral, referrer(world), data=PNG + bytes([n]))
    with django_assert_max_num_queries(24):
        client.get(at(referral))
