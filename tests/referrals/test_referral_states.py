"""Whatever people try, in whatever order: a referral is only ever where its rules let it be."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from boards.roles import SEATS, Seat
from mappa_portal.exceptions import Conflict
from referrals.actions import referrals as actions
from referrals.actions import screening
from referrals.models import Referral
from referrals.referring.steps import STEPS, Standing, Who, take
from tests.referrals.referring import answers, filled, referrer

WRITING = {
    "referrer": Seat.REFERRER,
    "second": Seat.REFERRER,
    "manager": Seat.SPOC,
    "chief": Seat.REPRESENTATIVE,
}
SCREENING = {"administrator": Seat.ADMINISTRATOR, "office": Seat.CO_ORDINATOR, "unit chair": Seat.CHAIR}
PEOPLE = {
    **{name: Who(name, writing=SEATS[seat]) for name, seat in WRITING.items()},
    **{name: Who(name, in_unit=SEATS[seat]) for name, seat in SCREENING.items()},
    "board": Who("board"),
}
DECIDED = {"accepted", "declined"}


class AnyOrder(RuleBasedStateMachine):
    """Anybody tries anything; ``log`` is what was let through, and by it the state is judged anew."""

    @initialize(starter=st.sampled_from(sorted(WRITING)))
    def start(self, starter):
        self.now, self.log = Standing(starter), []

    @rule(
        step=st.sampled_from(sorted(STEPS)),
        who=st.sampled_from(sorted(PEOPLE)),
        case=st.sampled_from(["", "C-1"]),
        reason=st.sampled_from(["", "High risk"]),
    )
    def try_(self, step, who, case, reason):
        then = take(self.now, step, PEOPLE[who], case=case, reason=reason)
        if then is not None:
            self.judge(step, who, case, reason)
            self.log.append((step, who))
            self.now = then

    def judge(self, step, who, case, reason):
        before = self.now.status
        assert before not in {"declined", "withdrawn"}, "what is over stays as it is"
        if step in {"accept", "decline", "ask_for_more", "undo_link"}:
            assert who in {"administrator", "office"} and reason, "the unit decides, and says why"
            assert before == ("accepted" if step == "undo_link" else "submitted")
            assert case or step != "accept", "none is accepted without a case"
        else:
            assert who in WRITING and before != "accepted"
        if step == "endorse":
            assert who in {"manager", "chief"} and who != self.now.starter
            assert ("fill", who) not in self.log, "nobody endorses what they wrote, whoever wrote after them"
        if step == "submit":
            since = [s for s, _ in self.log if s in {"fill", "endorse", "submit"}]
            assert since and since[-1] == "endorse", "sent as it was endorsed"

    @rule()
    def a_meeting_hears_it(self):
        if self.now.status == "accepted":
            self.now = replace(self.now, is_heard=True)

    @invariant()
    def states_agree_with_what_they_need(self):
        if not hasattr(self, "now"):
            return
        now, steps = self.now, [step for step, _ in self.log]
        assert bool(now.case) == (now.status == "accepted")
        assert (now.status in DECIDED) <= bool(now.reason and now.decider and now.was_sent)
        assert (now.decider not in WRITING and now.decider != now.endorser) or not now.decider
        assert now.was_sent == ("submit" in steps)
        assert (now.status in {"endorsed", "submitted"}) <= bool(now.endorser)
        if now.is_heard:
            assert now.status == "accepted", "what a meeting heard stays accepted"


AnyOrder.TestCase.settings = settings(
    max_examples=2_000, stateful_step_count=10, deadline=None, database=None
)
TestAnyOrder = AnyOrder.TestCase


# -- The actions follow the pure rule --

ACTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(STEPS)), st.sampled_from(["referrer", "manager", "administrator", "board"])
    ),
    max_size=12,
)
TRIES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_no_order_of_actions_leads_where_the_steps_do_not(world):
    people = {
        "referrer": referrer(world),
        "manager": world.camden_csc_spoc,
        "administrator": world.camden_administrator,
        "board": world.hackney_administrator,
    }
    first = filled(world)

    @TRIES
    @given(ACTS)
    def walk(acts):
        with transaction.atomic():
            expected = Standing("referrer")
            for step, who in acts:
                then = take(expected, step, PEOPLE[who], case="C", reason="x")
                done = attempted(step, Referral.objects.get(pk=first.pk), people[who])
                assert done == (then is not None), (acts, step, who, expected)
                expected = then or expected
                referral = Referral.objects.get(pk=first.pk)
                assert referral.status == expected.status
                assert bool(referral.case_id) == bool(expected.case)
                assert bool(referral.decided_by_id) == bool(expected.decider)
                assert bool(referral.endorsed_by_id) == bool(expected.endorser)
            transaction.set_rollback(True)

    walk()


def attempted(step: str, referral: Referral, by) -> bool:
    try:
        with transaction.atomic():
            act(step, referral, by)
        return True
    except (PermissionDenied, Conflict, ValidationError):
        return False


def act(step: str, referral: Referral, by) -> None:
    common = {"by": by, "at": now()}
    decision = {"reason": "x", "revision": referral.revision, **common}
    if step == "fill":
        section = referral.sections.get(number=8)
        said = answers(8, victims=f"Version {section.revision}")
        actions.save_section(referral, 8, answers=said, is_done=True, revision=section.revision, **common)
    elif step == "withdraw":
        actions.withdraw(referral, reason="x", **common)
    elif step in ("endorse", "submit"):
        getattr(actions, step)(referral, **common)
    elif step == "undo_link":
        screening.undo_link(referral, reason="x", **common)
    elif step == "ask_for_more":
        screening.ask_for_more(referral, **decision)
    elif step == "decline":
        screening.decline(referral, outcome="declined", **decision)
    else:
        screening.accept(referral, outcome="level_2", case=None, **decision)
