"""A borough's return of a year is opened; a correction is its next version."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.timezone import localdate

from audit.events import record
from boards.models import Organisation, Territory
from boards.references import next_reference
from data_returns.editions import edition_of
from data_returns.models import Answer, Figure, Query, Return, Round, Section, Standing
from data_returns.rules import RETURN_RULES, UNOPENED_RULES, Unopened
from data_returns.years import in_words, last_day, last_year
from mappa_portal.exceptions import Conflict

DUE = (
    6,
    30,
)  # of the year in which the reporting year ends, unless the area says otherwise (domain register 6)


def due_day(year: int) -> date:
    return date(year + 1, *DUE)


def due_in(area: Territory, year: int) -> date:
    """As its round says, if there is one."""
    said = Round.objects.filter(territory=area, year=year).values_list("due_on", flat=True).first()
    return said or due_day(year)


def open_due(unit: Organisation, *, by, at: datetime) -> Return:
    """The unit's return of the newest year that has ended."""
    UNOPENED_RULES.require("open", Unopened(unit), by=by)
    return open_return(unit.territory, last_year(localdate(at)), by=by, at=at)


@transaction.atomic
def open_return(borough: Territory, year: int, *, by, at: datetime) -> Return:
    """Once a borough and year: again finds the one that is there. Whoever calls has asked who may."""
    Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=borough.pk)
    if found := Return.objects.filter(territory=borough, year=year).first():
        return found
    if localdate(at) <= last_day(year):
        raise Conflict(f"The {in_words(year)} return opens on 1 April {year + 1}")
    unit = Organisation.objects.unit_of(borough)
    edition = edition_of(borough.parent, year, today=localdate(at))
    data_return = Return.objects.create(
        territory=borough,
        organisation=unit,
        board=board_of(borough),
        reference=next_reference(borough, "R", year + 1),
        year=year,
        edition=edition.slug,
        content=edition.content,
        opened_at=at,
    )
    _add_sections(data_return, at)
    named = {"territory": borough.parent, "about": borough, "year": year}
    if not Standing.objects.filter(**named).exists():
        Standing.objects.create(**named, status=Standing.PLANNED, due_on=due_in(borough.parent, year))
    mirror(data_return)
    record("return.opened", data_return, by=by, after={"year": year, "edition": edition.slug})
    return data_return


def board_of(borough: Territory) -> Organisation:
    """The safeguarding board that covers it."""
    found = Organisation.objects.filter(kind=Organisation.Kind.BOARD, coverage__borough=borough).first()
    if found is None:
        raise ValidationError(f"{borough} has no safeguarding board. Add one under Organisations.")
    return found


@transaction.atomic
def correct(data_return: Return, *, reason: str, by, at: datetime) -> Return:
    """The next version, with everything that the signed one says and what the board still asks; that one is history."""
    Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=data_return.territory_id)
    data_return = Return.objects.select_for_update().get(pk=data_return.pk)
    RETURN_RULES.require("correct", data_return, by=by)
    if Return.objects.filter(
        territory=data_return.territory_id, year=data_return.year, number__gt=data_return.number
    ):
        raise Conflict("A later version of this return has been started already.")
    if not reason.strip():
        raise ValidationError({"reason": "Enter what is corrected, and why"})
    following = Return.objects.create(
        **{name: getattr(data_return, name) for name in _KEPT},
        number=data_return.number + 1,
        reason=reason.strip(),
        opened_at=at,
    )
    _copy(data_return, following)
    data_return.queries.exclude(status=Query.Status.CLOSED).update(data_return=following)
    _add_sections(following, at, done=True)
    mirror(following)
    record("return.corrected", following, by=by, reason=reason, after={"number": following.number})
    return following


_KEPT = ("territory", "organisation", "board", "reference", "year", "edition", "content")


def _copy(old: Return, new: Return) -> None:
    for model, fields in ((Figure, FIGURE), (Answer, ANSWER)):
        rows = model.objects.filter(data_return=old)
        model.objects.bulk_create(
            model(territory_id=new.territory_id, data_return=new, **{f: getattr(row, f) for f in fields})
            for row in rows
        )


FIGURE, ANSWER = ("key", "value", "blank", "register", "reason"), ("key", "text", "choice", "cleared")


def _add_sections(data_return: Return, at: datetime, *, done: bool = False) -> None:
    Section.objects.bulk_create(
        Section(
            territory_id=data_return.territory_id,
            data_return=data_return,
            question=question.number,
            is_done=done,
            edited_at=at,
        )
        for question in data_return.form.questions
    )


def mirror(data_return: Return) -> None:
    """What the area sees follows: the state, the version, how far it is, no figure; what was accepted stays so.

    A version that is history changes nothing of it.
    """
    if data_return.is_superseded:
        return
    fields = ("reference", "status", "number", "edition", *(["closed_on"] if data_return.closed_on else []))
    values = {name: getattr(data_return, name) for name in fields}
    done = Count("pk", filter=Q(is_done=True))
    far = data_return.sections.aggregate(questions=Count("pk"), completed=done)
    Standing.objects.filter(about=data_return.territory_id, year=data_return.year).update(**values, **far)
