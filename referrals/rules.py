from boards.access import seats_with, units_with
from boards.models import Organisation
from boards.rules import Rule, RuleBook
from referrals.disclosing.ledger import Kind, why_not
from referrals.endings import Standing

OPEN = (Standing.MANAGED, Standing.SUSPENDED)
ERASED = "What this case said was erased."
HELD = "This case is under legal hold: nothing of it is erased until the hold is lifted."


def _over(case) -> str:
    return f"This case has ended ({case.get_ending_display()}): its record stays as it is."


def _is_offered(case) -> bool:
    return case.transfers.filter(status="offered").exists()


def _offered(case) -> str:
    if case.standing in OPEN:
        return "The transfer of this case is offered: withdraw the offer first, or wait for the answer."
    return _over(case)


def _stays(case) -> str:
    """Why a case may not be withdrawn as a mistake; empty if it may."""
    if not _alone(case) or case.merged.exists():
        return "This case is merged with another: undo that first."
    if case.referrals.exists():
        return "A referral was accepted as this case: undo its link instead."
    if case.is_held:
        return HELD
    if case.ended_on or case.is_restricted or case.packs.exists() or case.keepings.exists():
        return "This case has a record of its own by now, so it is ended and not withdrawn."
    if case.discussions.exists():
        return "This case is on the agenda of a meeting, so it stays in the register."
    if case.disclosures.exists():
        return "A disclosure is recorded for this case, so it stays in the register."
    if case.notifications.exists():
        return "An agency was told of this case, so it stays in the register."
    if case.came_from or case.transfers.exists():
        return "This case was transferred or offered, so it stays in the register."
    return ""


def _alone(case) -> bool:
    return case.merged_into_id is None


def _closed(case) -> str:
    """Why nothing is done to a case any more; empty if something may be."""
    if not _alone(case):
        return f"This case was merged into {case.merged_into}: go on there, or undo the merge first."
    return ERASED if case.erased_at else ""


def _of_kept(
    test=lambda case: True, otherwise="This cannot be done now.", verb: str = "record_meeting"
) -> Rule:
    """Nothing is done to a case that was merged into another, or erased; this it would be besides."""
    why = otherwise if callable(otherwise) else lambda case: otherwise
    return Rule(verb, lambda case: not _closed(case) and test(case), lambda case: _closed(case) or why(case))


CASE_RULES = RuleBook(
    add=Rule("record_meeting"),
    see=Rule("record_meeting"),
    disclose=_of_kept(verb="record_disclosure"),
    edit=_of_kept(),
    merge=_of_kept(lambda case: not _is_offered(case), _offered),
    unmerge=Rule(
        "record_meeting",
        lambda case: not (_alone(case) or case.erased_at),
        lambda case: "This case is not merged into another." if _alone(case) else ERASED,
    ),
    change_level=_of_kept(lambda case: case.standing in OPEN, _over),
    recall=_of_kept(
        lambda case: case.standing == Standing.MANAGED and case.levels.exists(),
        "Only a case that is managed at a level can be suspended.",
    ),
    end=_of_kept(lambda case: case.standing in OPEN and not _is_offered(case), _offered),
    transfer=_of_kept(lambda case: case.standing in OPEN and not _is_offered(case), _offered),
    take_back=_of_kept(
        lambda case: case.standing in (Standing.SUSPENDED, Standing.ENDED),
        "Only a recall or an ending can be taken back.",
    ),
    move=_of_kept(lambda case: case.standing in OPEN, _over),
    tell=_of_kept(lambda case: not case.ended_on, "This case has ended: no agency is told of it."),
    withdraw=Rule("record_meeting", lambda case: not _stays(case), _stays),
    correct_level=_of_kept(
        lambda case: case.standing == Standing.MANAGED and case.levels.exists(),
        "No level is recorded that could be corrected.",
    ),
    keep_records=Rule("keep_records"),
    pack=_of_kept(verb="keep_records"),
    restrict=Rule("keep_records", lambda case: not case.is_restricted, "This case is restricted already."),
    lift_restriction=Rule("keep_records", lambda case: case.is_restricted, "This case is not restricted."),
    hold=Rule("hold_case", lambda case: not case.is_held, "This case is under legal hold already."),
    lift_hold=Rule("hold_case", lambda case: case.is_held, "This case is not under legal hold."),
)


PACK_RULES = RuleBook(
    see=Rule("keep_records"),
    review=Rule("keep_records", lambda p: p.status == "review", "This pack is finished: take it back first."),
    reopen=Rule("keep_records", lambda p: p.status == "finished", "This pack is not waiting for release."),
    release=Rule("keep_records", lambda p: p.status == "finished", "This pack is not waiting for release."),
    take_away=Rule("keep_records", lambda p: p.status != "review", "This pack is not finished yet."),
)


def is_held(keeping) -> bool:
    from referrals.records.kinds import KINDS

    return any(case.is_held for case in KINDS[keeping.kind].cases(keeping.subject_id))


def _why_kept(keeping) -> str:
    """Why a proposal to erase cannot be confirmed; empty if it can."""
    from referrals.records.kinds import KINDS

    if keeping.erased_at or keeping.refused_at:
        return "This is decided already."
    if is_held(keeping):
        return HELD
    if not KINDS[keeping.kind].is_over(keeping.subject_id):
        return "This record is in use again: refuse the proposal."
    return ""


KEEPING_RULES = RuleBook(
    decide=Rule("keep_records", lambda k: not (k.outcome == "erase" and is_held(k)), HELD),
    confirm=Rule("keep_records", lambda k: not _why_kept(k), lambda k: _why_kept(k)),
    refuse=Rule("keep_records", lambda k: not (k.erased_at or k.refused_at), "This is decided already."),
)


def units_of(user) -> list[Organisation]:
    """The boroughs' MAPPA units whose cases this person keeps."""
    return units_with(user, "record_meeting")


# -- Disclosure: what is kept of it never leaves the borough's MAPPA unit --


def _entry(kind: str, verb: str = "record_disclosure") -> Rule:
    def why(disclosure) -> str:
        return "This disclosure was erased." if disclosure.erased_at else why_not(disclosure.state, kind)

    return Rule(verb, lambda disclosure: not why(disclosure), why)


DISCLOSURE_RULES = RuleBook(
    see=Rule("record_disclosure"),
    proposal=_entry(Kind.PROPOSAL),
    view=_entry(Kind.VIEW),
    decision=_entry(Kind.DECISION, "decide_disclosure"),
    ratification=_entry(Kind.RATIFICATION, "decide_disclosure"),
    carried_out=_entry(Kind.CARRIED_OUT),
    offender=_entry(Kind.OFFENDER),
    outcome=_entry(Kind.OUTCOME),
    review=_entry(Kind.REVIEW),
    step=_entry(Kind.STEP),
    heard=_entry(Kind.HEARD),
    correction=_entry(Kind.CORRECTION),
)


def disclosing_units(user) -> list[Organisation]:
    """The boroughs' MAPPA units whose ledger of disclosures this person keeps."""
    return units_with(user, "record_disclosure")


def keeps_no_ledger(user) -> bool:
    """Of the area's office: it knows that boroughs keep ledgers, and reads none."""
    held = seats_with(user, "record_disclosure")
    return any(s.organisation.kind == Organisation.Kind.UNIT for s in held) and not disclosing_units(user)
