"""Releasing what others may read: who, when, once, frozen, and seen by whom."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from boards.models import Organisation
from data_returns.actions.releasing import release, release_sums, tells_a_zero
from data_returns.editions import PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Rendition, Return
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from outbox.models import Job

AT = datetime(2025, 9, 1, 9, tzinfo=UTC)


@pytest.fixture
def accepted(world, accepted_return) -> Return:
    return accepted_return("camden")


@pytest.fixture
def office(world) -> Organisation:
    return Organisation.objects.unit_of(world.territory("london"))


def released_of(data_return: Return, by) -> Rendition:
    release(data_return, by=by, at=AT)
    run_jobs()
    return Rendition.objects.get(about=data_return.territory)


def test_the_unit_releases_what_the_board_accepted_and_small_numbers_are_gone(world, accepted):
    rendition = released_of(accepted, world.camden_administrator)
    assert rendition.released_at and rendition.asked_by == world.camden_administrator
    assert rendition.cells["q1_l1"] == 231 and rendition.cells["q1_l2"] == 6
    assert rendition.cells["q1_l3"] == "c" and rendition.cells["q4_l3"] == "c"
    assert rendition.answers == {"q8": "yes"} and rendition.threshold == 5
    assert "The youth risk panel" not in str(rendition.__dict__), "comments are not released"


@pytest.mark.parametrize(
    "answer, cells, tells",
    [
        ("not_applicable", {"q1_l2": "c", "q1_l3": 0}, True),
        ("not_applicable", {"q1_l2": 0, "q1_l3": 0}, False),
        ("yes", {"q1_l2": "c", "q1_l3": "c"}, False),
    ],
)
def test_S2_not_applicable_is_left_out_where_it_tells_a_hidden_zero(answer, cells, tells):
    rendition = Rendition(answers={"q8": answer}, cells=cells)
    assert tells_a_zero(rendition, Form.of(shipped(PRESENT)), "q8") == tells


def test_asked_for_twice_it_is_released_once(world, accepted):
    release(accepted, by=world.camden_administrator, at=AT)
    release(accepted, by=world.camden_administrator, at=AT)
    run_jobs()
    run_jobs()
    assert Rendition.objects.count() == 1
    assert Job.objects.filter(kind="data_returns.release").count() == 1


def test_S3_what_was_released_is_frozen_by_the_database(world, accepted):
    rendition = released_of(accepted, world.camden_administrator)
    for change in (lambda: rendition.delete(), lambda: Rendition.objects.update(cells={"q1_l3": 1})):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert Rendition.objects.get().cells["q1_l3"] == "c"


@pytest.mark.parametrize(
    "who", ["camden_business_manager", "camden_csc_spoc", "islington_administrator", "smb_chair"]
)
def test_nobody_else_releases_it(world, accepted, who):
    with pytest.raises(PermissionDenied):
        release(accepted, by=getattr(world, who), at=AT)
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("status", ["draft", "checked", "signed", "sent", "tabled"])
def test_not_before_the_board_accepted_it(world, accepted, status):
    Return.objects.update(status=status, **({"signed_at": None} if status in Return.OPEN else {}))
    with pytest.raises(Conflict, match="accepted"):
        release(accepted, by=world.camden_administrator, at=AT)


def test_the_office_releases_the_area_s_sums_once_for_the_same_boroughs(world, accepted_return, office):
    for slug in ("camden", "hackney", "islington"):
        release(accepted_return(slug), by=getattr(world, f"{slug}_administrator"), at=AT)
    run_jobs()
    release_sums(office, 2024, by=world.co_ordinator, at=AT)
    run_jobs()
    sums = Rendition.objects.sums().get()
    assert sums.cells["q1_l1"] == 693
    assert sums.covers == [["camden", 1], ["hackney", 1], ["islington", 1]]
    with pytest.raises(Conflict, match="released already"):
        release_sums(office, 2024, by=world.co_ordinator, at=AT)


def test_sums_of_two_boroughs_tell_each_the_other(world, accepted, accepted_return, office):
    released_of(accepted, world.camden_administrator)
    release(accepted_return("islington"), by=world.islington_administrator, at=AT)
    run_jobs()
    with pytest.raises(Conflict, match="at least 3 boroughs"):
        release_sums(office, 2024, by=world.co_ordinator, at=AT)


@pytest.mark.parametrize("who", ["camden_administrator", "smb_chair", "camden_business_manager"])
def test_only_the_executive_office_releases_sums(world, office, who):
    with pytest.raises(PermissionDenied):
        release_sums(office, 2024, by=getattr(world, who), at=AT)
