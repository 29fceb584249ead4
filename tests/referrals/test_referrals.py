"""Who writes, endorses and sends a referral, and when; what it lets nobody else see."""

from contextlib import nullcontext
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import now

from audit.models import Change, Draft
from boards.roles import Seat
from mappa_portal.exceptions import Conflict, StaleEdit
from outbox.models import Message
from referrals.actions import attachments
from referrals.actions import referrals as actions
from referrals.models import Referral, ReferralSection
from referrals.referring.form_a import edition_on
from referrals.referring.rules import who_refers
from tests.factories import appoint
from tests.pages import text
from tests.referrals.referring import (
    CANARY,
    answers,
    attached,
    endorsed,
    fill,
    filled,
    referrer,
    started,
    submitted,
)

CSC, UNIT = "camden-childrens-services", "camden-mappa-unit"

WHO_STARTS = [  # person, organisation that writes, agency that refers, refused
    ("camden_csc_spoc", CSC, CSC, None),
    ("camden_police_spoc", "metropolitan-police", "metropolitan-police", None),
    ("camden_administrator", UNIT, CSC, None),
    ("camden_mappa_chair", UNIT, CSC, PermissionDenied),
    ("camden_csc_spoc", "metropolitan-police", "metropolitan-police", PermissionDenied),
    ("camden_csc_spoc", CSC, "metropolitan-police", PermissionDenied),
    ("hackney_administrator", UNIT, CSC, PermissionDenied),
    ("camden_business_manager", "camden-lscb", CSC, PermissionDenied),
    ("smb_chair", "london-smb", "london-smb", PermissionDenied),
    ("co_ordinator", "london-mappa-executive-office", CSC, PermissionDenied),
]


@pytest.mark.parametrize("who, organisation, agency, refused", WHO_STARTS)
def test_who_starts_a_referral(world, who, organisation, agency, refused):
    values = {"agency": world.organisation(agency), "borough": world.territory("camden"), "level_asked": 3}
    with pytest.raises(refused) if refused else nullcontext():
        made = actions.start(world.organisation(organisation), **values, by=getattr(world, who), at=now())
        assert (made.reference, made.form, made.level_asked) == ("CMD-A-2026-001", "MAPPA A", 3)
    assert Referral.objects.exists() != bool(refused)


def test_a_boards_representative_never_refers(world):
    appoint(world.nobody, world.organisation("camden-lscb"), Seat.REPRESENTATIVE)
    board = world.organisation("camden-lscb")
    with pytest.raises(PermissionDenied):
        actions.start(
            board, agency=board, borough=world.territory("camden"), level_asked=2, by=world.nobody, at=now()
        )


MAY = [  # agency, category, under 18, may refer
    ("PRI", 1, "no", True),
    ("PRB", 2, "no", True),
    ("POL", 1, "no", False),
    ("YOT", 1, "yes", True),
    ("YOT", 2, "unknown", False),
    ("HSG", 3, "no", True),
    ("HSG", 4, "no", False),
    ("POL", 4, "no", True),
]


@pytest.mark.parametrize("agency, category, under_18, may", MAY)
def test_which_agency_refers_which_category(agency, category, under_18, may):
    assert (who_refers(agency, category, under_18) == "") == may


CATEGORIES = [  # what section 1 says, which field is refused
    ({"category": "1", "under_18": "no"}, "category"),
    ({"category": "4", "under_18": "no"}, "category"),
    ({"category": "3", "under_18": "no"}, None),
]


@pytest.mark.parametrize("said, refused", CATEGORIES)
def test_a_category_that_is_not_the_agencys_is_refused_at_its_section(world, said, refused):
    referral = started(world)
    values = {
        "answers": answers(1, **said),
        "is_done": True,
        "revision": 1,
        "by": referrer(world),
        "at": now(),
    }
    with pytest.raises(ValidationError) if refused else nullcontext() as caught:
        actions.save_section(referral, 1, **values)
    if refused:
        assert refused in caught.value.message_dict


