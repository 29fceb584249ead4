"""What follows: more time in the newest round, what was released of others, a signed return and its copies."""

from datetime import date, timedelta

from accounts.models import User
from boards.directory import in_post
from boards.models import Organisation, Territory
from boards.roles import Seat
from data_returns.actions.checking import pass_check
from data_returns.actions.copies import due_back
from data_returns.actions.opening import due_day
from data_returns.actions.releasing import fill, release_sums
from data_returns.actions.round import extend
from data_returns.actions.signing import sign
from data_returns.demo.returns import chair_of, morning
from data_returns.models import Rendition, Return, Round
from data_returns.pdf import file_of
from documents.copies import issue
from documents.models import Document

MONTH = 30
EXTENDED = (  # a few days from now, or more than a month after the day for all
    ("barnet", 21, "The register is being moved to another system."),
    ("bexley", 45, "The administrator's post was vacant until July."),
)
CHASED = ("bexley", "brent", "camden")
COPIES = (  # holder, days since it was issued, days since it came back
    ("Chair of the council's scrutiny committee", 120, 100),
    ("Head of Housing", 120, 95),
    ("Director of Public Health", 50, 0),
    ("Head of Adult Social Care", 5, 0),
)


def extend_some(newest: Round, today: date) -> None:
    """Two boroughs have more time, for one of them it is over; those who are late were chased."""
    office = newest.parties[0]
    by, due = in_post([office], today, seats=[Seat.CO_ORDINATOR]).first().user, newest.due_on
    for borough, to, reason in EXTENDED:
        day = max(due, today) + timedelta(days=to) if to < MONTH else due + timedelta(days=to)
        said = {"to": day, "reason": reason, "today": due, "by": by, "at": morning(due - timedelta(days=5))}
        extend(newest, [borough], **said)
    late = newest.standings.unsigned().filter(about__slug__in=CHASED)
    late.update(chased_on=today - timedelta(days=12))


def release_before(area: Territory, years: range) -> None:
    """What everybody else reads of the accepted ones; the worker adds up those of the last year."""
    for found in Return.objects.filter(year__in=years, status="closed").select_related("territory__parent"):
        at = morning(found.closed_on + timedelta(days=14))
        rendition = Rendition(
            territory=area,
            about=found.territory,
            year=found.year,
            number=found.number,
            reference=found.reference,
            edition=found.edition,
            asked_at=at,
            released_at=at,
        )
        fill(rendition)
        rendition.save()
    release_sums(
        Organisation.objects.unit_of(area), years[-1], by=None, at=morning(date(years[-1] + 1, 12, 1))
    )


def walk(made: Return, today: date) -> None:
    """Checked and signed by its chair; the worker seals the document, then the board is given it."""
    chair = chair_of(made.organisation, due_day(made.year))
    if chair is not None:
        made = sign(pass_check(made, by=chair), by=chair, at=morning(due_day(made.year) - timedelta(days=12)))
        _give_copies(made, file_of(made), today, chair)


def _give_copies(made: Return, document: Document, today: date, by: User) -> None:
    """Two came back, one should have, one is on time."""
    for holder, issued, back in COPIES:
        day = today - timedelta(days=issued)
        copy = issue(
            document, holder=holder, issued_on=day, due_on=due_back(made.territory, day), today=today, by=by
        )
        copy.returned_on = today - timedelta(days=back) if back else None
        copy.chased_on = today - timedelta(days=5) if copy.is_overdue(today) else None
        copy.save()
