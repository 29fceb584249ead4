"""Who may ask for an out-of-area check, stand behind it, pass it on and answer it."""

from boards.access import Seating, seats_with
from boards.rules import Rule, RuleBook
from referrals.models import OfUnit, OutOfAreaCheck

Status = OutOfAreaCheck.Status
OVER = "This check is no longer open: {}."


def _over(check: OutOfAreaCheck) -> str:
    return OVER.format(check.get_status_display().lower())


OUTSIDE_RULES = RuleBook(  # the agency's part
    ask=Rule("refer"),
    see=Rule("refer"),
    endorse=Rule(
        "endorse_referral", lambda c: c.status == Status.ASKED, "This check does not wait for a manager."
    ),
    withdraw=Rule("refer", lambda c: c.status in (Status.ASKED, Status.ENDORSED), _over),
)
UNIT_RULES = RuleBook(
    see=Rule("screen_referral"),
    decide=Rule("screen_referral", lambda u: u.check.status == Status.ENDORSED, lambda u: _over(u.check)),
    answer=Rule(
        "screen_referral",
        lambda u: u.check.status == Status.PASSED_ON,
        "Only a check that was passed on is answered.",
    ),
)


def askers_of(user) -> dict[str, Seating]:
    """Children's Services for which the person asks, by slug."""
    mine = seats_with(user, "refer")
    return {s.organisation.slug: s for s in mine if s.organisation.agency_type == "CSC"}


def allowed(user, check: OutOfAreaCheck) -> set[str]:
    found = OUTSIDE_RULES.allowed(user, check) | UNIT_RULES.allowed(user, OfUnit(check))
    return found - {"endorse"} if check.asked_by_id == user.pk else found


def require(rule: str, check: OutOfAreaCheck, *, by) -> None:
    """Of either side's book."""
    if rule == "see" and "see" in allowed(by, check):
        return
    if rule in ("decide", "answer"):
        UNIT_RULES.require(rule, OfUnit(check), by=by)
    else:
        OUTSIDE_RULES.require(rule, check, by=by)
