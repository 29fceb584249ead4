"""Whatever people try, in whatever order: a referral is only ever where its rules let it be."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappa_portal.exceptions import Conflict
from referrals.actions import referrals as actions
from referrals.actions import screening
from referrals.models import Referral
from tests.referrals.referring import answers, filled, referrer

FROM = {  # verb: from which states, to which
    "edit": ({"draft", "endorsed", "returned"}, None),
    "endorse": ({"draft", "returned"}, "endorsed"),
    "submit": ({"endorsed"}, "submitted"),
    "withdraw": ({"draft", "endorsed", "submitted", "returned"}, "withdrawn"),
    "accept": ({"submitted"}, "accepted"),
    "decline": ({"submitted"}, "declined"),
    "ask_for_more": ({"submitted"}, "returned"),
    "undo_link": ({"accepted"}, "submitted"),
}
WHO = {
    "referrer": {"edit", "submit", "withdraw"},
    "manager": {"edit", "endorse", "submit", "withdraw"},
    "administrator": {"accept", "decline", "ask_for_more", "undo_link"},
    "stranger": set(),
}


def act(verb: str, referral: Referral, by) -> None:
    common = {"by": by, "at": now()}
    decision = {"reason": "x", "revision": referral.revision, **common}
    if verb == "edit":
        section = referral.sections.get(number=8)
        said = answers(8, victims=f"Version {section.revision}")
        actions.save_section(referral, 8, answers=said, is_done=True, revision=section.revision, **common)
    elif verb == "withdraw":
        actions.withdraw(referral, reason="x", **common)
    elif verb in ("endorse", "submit"):
        getattr(actions, verb)(referral, **common)
    elif verb == "undo_link":
        screening.undo_link(referral, reason="x", **common)
    elif verb == "ask_for_more":
        screening.ask_for_more(referral, **decision)
    elif verb == "decline":
        screening.decline(referral, outcome="declined", **decision)
    else:
        screening.accept(referral, outcome="level_2", case=None, **decision)


STEPS = st.lists(st.tuples(st.sampled_from(sorted(FROM)), st.sampled_from(sorted(WHO))), max_size=12)
TRIES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_no_order_of_steps_leads_around_the_rules(world):
    people = {
        "referrer": referrer(world),
        "manager": world.camden_csc_spoc,
        "administrator": world.camden_administrator,
        "stranger": world.hackney_administrator,
    }
    first = filled(world)

    @TRIES
    @given(STEPS)
    def steps(taken):
        with transaction.atomic():
            expected, wrote, sent = "draft", {"referrer"}, False
            for verb, who in taken:
                may = verb in WHO[who] and expected in FROM[verb][0]
                may = may and not (verb == "endorse" and who in wrote)
                may = may and (sent or who != "administrator")
                done = attempted(verb, Referral.objects.get(pk=first.pk), people[who])
                assert done == may, (taken, verb, who, expected)
                if done and verb == "edit":
                    wrote.add(who)  # the last one who wrote a section
                    expected = "draft" if expected == "endorsed" else expected
                elif done:
                    expected, sent = FROM[verb][1], sent or verb == "submit"
                referral = Referral.objects.get(pk=first.pk)
                assert referral.status == expected
                assert bool(referral.case_id) == (expected == "accepted")
            transaction.set_rollback(True)

    steps()


def attempted(verb: str, referral: Referral, by) -> bool:
    try:
        with transaction.atomic():
            act(verb, referral, by)
        return True
    except (PermissionDenied, Conflict, ValidationError):
        return False
