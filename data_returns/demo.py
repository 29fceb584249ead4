"""Data returns of London's boroughs: five years that are made up, scaled from published counts of the whole area."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from django.utils.timezone import get_current_timezone, now

from accounts.models import User
from boards.directory import in_post
from boards.models import Organisation, Territory
from boards.references import next_reference
from boards.roles import Seat
from boards.scope import scope
from data_returns.actions import building
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import differs
from data_returns.actions.opening import board_of, due_day
from data_returns.actions.releasing import fill, release_sums
from data_returns.actions.round import extend
from data_returns.actions.signing import sign
from data_returns.content import Content, as_json
from data_returns.editions import PRESENT, edition_of, shipped
from data_returns.evidence import fingerprint
from data_returns.form import Form
from data_returns.models import Answer, Edition, Figure, Rendition, Return, Round, Section, Standing
from data_returns.pdf import file_of
from data_returns.register import counts
from data_returns.years import last_year
from documents.copies import due_back, issue
from documents.models import Document

YEARS = 5
LEVEL_1 = 220  # of a borough: one in 1,099 people from the age of ten, by 33 (MAPPA annual report 2023/24)
STATES = (
    "draft",
    "checked",
    "signed",
    "sent",
    "tabled",
)  # of the newest year, three boroughs each; the others closed
TEXTS = {
    "q2": "The youth risk panel considers them each month.",
    "q5": "Asked at each review and matched with Children's Services.",
    "q6": "Matched with the MARAC list each month.",
    "q11": "Both lessons that the Strategic Management Board shared were discussed.",
}
ALONE = "Most Level 1 cases are managed by one agency alone and stand in its register, not in ours."
TRANSFERS = "Transfers between boroughs at the end of March were entered later."
AT = time(10)
MONTH = 30
EXTENDED = (  # a few days from now, or more than a month after the day for all
    ("barnet", 21, "The register is being moved to another system."),
    ("bexley", 45, "The administrator's post was vacant until July."),
)
CHASED = ("bexley", "brent", "camden")
LATE = 0.12  # of the returns
COPIES = (  # holder, days since it was issued, days since it came back
    ("Chair of the council's scrutiny committee", 120, 100),
    ("Head of Housing", 120, 95),
    ("Director of Public Health", 50, 0),
    ("Head of Adult Social Care", 5, 0),
)
HALF, MANY = 4, 99  # questions that a draft has got to


def load(today: date) -> None:
    area = Territory.objects.filter(kind=Territory.Kind.AREA, slug="london").first()
    if area is None:
        return
    boroughs = list(area.children.select_related("parent").order_by("name"))
    with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]):
        _load(area, boroughs, last_year(today), today)


def _load(area: Territory, boroughs: list[Territory], newest: int, today: date) -> None:
    for year in range(newest - YEARS + 1, newest + 1):
        opened = _at(date(year + 1, 4, 2))
        Round.objects.create(territory=area, year=year, due_on=due_day(year), opened_at=opened)
        edition = edition_of(area, year, today=today)
        states = _states(boroughs) if year == newest else {"camden": "draft"} if year == newest - 1 else {}
        for borough in boroughs:
            status = states.get(borough.slug, "closed")
            made_up(borough, year, edition, status, is_whole=year < newest)
    _extend(Round.objects.get(year=newest), today)
    _walk(Return.objects.get(territory__slug="camden", year=newest - 1), today)
    _release(area, range(newest - YEARS + 1, newest))
    building.start(area, shipped(PRESENT), title=f"London data return from {newest + 2}", by=None)


def _extend(newest: Round, today: date) -> None:
    """Two boroughs have more time, for one of them it is over; those who are late were chased."""
    office = newest.parties[0]
    by, due = in_post([office], today, seats=[Seat.CO_ORDINATOR]).first().user, newest.due_on
    for borough, to, reason in EXTENDED:
        day = max(due, today) + timedelta(days=to) if to < MONTH else due + timedelta(days=to)
        said = {"to": day, "reason": reason, "today": due, "by": by, "at": _at(due - timedelta(days=5))}
        extend(newest, [borough], **said)
    late = newest.standings.unsigned().filter(about__slug__in=CHASED)
    late.update(chased_on=today - timedelta(days=12))


def _release(area: Territory, years: range) -> None:
    """What everybody else reads of the accepted ones; the worker adds up those of the last year."""
    for found in Return.objects.filter(year__in=years, status="closed").select_related("territory__parent"):
        at = _at(found.closed_on + timedelta(days=14))
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
    release_sums(Organisation.objects.unit_of(area), years[-1], by=None, at=_at(date(years[-1] + 1, 12, 1)))


def _states(boroughs: list[Territory]) -> dict[str, str]:
    others = [b.slug for b in boroughs if b.slug != "camden"]
    return dict(zip(others, [state for state in STATES for _ in range(3)], strict=False)) | {
        "camden": "draft"
    }


def made_up(
    borough: Territory, year: int, edition: Edition, status: str, *, is_whole: bool = False
) -> Return:
    """As it would stand, without the acts that led there: those of Camden's newest are real."""
    unit, board, due = Organisation.objects.unit_of(borough), board_of(borough), due_day(year)
    signed = status not in ("draft", "checked")
    form, done = edition.form, HALF if status == "draft" and not is_whole else MANY
    register = {} if signed else counts(form.cells.values(), borough, year)
    content = _said(form, _figures(borough.slug, year, register), done)
    made = Return(
        territory=borough,
        organisation=unit,
        board=board,
        reference=next_reference(borough, "R", year + 1),
        year=year,
        edition=edition.slug,
        content=edition.content,
        status=status,
        opened_at=_at(date(year + 1, 4, 2)),
    )
    if signed:
        made.signed_at, made.signed_by = _at(due + _days_after(borough.slug, year)), _chair(unit, due)
        made.content_hash = fingerprint({"year": year, **as_json(content, form)})
        made.tabled_on = due + timedelta(days=60) if status in ("tabled", "closed") else None
        made.closed_on = due + timedelta(days=75) if status == "closed" else None
    made.save()
    figures = list(_rows(Figure, made, content.figures, "value"))
    Figure.objects.bulk_create(_explained(made, figures, register))
    Answer.objects.bulk_create(
        [*_rows(Answer, made, content.texts, "text"), *_rows(Answer, made, content.answers, "choice")]
    )
    Section.objects.bulk_create(
        Section(
            territory=borough,
            data_return=made,
            question=q.number,
            is_done=q.number <= done,
            edited_at=made.opened_at,
        )
        for q in form.questions
    )
    Standing.objects.create(
        territory=borough.parent,
        about=borough,
        year=year,
        reference=made.reference,
        edition=made.edition,
        status=status,
        questions=len(form.questions),
        completed=min(done, len(form.questions)),
        due_on=due,
        sent_on=made.signed_at.date() if status in ("sent", "tabled", "closed") else None,
        closed_on=made.closed_on,
    )
    return made


