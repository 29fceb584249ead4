"""Who may do what to a return and to its scrutiny, and when."""

from boards.models import Organisation
from boards.rules import Rule, RuleBook
from data_returns.models import Edition, Return, Standing
from mappa_portal.words import lower_first

Status = Return.Status


def _why_closed(data_return: Return) -> str:
    return f"This return can no longer be changed: {lower_first(data_return.get_status_display())}."


def _why_not_signed(data_return: Return) -> str:
    return (
        "Check the answers first, then continue to the declaration."
        if data_return.is_open
        else _why_closed(data_return)
    )


class Unopened:
    """A unit's return that is not there yet, for rules: its entry in the directory is another's to keep."""

    def __init__(self, unit: Organisation):
        self.parties = [unit]
        self.territory_id = unit.territory_id


class Sums:
    """The sums of an area, for rules: its executive office releases them."""

    def __init__(self, office: Organisation):
        self.parties = [office]
        self.territory_id = office.territory_id


SUMS_RULES = RuleBook(release=Rule("manage_returns"))
UNOPENED_RULES = RuleBook(open=Rule("fill_return"))

RETURN_RULES = RuleBook(
    fill=Rule("fill_return", lambda r: r.is_open, _why_closed),
    sign=Rule("sign_return", lambda r: r.status == Status.CHECKED, _why_not_signed),
    correct=Rule(
        "fill_return",
        lambda r: not r.is_open,
        "This return is still open: change it as it stands.",
    ),
    answer_query=Rule(
        "fill_return", lambda r: r.status in Return.WITH_BOARD, "The board has closed this return."
    ),
    release=Rule(
        "manage_returns",
        lambda r: r.status == Status.CLOSED,
        "Figures are released once the board has accepted the return.",
    ),
    open_records=Rule("fill_return"),
    keep_copies=Rule("fill_return"),
    issue_copy=Rule(
        "fill_return",
        lambda r: r.status in (*Return.WITH_BOARD, Status.CLOSED),
        "Copies are issued of a signed return.",
    ),
)

NOT_THERE = "The board does not have this return, or a later version of it was started."


def _with_board(scrutiny) -> bool:
    return scrutiny.is_with_board


SCRUTINY_RULES = RuleBook(
    ask=Rule("review_return", _with_board, NOT_THERE),
    table=Rule("review_return", _with_board, NOT_THERE),
    accept=Rule("review_return", _with_board, NOT_THERE),
    send_back=Rule("review_return", _with_board, NOT_THERE),
)


ROUND_RULES = RuleBook(
    run=Rule("run_round"),
    change_due=Rule(
        "run_round",
        lambda r: not r.standings.signed().exists(),
        "A borough has signed: the day stays. Extend it for those who need more time.",
    ),
)


def _why_not_chased(standing: Standing) -> str:
    if standing.is_opened:
        return f"{standing.about} has signed its return"
    return f"The return of {standing.about} is still being opened"


STANDING_RULES = RuleBook(
    extend=Rule("run_round", lambda s: s.is_unsigned, lambda s: f"{s.about} has signed its return"),
    take_back=Rule(
        "run_round",
        lambda s: s.is_unsigned and s.extended_to is not None,
        lambda s: f"{s.about} has no extension that could be taken back",
    ),
    chase=Rule("run_round", lambda s: s.is_unsigned and s.is_opened, _why_not_chased),
)


def _why_not_withdrawn(edition: Edition) -> str:
    if not edition.is_own:
        return "This form comes with the portal."
    return "Returns were opened on this form: it stays." if edition.is_published else "This form is a draft."


def _why_not_changed(edition: Edition) -> str:
    if edition.discarded_on is not None:
        return "Somebody deleted this draft."
    return "This form is published and stays as it is. Start a new one from it."


def _why_not_published(edition: Edition) -> str:
    return "This form is published already." if edition.is_published else _why_not_changed(edition)


EDITION_RULES = RuleBook(
    start=Rule("run_round"),
    change=Rule("run_round", lambda e: e.is_open, _why_not_changed),
    publish=Rule("run_round", lambda e: e.is_open, _why_not_published),
    discard=Rule("run_round", lambda e: e.is_open, _why_not_changed),
    withdraw=Rule("run_round", lambda e: e.is_published and e.is_own and not e.uses, _why_not_withdrawn),
)
