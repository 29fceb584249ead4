"""Which step a referral may take, of whom, and where it leads: rules and actions ask here. No database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

DRAFT, ENDORSED, SUBMITTED, RETURNED = "draft", "endorsed", "submitted", "returned"
ACCEPTED, DECLINED, WITHDRAWN = "accepted", "declined", "withdrawn"

STEPS: Mapping[str, Mapping[str, str]] = MappingProxyType(  # from which state to which
    {
        "fill": {DRAFT: DRAFT, ENDORSED: DRAFT, RETURNED: RETURNED},
        "endorse": {DRAFT: ENDORSED, RETURNED: ENDORSED},
        "submit": {ENDORSED: SUBMITTED},
        "withdraw": dict.fromkeys((DRAFT, ENDORSED, RETURNED, SUBMITTED), WITHDRAWN),
        "accept": {SUBMITTED: ACCEPTED},
        "decline": {SUBMITTED: DECLINED},
        "ask_for_more": {SUBMITTED: RETURNED},
        "undo_link": {ACCEPTED: SUBMITTED},
    }
)
VERB = {"endorse": "endorse_referral"} | dict.fromkeys(
    ("accept", "decline", "ask_for_more", "undo_link"), "screen_referral"
)  # what a seat must allow; "refer" for all others
OF_UNIT = "screen_referral"  # held in the MAPPA unit; the others in the organisation that writes
DECISIONS = ("accept", "decline", "ask_for_more")


@dataclass(frozen=True)
class Who:
    """Somebody, with what the seats in the writing organisation and in the MAPPA unit allow."""

    name: str
    writing: frozenset[str] = frozenset()
    in_unit: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Standing:
    """``writers`` of any section, then or now; ``endorser`` and ``decider`` while that holds."""

    starter: str
    status: str = DRAFT
    writers: frozenset[str] = frozenset()
    is_on_paper: bool = False
    was_sent: bool = False
    is_heard: bool = False
    endorser: str = ""
    decider: str = ""
    case: str = ""
    reason: str = ""


def can(step: str, status: str, *, is_heard: bool = False) -> bool:
    return status in STEPS[step] and not (step == "undo_link" and is_heard)


def leads(step: str, status: str) -> str:
    return STEPS[step][status]


def wrote(user, starter, writers: Iterable) -> bool:
    """Who began it or ever wrote a part of it does not endorse it."""
    return user == starter or user in writers


def take(now: Standing, step: str, who: Who, *, case: str = "", reason: str = "") -> Standing | None:
    """Where it stands afterwards; None if that is refused."""
    if not can(step, now.status, is_heard=now.is_heard) or not _may(now, step, who):
        return None
    if (step in (*DECISIONS, "withdraw", "undo_link") and not reason) or (step == "accept" and not case):
        return None
    then = replace(now, status=leads(step, now.status))
    if step == "fill":
        return replace(then, writers=now.writers | {who.name}, endorser="")
    if step == "endorse":
        return replace(then, endorser=who.name)
    if step == "submit":
        return replace(then, was_sent=True, decider="", reason="")
    if step in DECISIONS:
        return replace(then, decider=who.name, reason=reason, case=case if step == "accept" else "")
    return replace(then, decider="", case="", reason="") if step == "undo_link" else then


def _may(now: Standing, step: str, who: Who) -> bool:
    verb = VERB.get(step, "refer")
    if verb == OF_UNIT:
        return now.was_sent and verb in who.in_unit
    is_writer = step == "endorse" and wrote(who.name, now.starter, now.writers)
    return verb in who.writing and (now.is_on_paper or not is_writer)
