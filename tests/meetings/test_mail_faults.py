"""Invitations and reminders through the real worker, broker and mail server while they break: none lost, none twice."""

import random
from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from meetings.actions import invitations
from meetings.actions.chasing import promise_reminders
from meetings.models import Invitation
from outbox.models import Job, Message
from tests.meetings.invited import Invited
from tests.outbox.lab import Lab, wait_for_none

CODES = ("CSC", "YOT", "ASC", "POL")


@pytest.fixture
def lab(committed, tmp_path, settings):
    with Lab(tmp_path) as made:
        settings.CELERY_BROKER_URL = made.address
        yield made


def test_O4_invitations_and_reminders_arrive_once_while_everything_breaks(lab, committed):
    """SMTP refuses after DATA, workers are killed in mid-send, the broker is flushed, two schedulers run."""
    dice = random.Random(3)
    with committed.scope():
        camden = Invited(committed)
        made = [camden.meeting(*CODES, days=5, cases=1) for _ in range(3)]
    lab.office.script = ["451 try later", "hang up lost", "451 try later"]
    for meeting in made:
        with committed.scope():
            invitations.send(meeting, by=camden.by)
    workers = [lab.start_worker(), lab.start_worker()]
    for _ in range(2):
        lab.start_scheduler()
    with committed.scope():
        Invitation.objects.update(sent_at=now() - timedelta(days=21))
    for worker in workers:
        for _ in range(2):  # as two schedulers would
            with committed.scope():
                assert promise_reminders(localdate()) <= 12
        if lab.kill(worker, dice) != "hand":
            lab.start_worker()
        lab.flush()

    def undone() -> list:
        with committed.scope():
            left = Job.objects.filter(done_at=None)
            return list(left.values_list("kind", "attempts", "error", "failed_at"))

    wait_for_none(undone, seconds=120)
    with committed.scope():
        written = {m.message_id: m for m in Message.objects.all()}
        kinds = sorted(m.kind for m in written.values())
        assert kinds == ["meeting_invitation"] * 12 + ["meeting_reminder"] * 12
        assert set(lab.office.ids) == set(written)
        twice = {id_ for id_, copies in lab.office.ids.items() if copies > 1}
        assert twice <= {m.message_id for m in Message.objects.uncertain()}
        assert Invitation.objects.filter(reminded_on=localdate()).count() == 12
