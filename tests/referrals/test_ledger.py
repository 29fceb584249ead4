"""The fold of a disclosure's entries, the schemes' clocks, and which legal basis holds on which day."""

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from referrals.disclosing.ledger import Entry, Kind, fold, strikable, why_not
from referrals.disclosing.terms import BASES, bases_on, clocks

DAY = date(2026, 3, 2)


def said_of(kind: str, draw) -> dict:
    yes = draw(st.booleans())
    return {
        Kind.PROPOSAL: {
            "recipients": [{"name": "N", "role": "head"}, {"name": "M", "role": "safeguarding"}],
            "bases": ["cja325"],
        },
        Kind.DECISION: {
            "answer": "disclose" if yes else "refuse",
            "route": draw(st.sampled_from(["panel", "emergency"])),
            "review_on": "2026-06-01",
        },
        Kind.RATIFICATION: {"ratified": yes},
        Kind.CARRIED_OUT: {"recipient": 0 if yes else 1},
        Kind.REVIEW: {"review_on": None},
    }.get(kind, {})


class Ledger(RuleBasedStateMachine):
    """Anybody tries anything at any time; only what ``why_not`` lets through is recorded."""

    @initialize(presumption=st.booleans())
    def open(self, presumption):
        said = dict.fromkeys(("child_sex_offender", "presumption_a", "presumption_b"), presumption)
        self.entries = [Entry(1, Kind.REQUEST, DAY, 1, said)]

    @rule(kind=st.sampled_from([v for k, v in vars(Kind).items() if k.isupper()]), data=st.data())
    def try_(self, kind, data):
        if kind == Kind.CORRECTION or why_not(fold(self.entries), kind):
            return
        said = said_of(kind, data.draw)
        untold = dict(fold(self.entries).untold)
        if kind == Kind.CARRIED_OUT and said["recipient"] not in untold:
            said["recipient"] = min(untold)
        self.add(kind, said)

    @rule(data=st.data())
    def strike(self, data):
        if there := sorted(strikable(self.entries)):
            self.add(Kind.CORRECTION, {"of": data.draw(st.sampled_from(there)), "strike": True})

    def add(self, kind, said):
        self.entries.append(Entry(len(self.entries) + 1, kind, DAY, 1, said))

    @invariant()
    def the_trail_makes_sense(self):
        state = fold(self.entries)
        assert state.opened and state.count == len(self.entries)
        assert not state.told or (state.disclose and state.proposal.said["bases"]), "told without a decision"
        assert not state.decision or state.proposal, "decided without a proposal"
        assert not state.ratification or state.is_emergency
        assert len({entry.said["recipient"] for entry in state.told}) == len(state.told), "told twice"
        assert (state.status == "unratified") == (state.is_emergency and not state.ratification)
        assert not state.next or not why_not(state, state.next), "what comes next is possible"
        assert not state.rejected or why_not(state, Kind.CARRIED_OUT)


Ledger.TestCase.settings = settings(max_examples=2_000, stateful_step_count=15, deadline=None, database=None)
TestLedger = Ledger.TestCase


CLOCKS = [  # scheme, asked on, by when each step is due
    ("csods", date(2022, 12, 31), {"checks": 1, "interview": 10, "decision": 45}),
    ("csods", date(2023, 1, 1), {"checks": 1, "interview": 10, "decision": 28}),
    ("dvds", date(2022, 12, 31), {"checks": 1, "interview": 10, "decision": 35}),
    ("dvds", date(2026, 3, 28), {"checks": 1, "interview": 10, "decision": 28}),
]


@pytest.mark.parametrize("scheme, asked_on, days", CLOCKS)
def test_the_clocks_of_the_schemes(scheme, asked_on, days):
    due = {d.code: d.due_on for d in clocks(scheme, asked_on, {})}
    assert due == {code: asked_on + timedelta(days=number) for code, number in days.items()}


@pytest.mark.parametrize(
    "done_on, today, late", [(None, 2, False), (None, 3, True), (2, 9, False), (3, 9, True)]
)
def test_a_step_is_overdue_from_the_day_after(done_on, today, late):
    done = {"checks": date(2026, 3, done_on)} if done_on else {}
    [checks] = [d for d in clocks("csods", date(2026, 3, 1), done) if d.code == "checks"]
    assert checks.is_overdue(date(2026, 3, today)) == late


BASES_BY_DAY = [  # day, holds, does not
    (date(2004, 4, 4), {"common", "cda115", "hra", "dpa1998"}, {"cja325", "cja327a", "ca2004"}),
    (date(2008, 7, 13), {"cja325"}, {"cja327a"}),
    (date(2008, 7, 14), {"cja327a"}, set()),
    (date(2018, 5, 24), {"dpa1998"}, {"gdpr", "dpa3", "ukgdpr"}),
    (date(2018, 5, 25), {"gdpr", "dpa3"}, {"dpa1998", "ukgdpr"}),
    (date(2020, 12, 31), {"gdpr"}, {"ukgdpr"}),
    (date(2021, 1, 1), {"ukgdpr", "dpa3"}, {"gdpr", "cja325a"}),
    (date(2026, 3, 2), {"ukgdpr", "cja325a", "cja327a", "common"}, {"dpa1998", "gdpr"}),
]


@pytest.mark.parametrize("day, holds, lacks", BASES_BY_DAY)
def test_which_legal_basis_holds_on_which_day(day, holds, lacks):
    codes = {basis.code for basis in bases_on(day)}
    assert holds <= codes and not lacks & codes and codes <= set(BASES)
