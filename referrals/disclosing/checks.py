"""What must be true of an entry besides its place in the trail: days, people, recipients, legal bases."""

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import ValidationError

from boards.models import Coverage, Organisation
from boards.rules import may
from mappa_portal.words import long_date
from referrals import rooms
from referrals.disclosing.ledger import EMERGENCY, PANEL, REFUSE, Entry, Kind, State, strikable
from referrals.disclosing.terms import AT_SCHOOL, BASES, TELLERS, bases_on
from referrals.models import Disclosure

Found = Iterator[tuple[str, str]]
BASIS = "Select the legal basis"
SCHOOL = "For a return to school, only the head teacher and the designated safeguarding teacher may be told"
TWICE = "This is the first person again. Enter somebody else, or nobody and no role"
TWO_PEOPLE = "You made this proposal. Somebody else must decide on it"


def check(disclosure: Disclosure, kind: str, *, on: date, said: dict, organisation, today: date, by) -> None:
    """Raise what is wrong, by field."""
    found = [*days(disclosure.state if disclosure.pk else None, kind, on, said, today)]
    if own := CHECKS.get(kind):
        found += own(disclosure, on, said, organisation, by)
    if found:
        raise ValidationError(dict(reversed(found)))  # of each field the first


def tellers(disclosure_or_case) -> list[Organisation]:
    """Police and probation of the borough: nobody else carries a disclosure out."""
    covering = Coverage.objects.filter(borough=disclosure_or_case.territory_id).values("organisation")
    return list(Organisation.objects.filter(pk__in=covering, agency_type__in=TELLERS).order_by("name"))


def days(state: State | None, kind: str, on: date, said: dict, today: date) -> Found:
    """``state`` is None for what opens a disclosure. The day of what a panel said is that of its meeting."""
    of_panel = kind in (Kind.RATIFICATION, Kind.HEARD) or said.get("route") == PANEL
    name, thing = ("meeting", "Date of the meeting") if of_panel else ("happened_on", "Date")
    if on > today:
        yield name, f"{thing} must be today or in the past"
    if state is None:
        return
    earlier, what = earliest(state, kind)
    if on < earlier.on:
        yield name, f"{thing} must be the same as or after {long_date(earlier.on)}, {what}"


def earliest(state: State, kind: str) -> tuple[Entry, str]:
    """What this cannot have happened before, in words."""
    if kind in (Kind.VIEW, Kind.DECISION):
        return state.proposal, "when disclosure was proposed"
    if kind in (Kind.RATIFICATION, Kind.CARRIED_OUT, Kind.OFFENDER):
        return state.decision, "when it was decided"
    if kind == Kind.OUTCOME and state.told:
        return state.told[0], "when it was carried out"
    return state.opened, "when this disclosure was opened"


def _request(disclosure, on, said, organisation, by) -> Found:
    if not said.get("circumstances"):
        yield "circumstances", "Select the circumstances"
    if said.get("child_sex_offender") and not said.get("consideration"):
        yield "consideration", "Enter what was considered under section 327A"


def _bases(on: date, said: dict) -> Found:
    codes = set(said.get("bases") or ())
    if not codes:
        yield "bases", BASIS
    elif late := codes - {basis.code for basis in bases_on(on)}:
        names = ", ".join(BASES[code].name if code in BASES else code for code in sorted(late))
        yield "bases", f"{names} was not in force on {long_date(on)}. Select another legal basis"


def _proposal(disclosure, on, said, organisation, by) -> Found:
    yield from _bases(on, said)
    told = said.get("recipients") or []
    yield from recipients(told)
    if disclosure.state.at_school and any(each["role"] not in AT_SCHOOL for each in told):
        yield "role", SCHOOL
    for name, text in (
        ("necessity", "Enter why disclosure is necessary"),
        ("proportionality", "Enter why disclosure is proportionate"),
    ):
        if not said.get(name):
            yield name, text


