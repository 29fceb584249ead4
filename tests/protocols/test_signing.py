"""Two different people sign; the last signature brings the version into force."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from boards.models import Appointment, AreaSettings
from mappa_portal.exceptions import Conflict
from outbox.models import Job
from protocols.actions import drafting, signing
from protocols.models import Protocol, Review, Version

Status = Version.Status


@pytest.mark.parametrize(
    "who, refused",
    [
        ("camden_mappa_chair", None),
        ("camden_administrator", PermissionDenied),
        ("camden_board_chair", PermissionDenied),  # signs for the other party
        ("hackney_mappa_chair", PermissionDenied),
        ("smb_chair", PermissionDenied),
    ],
)
def test_only_the_mappa_chair_signs_for_mappa(world, who, refused):
    signature = world.approved().signatures.get(role="MAPPA Chair")
    if refused:
        with pytest.raises(refused):
            signing.sign(signature, by=getattr(world, who), at=timezone.now())
    else:
        signature = signing.sign(signature, by=getattr(world, who), at=timezone.now())
        with pytest.raises(Conflict, match="given already"):
            signing.sign(signature, by=getattr(world, who), at=timezone.now())
        assert signature.content_hash == signature.version.content_hash
    signature.refresh_from_db()
    assert (signature.signed_at is None) == bool(refused)


def test_a_chair_who_lost_the_seat_meanwhile_signs_nothing(world):
    signature = world.approved().signatures.get(role="MAPPA Chair")
    chair = world.camden_mappa_chair
    chair.appointments.update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        signing.sign(signature, by=chair, at=timezone.now())
    assert not Job.objects.filter(kind="protocols.seal").exists()


def test_I2_one_person_never_signs_for_both(world):
    version = world.approved()
    both = world.camden_mappa_chair
    Appointment.objects.create(
        user=both, organisation=version.protocol.board, seat="chair", starts_on=date(2020, 1, 1)
    )
    mappa, board = version.signatures.all()
    signing.sign(mappa, by=both, at=timezone.now())
    with pytest.raises(PermissionDenied, match="Another person must sign"):
        signing.sign(board, by=both, at=timezone.now())


def test_the_last_signature_brings_it_into_force(world):
    version = world.in_force()
    protocol = version.protocol
    assert version.status == Status.IN_FORCE
    assert version.adopted_on == timezone.localdate()
    assert protocol.review_due == date(
        version.adopted_on.year + 1, version.adopted_on.month, version.adopted_on.day
    )
    assert protocol.reviews.get().kind == Review.Kind.FIRST


def test_adoption_is_the_last_required_act_even_on_a_saturday(world):
    """London's region: last approval 8 December 2012, so the first review falls due on 8 December 2013."""
    version = world.approved()
    saturday = timezone.make_aware(timezone.datetime(2012, 12, 8, 15, 0))
    for one, by in zip(
        version.signatures.all(), [world.camden_mappa_chair, world.camden_board_chair], strict=True
    ):
        signing.sign(one, by=by, at=saturday)
    version.refresh_from_db()
    assert version.adopted_on == date(2012, 12, 8)
    assert version.protocol.review_due == date(2013, 12, 8)


def test_the_next_version_in_force_supersedes_and_keeps_the_review_date(world):
    old = world.in_force()
    due = Protocol.objects.get(pk=old.protocol_id).review_due
    following = drafting.start_next(old, by=world.camden_administrator)
    old.refresh_from_db()
    assert old.status == Status.IN_FORCE  # stays so until the next one is signed
    following = drafting.submit(following, by=world.camden_administrator)
    for one, by in zip(
        following.signatures.all(), [world.camden_mappa_chair, world.camden_board_chair], strict=True
    ):
        signing.sign(one, by=by, at=timezone.now())
    old.refresh_from_db()
    assert old.status == Status.SUPERSEDED
    assert Protocol.objects.get(pk=old.protocol_id).review_due == due


def test_areas_where_the_smb_chair_signs(world):
    AreaSettings.objects.filter(territory__slug="london").update(mappa_signatory="smb", board_term="LSCP")
    assert list(world.approved().signatures.values_list("role", "organisation__slug")) == [
        ("SMB Chair", "london-smb"),
        ("LSCP Chair", "camden-lscb"),
    ]
