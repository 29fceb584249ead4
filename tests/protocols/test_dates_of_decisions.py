"""The day on which a body decided: in order, on paper first if need be, and corrected until the PDF is made."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Draft, Event
from mappa_portal.exceptions import Conflict
from protocols.actions import approval, drafting
from tests.protocols.pages import fill_in, on, text_of, url
from tests.world import TODAY

NOVEMBER = date(2012, 11, 21)


def decide(one, day, by, decision="approved"):
    return approval.decide(one, decision=decision, decided_on=day, comment="Why", by=by, today=TODAY)


def first_decided(world, borough="camden"):
    version = world.submitted(borough)
    decide(version.approvals.first(), NOVEMBER, world.scb_chair)
    return version


@pytest.mark.parametrize(
    "day, refused", [(NOVEMBER - timedelta(days=1), True), (NOVEMBER, False), (TODAY, False)]
)
def test_no_body_decides_before_the_body_before_it(world, browser, day, refused):
    version = first_decided(world)
    client = browser("lscb_chairs_chair")
    page = fill_in(client, url(version, "approve/"), decision="approved", **on(day))
    assert (page.status_code == 200) == refused
    if refused:
        said = page.context["form"].errors["decided_on"]
        assert said == ["Date must be the same as or after 21 November 2012, when the London SCB decided"]


def test_the_form_for_several_names_the_protocol_whose_date_is_wrong(world, browser):
    version = first_decided(world)
    data = {"approvals": [version.reference], **on(date(1990, 1, 1))}
    page = browser("lscb_chairs_chair").post("/protocols/approvals/", data)
    [said] = page.context["form"].errors["decided_on"]
    assert said.startswith("CMD-P-2026-001: date must be the same as or after 21 November 2012")
    assert version.approvals.filter(decision="approved").count() == 1


def test_a_day_before_the_submission_is_taken_and_named(world, browser):
    version = world.submitted()
    client = browser("scb_chair")
    fill_in(client, url(version, "approve/"), decision="approved", **on(NOVEMBER))
    page = text_of(client.get(url(version)))
    assert "The date, 21 November 2012, is before the text was submitted here (CMD-P-2026-001)." in page
    assert "Before the text was submitted here" in text_of(client.get(url(version)))


# -- Correcting it --

DECEMBER = date(2012, 12, 1)


def correct(one, by, day=DECEMBER, reason="The minutes say so"):
    return approval.correct_date(one, decided_on=day, reason=reason, by=by, today=TODAY)


def test_the_body_corrects_its_date_and_both_dates_are_kept(world, browser):
    version = first_decided(world)
    fingerprint, client = version.content_hash, browser("scb_chair")
    address = url(version, "approve/1/date/")
    assert address in text_of(client.get(url(version)))
    assert fill_in(client, address, reason="The minutes say so", **on(DECEMBER)).status_code == 302
    version.refresh_from_db()
    assert version.approvals.first().decided_on == DECEMBER and version.content_hash == fingerprint
    event = Event.objects.get(name="approval.corrected")
    change = event.changes.get()
    assert (event.actor, event.reason) == (world.scb_chair, "The minutes say so")
    assert (change.before, change.after) == ({"decided_on": "2012-11-21"}, {"decided_on": "2012-12-01"})


def test_the_same_correction_again_is_refused(world):
    one = first_decided(world).approvals.first()
    correct(one, world.scb_chair)
    with pytest.raises(ValidationError, match="recorded already"):
        correct(one, world.scb_chair)
    assert Draft.objects.filter(name="approval.corrected").count() == 1


@pytest.mark.parametrize("who", ["smb_chair", "camden_administrator", "co_ordinator", "leeds_co_ordinator"])
def test_only_the_body_itself_corrects_its_date(world, who):
    one = first_decided(world).approvals.first()
    with pytest.raises(PermissionDenied):
        correct(one, getattr(world, who))
    one.refresh_from_db()
    assert one.decided_on == NOVEMBER


def test_there_is_no_date_to_correct_before_the_decision(world):
    with pytest.raises(Conflict, match="has not decided yet"):
        correct(world.submitted().approvals.first(), world.scb_chair)


def test_once_every_body_has_approved_the_dates_stand_in_the_pdf(world, browser):
    version = world.approved()
    with pytest.raises(Conflict, match="until every body has approved"):
        correct(version.approvals.first(), world.scb_chair)
    assert "/date/" not in text_of(browser("scb_chair").get(url(version)))


def test_a_date_that_was_carried_over_belongs_to_the_earlier_version(world):
    following = drafting.start_next(world.approved(), by=world.camden_administrator)
    clause = following.clauses.get(heading="Review")
    drafting.edit_clause(clause, heading="Review", body="Yearly", revision=1, by=world.camden_administrator)
    following = drafting.submit(following, by=world.camden_administrator)
    with pytest.raises(Conflict, match="carried over"):
        correct(following.approvals.first(), world.scb_chair)


@pytest.mark.parametrize(
    "day, reason, said",
    [
        (TODAY + timedelta(days=1), "Slip", "today or in the past"),
        (date(2012, 12, 7), "Slip", "the same as or before 6 December 2012, when the"),
        (DECEMBER, " ", "Enter why the date is corrected"),
    ],
)
def test_a_correction_needs_a_possible_day_and_a_reason(world, day, reason, said):
    version = first_decided(world)
    first, second, _ = version.approvals.all()
    decide(second, date(2012, 12, 6), world.lscb_chairs_chair)
    with pytest.raises(ValidationError, match=said):
        correct(first, world.scb_chair, day, reason)
    first.refresh_from_db()
    assert first.decided_on == NOVEMBER


# -- Why a decision is not open --


def test_each_body_is_told_the_one_reason_that_is_true(world):
    version = world.submitted()
    first, second, third = version.approvals.all()

    def told(one, by) -> str:
        with pytest.raises(Conflict) as refused:
            decide(one, TODAY, by)
        return str(refused.value)

    assert told(third, world.smb_chair).startswith("It is not your turn yet: ")
    decide(first, TODAY, world.scb_chair)
    assert "was recorded already" in told(first, world.scb_chair)
    decide(second, TODAY, world.lscb_chairs_chair, "changes")
    assert "asked for changes" in told(third, world.smb_chair)
    drafting.start_next(version, by=world.camden_administrator)
    assert "replaced before it came into force" in told(third, world.smb_chair)