def test_youth_justice_states_its_own_assessment(world):
    appoint(world.nobody, world.organisation("camden-youth-justice-service"), Seat.SPOC)
    referral = started(world, agency="camden-youth-justice-service", by=world.nobody)
    values = {"is_done": True, "revision": 1, "by": world.nobody, "at": now()}
    said = answers(1, category="2", under_18="yes")
    with pytest.raises(ValidationError, match="youth justice’s own assessment"):
        actions.save_section(referral, 1, answers=said, **values)
    assert actions.save_section(referral, 1, answers=said | {"assessed_on": "2026-11-01"}, **values).is_done


def test_category_4_is_refused_for_an_offence_before_it_began(world):
    appoint(world.nobody, world.organisation("metropolitan-police"), Seat.SPOC)
    by = world.camden_police_spoc
    said = {"category": "4", "offence_on": "2022-04-27"}
    referral = fill(started(world, agency="metropolitan-police", by=by), by, **said)
    with pytest.raises(Conflict, match="Category 4 began"):
        actions.endorse(referral, by=world.nobody, at=now())
    fill(referral, by, category="4", offence_on="2022-04-28")
    assert actions.endorse(referral, by=world.nobody, at=now()).status == "endorsed"


# -- Sections --


def test_C2_a_stale_section_is_refused_and_another_section_is_not(world):
    referral, by = started(world), referrer(world)
    values = {"is_done": True, "revision": 1, "by": by, "at": now()}
    actions.save_section(referral, 6, answers=answers(6), **values)
    actions.save_section(referral, 8, answers=answers(8), **values)
    with pytest.raises(StaleEdit):
        actions.save_section(referral, 6, answers=answers(6, patterns="Other"), **values)


def test_a_release_sets_the_day_by_which_the_level_is_set(world):
    referral = started(world)
    values = {"is_done": True, "revision": 1, "by": referrer(world), "at": now()}
    actions.save_section(referral, 4, answers=answers(4, release_on="2027-08-31"), **values)
    referral.refresh_from_db()
    assert referral.decide_by == date(2027, 2, 28)


def test_what_it_says_lies_sealed_and_in_no_event(world):
    referral = submitted(world)
    rows = [*Referral.objects.values(), *ReferralSection.objects.values()]
    kept = " ".join(map(str, [*rows, *Draft.objects.values(), *Change.objects.values()]))
    sent = " ".join(f"{m.subject} {m.text} {m.html}" for m in Message.objects.all())
    assert "Canary" not in kept + sent and "1980" not in kept and referral.reference in sent
    assert actions.look(referral, by=world.camden_administrator)[2]["name"] == CANARY
    assert Draft.objects.filter(name="referral.viewed", subject_id=referral.pk).exists()


# -- Endorsing, sending, withdrawing --

