"""Drafting: the borough’s own words, what is locked, and two people at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from boards.models import Appointment
from boards.roles import Seat
from mappa_portal.exceptions import Conflict, StaleEdit
from protocols.actions import drafting
from tests.factories import person


def test_two_people_edit_one_clause_and_nothing_is_lost(world):
    version = world.protocol().versions.get()
    clause = version.clauses.get(heading="Local contacts")
    mine = {"heading": clause.heading, "revision": clause.revision}
    drafting.edit_clause(clause, body="First", by=world.camden_administrator, **mine)
    with pytest.raises(StaleEdit) as stale:
        drafting.edit_clause(clause, body="Second", by=world.camden_administrator, **mine)
    assert stale.value.current.body == "First"


WHO_MAY_EDIT = [
    ("camden_administrator", None),
    ("co_ordinator", None),
    ("camden_mappa_chair", PermissionDenied),
    ("camden_board_chair", PermissionDenied),
    ("hackney_administrator", PermissionDenied),
    ("smb_co_ordinator", PermissionDenied),
    ("left_yesterday_really", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO_MAY_EDIT)
def test_who_edits_a_borough_draft(world, who, refused):
    if who == "smb_co_ordinator":
        person(who, world.organisation("london-smb"), Seat.CO_ORDINATOR)
    if who == "left_yesterday_really":
        who = "left_yesterday"
        yesterday = timezone.localdate() - timedelta(days=1)
        Appointment.objects.filter(user=world.left_yesterday).update(ends_on=yesterday)
    clause = world.protocol().versions.get().clauses.get(heading="Local contacts")
    edit = {"heading": clause.heading, "body": "Ours", "revision": clause.revision, "by": getattr(world, who)}
    if refused:
        with pytest.raises(refused):
            drafting.edit_clause(clause, **edit)
    else:
        assert drafting.edit_clause(clause, **edit).is_changed


def test_a_locked_clause_is_the_areas(world):
    clause = world.protocol().versions.get().clauses.get(heading="Introduction")
    with pytest.raises(Conflict, match="the same in every borough"):
        drafting.edit_clause(clause, heading="X", body="", revision=1, by=world.camden_administrator)


def test_a_placeholder_stops_submission_and_is_named(world):
    version = world.protocol().versions.get()
    drafting.add_clause(
        version, after=4, depth=1, heading="Contact", body="(Name of person)", by=world.camden_administrator
    )
    with pytest.raises(ValidationError, match=r"Contact still has a placeholder: \(Name of person\)"):
        drafting.submit(version, by=world.camden_administrator)


def test_a_submitted_text_is_fixed(world):
    version = world.submitted()
    clause = version.clauses.last()
    with pytest.raises(Conflict):
        drafting.edit_clause(clause, heading="X", body="", revision=1, by=world.camden_administrator)
    with pytest.raises(Conflict, match="submitted already"):
        drafting.submit(version, by=world.camden_administrator)


def test_a_clause_opened_before_the_submission_is_not_removed_after_it(world):
    version = world.protocol().versions.get()
    clause = version.clauses.select_related("version").get(heading="Local contacts")
    drafting.submit(version, by=world.camden_administrator)
    with pytest.raises(Conflict):
        drafting.remove_clause(clause, by=world.camden_administrator)
    assert version.clauses.filter(pk=clause.pk).exists()


def test_C1_a_clause_removed_twice_moves_the_others_up_once(world):
    version = world.protocol().versions.get()
    clause = version.clauses.get(heading="What each side does")
    for _ in range(2):
        drafting.remove_clause(clause, by=world.camden_administrator)
    assert list(version.clauses.values_list("position", "heading")) == [
        (1, "Introduction"),
        (2, "Local contacts"),
        (3, "Review"),
    ]


CHANGES = {
    "update": lambda version: version.clauses.update(body="Other"),
    "insert": lambda version: version.clauses.create(
        territory_id=version.territory_id, about_id=version.about_id, position=9, heading="More"
    ),
    "delete": lambda version: version.clauses.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_database_refuses_to_change_a_submitted_text(world, change):
    version = world.submitted()
    with pytest.raises(IntegrityError, match="text of a submitted version is fixed"), transaction.atomic():
        change(version)
    assert version.clauses.count() == 4
