"""A trail in words: what page and PDF show of each entry, and what is to be done next."""

from dataclasses import dataclass, field
from datetime import date

from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date, lower_first, moment
from referrals.disclosing.ledger import DISCLOSE, EMERGENCY, Kind
from referrals.disclosing.terms import BASES, CIRCUMSTANCES, GROUNDS, ROLES, SCHEMES, STEP_NAMES
from referrals.models import Disclosure, DisclosureEntry

COLOURS = {
    "requested": "grey",
    "proposed": "blue",
    "unratified": "red",
    "decided": "yellow",
    "refused": "grey",
    "rejected": "red",
    "told": "green",
    "outside": "red",
    "scheme": "blue",
    "closed": "grey",
}
LABELS = {
    "asked_by": "Asked by",
    "source": "Heard from",
    "why": "Why it was asked",
    "scheme": "Scheme",
    "circumstances": "Circumstances",
    "at_risk": "At risk",
    "child_sex_offender": "Child sex offender",
    "presumption_a": "(a) Serious harm to particular children",
    "presumption_b": "(b) Necessary to protect them",
    "consideration": "Considered under section 327A",
    "recipients": "Recipient",
    "information": "Information",
    "limits": "Not to be said",
    "ground": "Ground",
    "necessity": "Why necessary",
    "proportionality": "Why proportionate",
    "alternatives": "Alternatives considered",
    "bases": "Legal basis",
    "deliverer": "To be carried out by",
    "tell_person": "The person is to be told",
    "tell_person_reason": "Why not",
    "stance": "View",
    "answer": "Decision",
    "route": "Decided by",
    "meeting": "Meeting",
    "ratified": "Ratified",
    "told": "The person was told",
    "emergency_reason": "Why it could not wait",
    "presumption_reason": "Why the presumption is not followed",
    "reasons": "Reasons",
    "reason": "Reason",
    "conditions": "Conditions",
    "where": "Place",
    "joint": "Together with",
    "exact": "What was said",
    "undertaking": "Undertaking signed",
    "undertaking_reason": "Why not signed",
    "why_not_panel": "Why not through the panel",
    "text": "Result",
    "step": "Step",
    "of": "Corrects entry",
    "wrong": "What is wrong",
    "instead": "What it should say",
    "strike": "Taken out of the count",
    "review_on": "Review on",
}
CHOICES = {
    "scheme": SCHEMES,
    "ground": GROUNDS,
    "step": STEP_NAMES,
    "stance": {"supports": "Supports disclosure", "objects": "Objects"},
    "answer": {DISCLOSE: "Disclose", "refuse": "Do not disclose"},
    "route": {EMERGENCY: "The chair, in an emergency", "panel": "The panel"},
}
NEXT = {
    Kind.PROPOSAL: "Propose disclosure",
    Kind.DECISION: "Decide on disclosure",
    Kind.RATIFICATION: "Record what the panel answered",
    Kind.CARRIED_OUT: "Record that somebody was told",
    Kind.OFFENDER: "Record whether the person was told",
    Kind.OUTCOME: "Record the outcome",
    Kind.REVIEW: "Record a review",
    Kind.STEP: "Record a step of the scheme",
    Kind.HEARD: "Record what the panel said",
}
BESIDE = {Kind.VIEW: "Record an agency’s view", **NEXT, Kind.CORRECTION: "Correct an entry"}


@dataclass(frozen=True)
class Line:
    """One entry as it is read; ``struck`` by which correction it no longer counts, 0 when it does."""

    number: int
    title: str
    on: str
    recorded: str
    rows: list[Row]
    struck: int = 0
    notes: list[str] = field(default_factory=list)


def line_of(entry: DisclosureEntry, struck: dict[int, int], notes: dict[int, list[str]]) -> Line:
    who = entry.by.name if entry.by else "The portal"
    rows = [Row("Agency", entry.organisation.name_on(entry.happened_on))] if entry.organisation else []
    rows += [
        Row(label, words_of(name, entry.said[name]))
        for name, label in LABELS.items()
        if _is_said(entry, name)
    ]
    return Line(
        number=entry.number,
        title=entry.get_kind_display(),
        on=long_date(entry.happened_on),
        recorded=f"{who}, {moment(entry.at)}",
        rows=rows,
        struck=struck.get(entry.number, 0),
        notes=notes.get(entry.number, []),
    )


def _is_said(entry: DisclosureEntry, name: str) -> bool:
    return entry.said.get(name) not in (None, "", [])


def words_of(name: str, value) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name == "recipients":
        return "; ".join(f"{each['name']}, {lower_first(ROLES[each['role']])}" for each in value)
    if name == "circumstances":
        return "; ".join(f"{code}: {lower_first(CIRCUMSTANCES[code])}" for code in value)
    if name == "bases":
        return "; ".join(BASES[code].name for code in value)
    if name == "review_on":
        return long_date(date.fromisoformat(value))
    return CHOICES.get(name, {}).get(value, str(value))


def trail(disclosure: Disclosure) -> list[Line]:
    """Oldest first; a correction stands in its place and beside what it corrects."""
    struck, notes = {}, {}
    for entry in disclosure.recorded:
        if entry.kind == Kind.CORRECTION:
            notes.setdefault(entry.said["of"], []).append(
                f"Corrected by entry {entry.number}: {entry.said['instead']}"
            )
            if entry.said.get("strike"):
                struck[entry.said["of"]] = entry.number
    return [line_of(entry, struck, notes) for entry in disclosure.recorded]


def standing(disclosure: Disclosure) -> list[Row]:
    """How it stands, for the head of page and PDF."""
    state = disclosure.state
    rows = [Row("Opened", long_date(disclosure.opened_on))]
    if state.presumption:
        rows.append(Row("Section 327A", "The presumption to disclose applies"))
    if state.recipients and state.untold and state.may_tell:
        rows.append(Row("Still to be told", words_of("recipients", [each for _, each in state.untold])))
    if state.review_on:
        rows.append(Row("Review on", long_date(state.review_on)))
    return rows
