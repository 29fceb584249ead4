"""A meeting ends once, whatever is tried in which order, and only its unit ends it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappa_portal.exceptions import Conflict
from meetings.models import (
    Meeting,
)
from tests.meetings import plans

Status = Meeting.Status


VERBS = ("change", "cancel", "postpone", "abandon", "hold", "begin")
VALUES = {
    "cancel": {"reason": "R"},
    "abandon": {"reason": "R"},
    "postpone": {"reason": "R", "held_on": localdate() + timedelta(days=50)},
    "change": {"place": "Elsewhere"},
    "hold": {},
}
ENDS = {"cancel": "cancelled", "postpone": "postponed", "abandon": "abandoned", "hold": "held"}


def may(verb: str, status: str, has_begun: bool) -> bool:
    """The state machine in one line each: domain section 4."""
    if status != "scheduled":
        return False
    return {"change": not has_begun, "hold": has_begun, "abandon": has_begun}.get(verb, True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from(VERBS), max_size=6))
def test_a_meeting_ends_once_whatever_is_tried(world, act, verbs):
    meeting, has_begun, status = plans.plan(world), False, "scheduled"
    for verb in verbs:
        if verb == "begin":
            plans.begun(meeting)
            has_begun = True
            continue
        meeting.refresh_from_db()
        values = VALUES[verb] | ({"revision": meeting.revision} if verb == "change" else {})
        if may(verb, status, has_begun):
            act(verb, meeting, **values)
            status = ENDS.get(verb, status)
        else:
            with pytest.raises(Conflict):
                act(verb, meeting, **values)
        meeting.refresh_from_db()
        assert meeting.status == status


@pytest.mark.parametrize("verb", sorted(VALUES))
def test_only_the_unit_decides_what_becomes_of_it(world, planned, act, verb):
    if verb in ("abandon", "hold"):
        plans.begun(planned)
    values = VALUES[verb] | ({"revision": planned.revision} if verb == "change" else {})
    for who in ("camden_business_manager", "camden_csc_spoc", "hackney_administrator", "co_ordinator"):
        with pytest.raises(PermissionDenied):
            act(verb, planned, by=getattr(world, who), **values)
    act(verb, planned, by=world.camden_mappa_chair, **values)
