"""No sequence of verbs lets an agency read a particular that it was not given."""

import json
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate, now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappa_portal.exceptions import Conflict
from meetings.actions import checks, meetings, notifications, standing_down
from meetings.actions.checks import Check
from meetings.actions.inviting_again import invite_again
from meetings.models import Discussion, Meeting, Notification
from meetings.notifications.outcome import outcomes_of
from tests.meetings.notified import SAID, decide, notify, panel

CODES = {"CSC": "camden_csc_spoc", "POL": "camden_police_spoc"}
VERBS = ("withdraw", "open_again", "stand_down", "invite_again", "check", "hold", "postpone", "cancel")
steps = st.one_of(
    st.tuples(
        st.just("notify"), st.sampled_from(sorted(CODES)), st.frozensets(st.sampled_from(sorted(SAID)))
    ),
    st.tuples(st.sampled_from(VERBS), st.sampled_from(sorted(CODES)), st.just(frozenset())),
)


class Played:
    """What each agency was given last, and whether it should still read."""

    def __init__(self, camden, meeting: Meeting):
        self.camden, self.meeting = camden, meeting
        self.given: dict[str, frozenset] = {}
        self.open: set[str] = set()

    def play(self, verb: str, code: str, given: frozenset) -> None:
        try:
            with transaction.atomic():
                getattr(self, verb)(code, given)
        except (Conflict, ValidationError, Notification.DoesNotExist):
            return

    def _told(self, code: str) -> Notification:
        return Notification.objects.full().get(
            agency=self.camden.agency(code), discussion__meeting=self.meeting
        )

    def _fresh(self) -> Meeting:
        return Meeting.objects.get(pk=self.meeting.pk)

    def notify(self, code, given):
        notify(self.camden, self._fresh(), code, *given, check_by=localdate())
        self.given[code] = given
        self.open.add(code)

    def withdraw(self, code, _):
        notifications.withdraw(self._told(code), by=self.camden.by)
        self.open.discard(code)

    def open_again(self, code, _):
        notifications.open_again(self._told(code), by=self.camden.by)
        self.open.add(code)

    def stand_down(self, code, _):
        invitation = self.camden.invitation(self.meeting, code)
        standing_down.stand_down(invitation, reason="Not needed", by=self.camden.by, at=now())
        self.open.discard(code)

    def invite_again(self, code, _):
        invite_again(self.camden.invitation(self.meeting, code), by=self.camden.by, at=now())

    def check(self, code, _):
        told = self._told(code)
        check = Check("known", "Ada Worker", "", "ada@camden.example")
        checks.save([(told, check, told.revision)], by=getattr(self.camden.world, CODES[code]), at=now())

    def hold(self, code, _):
        if self._fresh().is_planned:
            decide(self.camden, self.meeting)

    def postpone(self, code, _):
        when = {"held_on": self._fresh().held_on + timedelta(days=7), "reason": "Snow"}
        self.meeting = meetings.postpone(self._fresh(), by=self.camden.by, at=now(), **when)

    def cancel(self, code, _):
        meetings.cancel(self._fresh(), reason="No cases", by=self.camden.by, at=now())
        self.open.clear()

    def read(self, code: str) -> tuple[bool, str]:
        """All that the agency's page, note and file would say."""
        user = getattr(self.camden.world, CODES[code])
        mine = list(Notification.objects.read_by(user).open().full())
        opened = dict(zip(mine, notifications.look(mine, by=user), strict=True))
        said = [str(row.value) for told, known in opened.items() for row in known.rows(told.may_know)]
        for outcome in outcomes_of(opened, localdate()).values():
            said += [outcome.note, outcome.flag_text, json.dumps(outcome.flag)]
        return bool(mine), " ".join(said)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sequence=st.lists(steps, min_size=1, max_size=9))
def test_no_sequence_of_verbs_shows_what_was_not_given(camden, sequence):
    with transaction.atomic():
        played = Played(camden, panel(camden, *CODES, cases=1))
        for step in sequence:
            played.play(*step)
            for code in CODES:
                reads, said = played.read(code)
                assert reads == (code in played.open), (code, step)
                allowed = played.given.get(code, frozenset())
                shown = {name for name, canaries in SAID.items() if any(c in said for c in canaries)}
                assert shown <= allowed, (code, shown - allowed)
        transaction.set_rollback(True)
    assert not Discussion.objects.filter(meeting=played.meeting).exists()