def _days_after(slug: str, year: int) -> timedelta:
    """The due day: most are signed before it."""
    dice = random.Random(f"signed {slug} {year}")
    return timedelta(days=dice.randint(1, 25) if dice.random() < LATE else -dice.randint(1, 30))


def _said(form: Form, figures: dict[str, int], done: int) -> Content:
    """Up to this question."""
    upto = lambda key: form.question_of(key).number <= done  # noqa: E731
    return Content(
        {key: value for key, value in figures.items() if upto(key)},
        {key: text for key, text in TEXTS.items() if upto(key)},
        {"q8": "yes"} if done >= 8 else {},
    )


def _rows(model, made: Return, values: dict, field: str) -> Iterator:
    return (
        model(territory_id=made.territory_id, data_return=made, key=key, **{field: value})
        for key, value in values.items()
    )


def _explained(made: Return, figures: list[Figure], register: dict[str, int]) -> list[Figure]:
    """Where they differ from the case register they say why."""
    cells = made.form.cells
    for figure in figures:
        figure.register = register.get(figure.key)
        if differs(figure.value, figure.register):
            figure.reason = ALONE if cells[figure.key].level == 1 else TRANSFERS
    return figures


def _figures(slug: str, year: int, register: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """Of a borough that is larger or smaller than others and changes a little each year; they agree with each other.

    At Levels 2 and 3 as many as its ``register`` knows.
    """
    size, dice = random.Random(slug).uniform(0.5, 1.6), random.Random(f"{slug} {year}")
    around = lambda number: max(0, round(number * size * dice.uniform(0.9, 1.12)))  # noqa: E731
    managers = {
        m: around(n) for m, n in (("police", 150), ("probation", 62), ("csc", 2), ("yos", 3), ("other", 2))
    }
    one, two, three = sum(managers.values()), around(6), dice.choice((0, 0, 1, 1, 2))
    totals = {1: one, 2: register.get("q1_l2", two), 3: register.get("q1_l3", three)}
    found = {f"q1_l1_{m}": n for m, n in managers.items()} | {f"q1_l{lv}": n for lv, n in totals.items()}
    shares = {2: (0.02, 0.1, 0), 3: (0.3, 0.3, 0.3), 4: (0, 0, 0), 5: (0.35, 0.4, 0.5), 6: (0.25, 0.5, 0.5)}
    for question, by_level in shares.items():
        found |= {f"q{question}_l{lv}": int(totals[lv] * share) for lv, share in enumerate(by_level, start=1)}
    found["q2_l1"] = max(found["q2_l1"], managers["yos"])
    for lv, total in totals.items():
        parts = {"low": 0.1, "medium": 0.2, "high": 0.12, "veryhigh": 0.02}
        found |= {f"q7_l{lv}_{band}": int(total * share) for band, share in parts.items()}
    return found | {"q10": 0}


def _chair(unit: Organisation, day: date) -> User | None:
    held = (
        in_post([unit], day, seats=[Seat.CHAIR]).first()
        or in_post([unit], now().date(), seats=[Seat.CHAIR]).first()
    )
    return held.user if held else None


def _at(day: date) -> datetime:
    return datetime.combine(day, AT, get_current_timezone())


def _walk(made: Return, today: date) -> None:
    """Checked and signed by its chair; the worker seals the document, then the board is given it."""
    chair = _chair(made.organisation, due_day(made.year))
    if chair is not None:
        made = sign(pass_check(made, by=chair), by=chair, at=_at(due_day(made.year) - timedelta(days=12)))
        _give_copies(file_of(made), today, chair)


def _give_copies(document: Document, today: date, by: User) -> None:
    """Two came back, one should have, one is on time."""
    for holder, issued, back in COPIES:
        day = today - timedelta(days=issued)
        copy = issue(document, holder=holder, issued_on=day, due_on=due_back(day), today=today, by=by)
        copy.returned_on = today - timedelta(days=back) if back else None
        copy.chased_on = today - timedelta(days=5) if copy.is_overdue(today) else None
        copy.save()