def recipients(told: list[dict]) -> Found:
    if not told:
        yield "recipient", "Enter who would be told"
    known = {(" ".join(each["name"].split()).casefold(), each["role"]) for each in told}
    if len(known) < len(told):
        yield "recipient_2", TWICE


def _outside(disclosure, on, said, organisation, by) -> Found:
    yield from _bases(on, said)
    if not said.get("why_not_panel"):
        yield "why_not_panel", "Enter why this did not go through the panel"
    if organisation is None:
        yield "organisation", "Select the agency that made the disclosure"


def _view(disclosure, on, said, organisation, by) -> Found:
    if organisation is None:
        yield "organisation", "Select the agency"


def _decision(disclosure, on, said, organisation, by) -> Found:
    state = disclosure.state
    if by is not None and state.proposal.by == by.pk:
        yield "", TWO_PEOPLE
    if said["answer"] == REFUSE and state.presumption and not said.get("presumption_reason"):
        yield "presumption_reason", "Enter why the presumption to disclose is not followed"
    if said["route"] == EMERGENCY:
        if not said.get("emergency_reason"):
            yield "emergency_reason", "Enter why this could not wait for the panel"
    else:
        yield from _meeting(disclosure, on, said)


def _meeting(disclosure, on, said) -> Found:
    """One that was held, and heard this case on that day."""
    heard = {(h.reference, h.held_on) for h in rooms.hearings(disclosure.case)}
    if (said.get("meeting"), on) not in heard:
        yield "meeting", "Select the meeting that heard this case"


def _ratification(disclosure, on, said, organisation, by) -> Found:
    yield from _meeting(disclosure, on, said)
    if not said.get("ratified") and not said.get("reason"):
        yield "reason", "Enter why the panel did not ratify the decision"


def _heard(disclosure, on, said, organisation, by) -> Found:
    yield from _meeting(disclosure, on, said)


def _carried_out(disclosure, on, said, organisation, by) -> Found:
    if organisation is None or organisation not in tellers(disclosure):
        yield "organisation", "Select who disclosed: only police or probation may"
    if said.get("recipient") not in {place for place, _ in disclosure.state.untold}:
        yield "recipient", "Select who was told"
    if not said.get("undertaking") and not said.get("undertaking_reason"):
        yield "undertaking_reason", "Enter why no undertaking was signed"


def _offender(disclosure, on, said, organisation, by) -> Found:
    if not said.get("told") and not said.get("reason"):
        yield "reason", "Enter why the person was not told"


def _step(disclosure, on, said, organisation, by) -> Found:
    if said.get("step") not in {due.code for due in disclosure.state.clocks if due.done_on is None}:
        yield "step", "Select a step that is not recorded yet"


def _review(disclosure, on, said, organisation, by) -> Found:
    if said.get("review_on") and date.fromisoformat(said["review_on"]) <= on:
        yield "review_on", f"Next review must be after {long_date(on)}, the day of this review"


def _correction(disclosure, on, said, organisation, by) -> Found:
    entries = {entry.number: entry for entry in disclosure.lines if entry.kind != Kind.CORRECTION}
    if said.get("of") not in entries or said["of"] in disclosure.state.struck:
        yield "of", "Select the entry that is wrong"
    elif said.get("strike"):
        if said["of"] not in strikable(disclosure.lines):
            yield "strike", "Later entries build on this one. Take those out of the count first"
        decides = entries[said["of"]].kind in (Kind.DECISION, Kind.RATIFICATION)
        if decides and by is not None and not may(by, "decide_disclosure", disclosure):
            yield "strike", "Only a MAPPA chair may take a decision out of the count"


CHECKS = {
    Kind.REQUEST: _request,
    Kind.OUTSIDE: _outside,
    Kind.PROPOSAL: _proposal,
    Kind.VIEW: _view,
    Kind.DECISION: _decision,
    Kind.RATIFICATION: _ratification,
    Kind.HEARD: _heard,
    Kind.CARRIED_OUT: _carried_out,
    Kind.OFFENDER: _offender,
    Kind.STEP: _step,
    Kind.REVIEW: _review,
    Kind.CORRECTION: _correction,
}
