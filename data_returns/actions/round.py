"""The round of a year: opened for all boroughs, extended for some, those who are late are chased."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from audit.events import record
from boards.models import Territory
from data_returns.models import Round, Standing
from data_returns.round import left_out
from data_returns.rules import ROUND_RULES, STANDING_RULES
from data_returns.years import in_words, last_day
from mappa_portal.exceptions import Conflict
from mappa_portal.words import long_date
from outbox.jobs import post


@transaction.atomic
def open_round(area: Territory, year: int, *, due_on: date, by, at: datetime) -> Round:
    """A job opens each borough's return; what boroughs opened themselves joins. Again is the same as once."""
    ROUND_RULES.require("run", Round(territory=area, year=year), by=by)
    Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=area.pk)
    if found := Round.objects.filter(territory=area, year=year).first():
        return found
    today = localdate(at)
    if today <= last_day(year):
        raise Conflict(f"The {in_words(year)} return opens on 1 April {year + 1}")
    _refuse_past(due_on, today)
    made = Round.objects.create(territory=area, year=year, due_on=due_on, opened_at=at)
    made.standings.unsigned().update(due_on=due_on)
    record("round.opened", made, by=by, after={"year": year, "due_on": due_on})
    _promise(made)
    return made


@transaction.atomic
def open_rest(round_: Round, *, by) -> Round:
    """For boroughs that had no unit or board when the round was opened."""
    round_ = _held(round_)
    ROUND_RULES.require("run", round_, by=by)
    if opened := _promise(round_):
        record("round.went_on", round_, by=by, after={"boroughs": opened})
    return round_


def _promise(round_: Round) -> int:
    """One job for each borough that can have a return and has none; gives how many."""
    boroughs = round_.territory.children.exclude(pk__in=round_.standings.values("about"))
    closed = left_out(boroughs)
    planned = Standing.objects.bulk_create(
        Standing(
            territory=round_.territory,
            about=borough,
            year=round_.year,
            status=Standing.PLANNED,
            due_on=round_.due_on,
        )
        for borough in boroughs
        if borough.pk not in closed
    )
    for standing in planned:
        post("data_returns.open_in_round", standing)
    return len(planned)


@transaction.atomic
def change_due(round_: Round, *, due_on: date, was: date, today: date, by) -> Round:
    """For all boroughs, until the first has signed; ``was`` is the day that the person saw."""
    round_ = _held(round_)
    ROUND_RULES.require("change_due", round_, by=by)
    if round_.due_on not in (was, due_on):
        said = f"Somebody changed the due day to {long_date(round_.due_on)}. Check it, then save yours"
        raise ValidationError({"due_on": said})
    _refuse_past(due_on, today)
    before, round_.due_on = round_.due_on, due_on
    if before == due_on:
        return round_
    round_.save(update_fields=["due_on"])
    round_.standings.update(due_on=due_on)
    record("round.due_changed", round_, by=by, before={"due_on": before}, after={"due_on": due_on})
    return round_


def _refuse_past(due_on: date, today: date) -> None:
    if due_on <= today:
        raise ValidationError({"due_on": "Due day must be in the future"})


@transaction.atomic
def extend(
    round_: Round, boroughs: Collection[str], *, to: date, reason: str, today: date, by, at: datetime
) -> list[Standing]:
    """More time for these boroughs; the same again changes nothing."""
    chosen = _chosen(round_, boroughs, "extend", by)
    if not reason.strip():
        raise ValidationError({"reason": "Enter why they are given more time"})
    latest = max(standing.due_on for standing in chosen)
    if to <= latest:
        raise ValidationError({"to": f"New due day must be after {long_date(latest)}"})
    if to < today:
        raise ValidationError({"to": "New due day must be today or in the future"})
    for standing in chosen:
        if (standing.extended_to, standing.extension_reason) != (to, reason.strip()):
            before, standing.extended_to = standing.extended_to, to
            standing.extension_reason = reason.strip()
            standing.extended_by, standing.extended_at = by, at
            standing.save(update_fields=EXTENSION)
            _record("return.extended", standing, by, before, reason=standing.extension_reason)
    return chosen


EXTENSION = ["extended_to", "extension_reason", "extended_by", "extended_at"]


@transaction.atomic
def take_back(round_: Round, boroughs: Collection[str], *, by) -> list[Standing]:
    """The day of the round holds again."""
    chosen = _chosen(round_, boroughs, "take_back", by)
    for standing in chosen:
        before, standing.extended_to, standing.extension_reason = standing.extended_to, None, ""
        standing.extended_by = standing.extended_at = None
        standing.save(update_fields=EXTENSION)
        _record("return.extension_taken_back", standing, by, before)
    return chosen


def _record(name: str, standing: Standing, by, before: date | None, reason: str = "") -> None:
    days = {"before": {"due": before or standing.due_on}, "after": {"due": standing.due}}
    record(name, standing, by=by, reason=reason, **days)


@transaction.atomic
def chase(round_: Round, boroughs: Collection[str], *, today: date, by) -> list[Standing]:
    """A letter to each borough's administrators and chair, once a day."""
    chosen = _chosen(round_, boroughs, "chase", by)
    if again := [f"{s.about} was already chased today" for s in chosen if s.chased_on == today]:
        raise ValidationError({"boroughs": again})
    for standing in chosen:
        standing.chased_on = today
        standing.save(update_fields=["chased_on"])
        record("return.chased", standing, by=by)
        post("data_returns.chase", standing, key=str(today))
    return chosen


def _chosen(round_: Round, boroughs: Collection[str], rule: str, by) -> list[Standing]:
    """Locked; every borough for which it is the wrong moment is named."""
    ROUND_RULES.require("run", round_, by=by)
    found = round_.standings.filter(about__slug__in=boroughs).select_related("about").order_by("about__name")
    chosen, refused = list(found.select_for_update(of=["self"])), []
    if not chosen:
        raise ValidationError({"boroughs": "Select at least one borough"})
    for standing in chosen:
        standing.parties = round_.parties
        try:
            STANDING_RULES.require(rule, standing, by=by)
        except Conflict as conflict:
            refused.append(str(conflict))
    if refused:
        raise ValidationError({"boroughs": refused})
    return chosen


def _held(round_: Round) -> Round:
    return Round.objects.select_for_update(of=["self"]).select_related("territory").get(pk=round_.pk)
