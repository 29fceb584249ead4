"""How a disclosure stands: folded from its entries, and nothing else. No database here."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from referrals.disclosing.terms import Due, clocks


class Kind:
    REQUEST, OUTSIDE, SCHEME = "request", "outside", "scheme"
    PROPOSAL, VIEW, DECISION, RATIFICATION = "proposal", "view", "decision", "ratification"
    CARRIED_OUT, OFFENDER, OUTCOME, REVIEW = "carried_out", "offender", "outcome", "review"
    STEP, HEARD, CORRECTION = "step", "heard", "correction"


OPENING = (Kind.REQUEST, Kind.OUTSIDE, Kind.SCHEME)
DISCLOSE, REFUSE = "disclose", "refuse"
PANEL, EMERGENCY = "panel", "emergency"


@dataclass(frozen=True)
class Entry:
    """``said`` is what was asked and answered; ``by`` who recorded it."""

    number: int
    kind: str
    on: date
    by: int | None = None
    said: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class State:
    opened: Entry | None = None
    proposal: Entry | None = None
    views: tuple[Entry, ...] = ()
    decision: Entry | None = None
    ratification: Entry | None = None
    told: tuple[Entry, ...] = ()
    offender: Entry | None = None
    outcome: Entry | None = None
    heard: Entry | None = None
    steps: tuple[Entry, ...] = ()
    review_on: date | None = None
    struck: frozenset[int] = frozenset()
    notes: tuple[Entry, ...] = ()
    count: int = 0

    @property
    def scheme(self) -> str:
        return self.opened.said.get("scheme", "") if self.opened else ""

    @property
    def presumption(self) -> bool:
        """Of s.327A: to disclose, when (a) particular children are at risk and (b) it is necessary for them."""
        said = self.opened.said if self.opened else {}
        return all(
            said.get(name) is True for name in ("child_sex_offender", "presumption_a", "presumption_b")
        )

    @property
    def at_school(self) -> bool:
        return bool(self.opened) and "SCHOOL" in self.opened.said.get("circumstances", ())

    @property
    def disclose(self) -> bool:
        return bool(self.decision) and self.decision.said["answer"] == DISCLOSE

    @property
    def is_emergency(self) -> bool:
        return bool(self.decision) and self.decision.said["route"] == EMERGENCY

    @property
    def awaits_ratification(self) -> bool:
        return self.is_emergency and self.ratification is None

    @property
    def rejected(self) -> bool:
        return bool(self.ratification) and not self.ratification.said["ratified"]

    @property
    def recipients(self) -> tuple[dict, ...]:
        """{"name", "role"} of each person that the proposal would tell."""
        return tuple(self.proposal.said.get("recipients", ())) if self.proposal else ()

    @property
    def untold(self) -> tuple[tuple[int, dict], ...]:
        """By their place in the proposal, those who have not been told."""
        told = {entry.said["recipient"] for entry in self.told}
        return tuple((n, each) for n, each in enumerate(self.recipients) if n not in told)

    @property
    def may_tell(self) -> bool:
        return self.disclose and not self.rejected and bool(self.untold)

    @property
    def asked_on(self) -> date | None:
        return self.opened.on if self.opened and self.opened.kind == Kind.SCHEME else None

    @property
    def clocks(self) -> tuple[Due, ...]:
        if not self.asked_on:
            return ()
        done = {entry.said["step"]: entry.on for entry in self.steps}
        return tuple(clocks(self.scheme, self.asked_on, done))

    @property
    def next_clock(self) -> Due | None:
        return min((d for d in self.clocks if d.done_on is None), key=lambda d: d.due_on, default=None)

    @property
    def status(self) -> str:
        if self.opened and self.opened.kind == Kind.SCHEME:
            return "closed" if self.outcome else "scheme"
        if self.opened and self.opened.kind == Kind.OUTSIDE:
            return "closed" if self.heard else "outside"
        if self.decision is None:
            return "proposed" if self.proposal else "requested"
        if self.awaits_ratification:
            return "unratified"
        if self.rejected:
            return "rejected"
        if not self.disclose:
            return "refused"
        if self.untold:
            return "decided"
        return "closed" if self.outcome and not self.review_on else "told"

    @property
    def next(self) -> str:
        """The kind of entry that comes next; empty when nothing is left to do."""
        if self.status == "unratified" and self.untold and self.disclose:
            return Kind.CARRIED_OUT
        if self.status == "told" and self.outcome is None:
            return Kind.OUTCOME if self.offender else Kind.OFFENDER
        if self.status == "scheme":
            return Kind.STEP if self.next_clock else Kind.OUTCOME
        after = {
            "requested": Kind.PROPOSAL,
            "proposed": Kind.DECISION,
            "unratified": Kind.RATIFICATION,
            "decided": Kind.CARRIED_OUT,
            "outside": Kind.HEARD,
        }
        return after.get(self.status) or (Kind.REVIEW if self.review_on else "")


# -- What may come next --


def why_not(state: State, kind: str) -> str:
    """Why this kind of entry cannot be recorded now; empty when it can."""
    if kind in OPENING:
        return "This disclosure is opened already." if state.opened else ""
    if state.opened is None:
        return "This disclosure is not opened."
    if kind == Kind.CORRECTION:
        return ""
    if kind == Kind.REVIEW:
        return "" if state.decision or state.told or state.heard else "There is nothing to review yet."
    if state.opened.kind == Kind.SCHEME:
        return _of_scheme(state, kind)
    if state.opened.kind == Kind.OUTSIDE:
        return _of_outside(state, kind)
    return _of_request(state, kind)


def _of_scheme(state: State, kind: str) -> str:
    if kind not in (Kind.STEP, Kind.OUTCOME):
        return "The police run this scheme: only its dates and its outcome are recorded."
    if kind == Kind.STEP:
        return "" if state.next_clock else "Every step of the scheme is recorded."
    return "The outcome is recorded already." if state.outcome else ""


def _of_outside(state: State, kind: str) -> str:
    if kind == Kind.HEARD:
        return "The panel has heard of this disclosure already." if state.heard else ""
    if kind == Kind.OUTCOME:
        return "The outcome is recorded already." if state.outcome else ""
    return "This disclosure was made outside a meeting, so it was never proposed or decided here."


def _of_request(state: State, kind: str) -> str:
    tests = {
        Kind.PROPOSAL: [(state.proposal, "A proposal is made already.")],
        Kind.VIEW: [
            (not state.proposal, "There is no proposal yet to have a view on."),
            (state.decision, "This disclosure is decided already."),
        ],
        Kind.DECISION: [
            (not state.proposal, "There is no proposal yet to decide on."),
            (state.decision, "This disclosure is decided already."),
        ],
        Kind.RATIFICATION: [
            (not state.is_emergency, "Only a decision made in an emergency is ratified."),
            (state.ratification, "The panel has answered already."),
        ],
        Kind.CARRIED_OUT: [
            (not state.decision, "Nobody may be told before it is decided."),
            (state.decision and not state.disclose, "It was decided not to disclose."),
            (state.rejected, "The panel did not ratify the decision, so nobody may be told."),
            (not state.untold, "Everybody who was to be told has been told."),
        ],
        Kind.OFFENDER: [
            (not state.decision, "This disclosure is not decided yet."),
            (state.offender, "It is recorded already whether the person was told."),
        ],
        Kind.OUTCOME: [
            (not state.told, "Nobody has been told yet."),
            (state.outcome, "The outcome is recorded already."),
        ],
    }
    for stops, why in tests.get(kind, [(True, "This does not belong to a request.")]):
        if stops:
            return why
    return ""


# -- The fold --


def fold(entries: Iterable[Entry]) -> State:
    """An entry that a correction struck does not count; the correction's own words stay beside it."""
    entries = list(entries)
    struck = frozenset(e.said["of"] for e in entries if e.kind == Kind.CORRECTION and e.said.get("strike"))
    state = State()
    for entry in entries:
        if entry.number not in struck:
            state = _after(state, entry)
    return replace(state, struck=struck, count=len(entries))


def _after(state: State, entry: Entry) -> State:
    if entry.kind in OPENING:
        return replace(state, opened=entry)
    if entry.kind == Kind.VIEW:
        return replace(state, views=(*state.views, entry))
    if entry.kind == Kind.CARRIED_OUT:
        return replace(state, told=(*state.told, entry))
    if entry.kind == Kind.STEP:
        return replace(state, steps=(*state.steps, entry))
    if entry.kind == Kind.CORRECTION:
        return replace(state, notes=(*state.notes, entry))
    if "review_on" in entry.said:
        state = replace(state, review_on=_day(entry.said["review_on"]))
    return state if entry.kind == Kind.REVIEW else replace(state, **{entry.kind: entry})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def strikable(entries: Iterable[Entry]) -> set[int]:
    """Entries that can be taken out of the count: what was recorded after them would still have been possible."""
    entries = list(entries)
    state = fold(entries)
    counting = [e for e in entries if e.number not in state.struck and e.kind != Kind.CORRECTION]
    return {e.number for e in counting[1:] if _possible([each for each in counting if each is not e])}


def _possible(entries: list[Entry]) -> bool:
    state = State()
    for entry in entries:
        if why_not(state, entry.kind):
            return False
        state = _after(state, entry)
    return True
