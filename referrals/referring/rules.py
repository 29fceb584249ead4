"""Who may do what to a referral, and when: the agency's part, the MAPPA unit's, and which agency refers whom."""

from boards.access import Seating, seats_with, units_with
from boards.models import Organisation
from boards.rules import Rule, RuleBook
from mappa_portal.words import clock
from referrals.models import Referral, Screening
from referrals.referring.steps import can

KIND = Organisation.Kind


def _decided(screening: Screening) -> str:
    referral = screening.referral
    if referral.status == Referral.Status.WITHDRAWN:
        return "The referrer has withdrawn this referral."
    if referral.decided_by:
        who, outcome = referral.decided_by.name, referral.get_outcome_display()
        return f"{who} decided on this referral at {clock(referral.decided_at)}: {outcome}."
    return "This referral is not with you to decide."


REFERRAL_RULES = RuleBook(  # the agency's part
    start=Rule("refer"),
    see=Rule("refer"),
    fill=Rule(
        "refer",
        lambda r: can("fill", r.status),
        "This referral is with the MAPPA unit: it does not change now.",
    ),
    endorse=Rule(
        "endorse_referral",
        lambda r: can("endorse", r.status),
        "This referral does not wait to be endorsed.",
    ),
    submit=Rule(
        "refer",
        lambda r: can("submit", r.status),
        "A manager has to endorse this referral before it is sent.",
    ),
    withdraw=Rule(
        "refer",
        lambda r: can("withdraw", r.status),
        "This referral is decided: it cannot be withdrawn any more.",
    ),
)
SCREENING_RULES = RuleBook(  # the MAPPA unit's
    see=Rule("screen_referral"),
    decide=Rule("screen_referral", lambda s: can("accept", s.referral.status), _decided),
    undo_link=Rule(
        "screen_referral",
        lambda s: can("undo_link", s.referral.status, is_heard=s.referral.heard_on is not None),
        "Only the link of an accepted referral that no meeting has heard can be undone.",
    ),
)


def referrers_of(user) -> dict[str, Seating]:
    """The agencies and boroughs' MAPPA units for which the person refers, by slug; boards never do."""
    return {s.organisation.slug: s for s in seats_with(user, "refer") if may_refer(s.organisation)}


def may_refer(organisation: Organisation) -> bool:
    kind = organisation.kind
    return kind == Organisation.Kind.AGENCY or (
        kind == Organisation.Kind.UNIT and not organisation.is_area_seat
    )


def screeners_of(user) -> list[Organisation]:
    return units_with(user, "screen_referral")


def registers_of(user, borough) -> list[Organisation]:
    """Whose figures of the borough the person may have exactly: its MAPPA unit’s, else those of agencies that refer."""
    if units := [unit for unit in screeners_of(user) if unit.territory_id == borough.pk]:
        return units
    seats = referrers_of(user).values()
    return [s.organisation for s in seats if s.organisation.kind != KIND.UNIT and borough.pk in s.boroughs]


def who_refers(agency_type: str, category: int | None, under_18: str) -> str:
    """Why an agency may not refer a person of this category; empty if it may (domain section 3)."""
    if (
        category in (1, 2)
        and agency_type not in ("PRI", "PRB")
        and not (agency_type == "YOT" and under_18 == "yes")
    ):
        return f"Category {category} is referred by prison or probation, and by youth justice for a person under 18"
    if category == 4 and agency_type not in ("POL", "PRI", "PRB"):
        return "Category 4 is referred by police, prison or probation"
    return ""