WHO_ENDORSES = [
    ("camden_csc_spoc", None),
    ("camden_csc_referrer", PermissionDenied),  # wrote it, and is no manager
    ("camden_administrator", PermissionDenied),
    ("hackney_csc_spoc", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO_ENDORSES)
def test_who_endorses(world, who, refused):
    referral = filled(world)
    with pytest.raises(refused) if refused else nullcontext():
        actions.endorse(referral, by=getattr(world, who), at=now())


def test_nobody_endorses_what_they_wrote_and_nothing_is_endorsed_unfinished(world):
    referral, spoc = started(world), world.camden_csc_spoc
    with pytest.raises(Conflict, match="Complete section 1"):
        actions.endorse(referral, by=spoc, at=now())
    fill(referral, spoc)
    with pytest.raises(Conflict, match="somebody else of your agency"):
        actions.endorse(referral, by=spoc, at=now())


def _saves(world, referral, by, victims: str) -> None:
    section = referral.sections.get(number=8)
    values = {"is_done": True, "revision": section.revision, "by": by, "at": now()}
    actions.save_section(referral, 8, answers=answers(8, victims=victims), **values)


WROTE = [  # what the manager does before the endorsement, whether that is writing
    (lambda world, r, by: _saves(world, r, by, "Mine"), True),
    (lambda world, r, by: (_saves(world, r, by, "Mine"), _saves(world, r, referrer(world), "Theirs")), True),
    (lambda world, r, by: attached(r, by), True),
    (
        lambda world, r, by: (_saves(world, r, referrer(world), "Theirs"), _saves(world, r, by, "Theirs")),
        False,
    ),
    (lambda world, r, by: attachments.detach(r, attached(r, by), by=by), False),
]


@pytest.mark.parametrize("does, is_writing", WROTE)
def test_a_writer_is_who_changed_something_whoever_saved_after(world, does, is_writing):
    referral, by = filled(world), world.camden_csc_spoc
    does(world, referral, by)
    with pytest.raises(Conflict, match="You wrote a part") if is_writing else nullcontext():
        actions.endorse(referral, by=by, at=now())


def test_a_change_takes_the_endorsement_back(world):
    referral = endorsed(world)
    section = referral.sections.get(number=8)
    values = {"is_done": True, "revision": section.revision, "by": referrer(world), "at": now()}
    actions.save_section(referral, 8, answers=answers(8, victims="More"), **values)
    with pytest.raises(Conflict, match="has to endorse"):
        actions.submit(referral, by=referrer(world), at=now())


def test_the_unit_sees_it_from_when_it_is_sent(world):
    referral, by = endorsed(world), world.camden_administrator
    assert not Referral.objects.for_user(by).exists()
    actions.submit(referral, by=referrer(world), at=now())
    assert Referral.objects.for_user(by).get() == referral
    assert not Referral.objects.for_user(world.hackney_administrator).exists()
    assert not Referral.objects.for_user(world.camden_police_spoc).exists()
    with pytest.raises(Conflict):
        actions.submit(referral, by=referrer(world), at=now())
    told = Message.objects.filter(kind="referral", to_email="camden_administrator@example.org")
    assert told.count() == 1


def test_the_units_paper_form_has_its_manager_already(world):
    unit, by = world.organisation(UNIT), world.camden_administrator
    values = {"agency": world.organisation(CSC), "borough": world.territory("camden"), "level_asked": 2}
    referral = fill(actions.start(unit, **values, by=by, at=now()), by)
    referral = actions.submit(actions.endorse(referral, by=by, at=now()), by=by, at=now())
    assert referral.status == "submitted" and referral.agency.slug == CSC


AGES = [
    ("no", "1980-02-29", True),
    ("no", "2015-12-01", False),
    ("yes", "1980-02-29", False),
    ("unknown", "2015-12-01", True),
]


@pytest.mark.parametrize("under_18, born, fits", AGES)
def test_an_age_that_the_birth_date_contradicts_is_put_right_first(world, browser_of, under_18, born, fits):
    by = referrer(world)
    referral = fill(started(world), by, under_18=under_18, birth_date=born)
    page = text(browser_of("camden_csc_referrer").get(f"/referrals/{referral}/check/"))
    assert ("correct one of them" in page) != fits
    with nullcontext() if fits else pytest.raises(Conflict, match="correct one of them"):
        actions.endorse(referral, by=world.camden_csc_spoc, at=now())


def test_it_is_withdrawn_before_a_decision(world, browser_of):
    referral = submitted(world)
    with pytest.raises(PermissionDenied):
        actions.withdraw(referral, reason="x", by=world.camden_administrator, at=now())
    actions.withdraw(referral, reason=f"{CANARY} moved", by=referrer(world), at=now())
    with pytest.raises(Conflict):
        actions.withdraw(referral, reason="x", by=referrer(world), at=now())
    assert f"Reason {CANARY} moved" in text(browser_of("camden_csc_referrer").get(f"/referrals/{referral}/"))


EDITIONS = [(date(2015, 1, 1), "2012"), (date(2022, 4, 27), "2012"), (date(2026, 1, 1), "2022")]


@pytest.mark.parametrize("day, edition", EDITIONS)
def test_the_form_is_the_edition_of_the_day(day, edition):
    assert edition_on(day) == edition
