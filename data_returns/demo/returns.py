"""One return as it would stand, without the acts that led there."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone, now

from accounts.models import User
from boards.directory import in_post
from boards.models import Organisation, Territory
from boards.references import next_reference
from boards.roles import Seat
from data_returns.actions.entry import differs
from data_returns.actions.opening import board_of, due_day
from data_returns.content import as_json
from data_returns.demo.figures import content_of, figures_of
from data_returns.evidence import fingerprint
from data_returns.models import Answer, Edition, Figure, Return, Section, Standing
from data_returns.register import counts

ALONE = "Most Level 1 cases are managed by one agency alone and stand in its register, not in ours."
TRANSFERS = "Transfers between boroughs at the end of March were entered later."
AT = time(10)
LATE = 0.12  # of the returns
HALF, MANY = 4, 99  # questions that a draft has got to


def made_up(
    borough: Territory, year: int, edition: Edition, status: str, *, is_whole: bool = False
) -> Return:
    """As it would stand, without the acts that led there: those of Camden's newest are real."""
    unit, board, due = Organisation.objects.unit_of(borough), board_of(borough), due_day(year)
    signed = status not in ("draft", "checked")
    form, done = edition.form, HALF if status == "draft" and not is_whole else MANY
    register = {} if signed else counts(form.cells.values(), borough, year)
    content = content_of(form, figures_of(borough.slug, year, register), done)
    made = Return(
        territory=borough,
        organisation=unit,
        board=board,
        reference=next_reference(borough, "R", year + 1),
        year=year,
        edition=edition.slug,
        content=edition.content,
        status=status,
        opened_at=morning(date(year + 1, 4, 2)),
    )
    if signed:
        made.signed_at, made.signed_by = morning(due + _days_after(borough.slug, year)), chair_of(unit, due)
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


def chair_of(unit: Organisation, day: date) -> User | None:
    held = (
        in_post([unit], day, seats=[Seat.CHAIR]).first()
        or in_post([unit], now().date(), seats=[Seat.CHAIR]).first()
    )
    return held.user if held else None


def morning(day: date) -> datetime:
    return datetime.combine(day, AT, get_current_timezone())
