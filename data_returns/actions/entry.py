"""Filling in: one question at a time, or all that a file says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from audit.events import record
from data_returns.actions.opening import mirror
from data_returns.content import Content
from data_returns.form import Cell
from data_returns.models import Answer, Figure, Return, Section
from data_returns.register import counts
from data_returns.rules import RETURN_RULES
from mappa_portal.exceptions import StaleEdit


@dataclass(frozen=True)
class Entered:
    """One cell as it was filled in. ``blank`` says why it has no number: not known, or not applicable."""

    value: int | None = None
    blank: str = ""
    register: int | None = None
    reason: str = ""


def differs(value: int | None, counted: int | None) -> bool:
    return None not in (value, counted) and value != counted


def missing(
    cell: Cell, entered: Entered | Figure | None, register: Mapping[str, int]
) -> tuple[str, str] | None:
    """Which field of a cell still waits, and what to do there."""
    if entered is None or (entered.value is None and not entered.blank):
        return f"figure-{cell.key}", f"Enter {cell.label}, or select why there is no number"
    if said := unexplained(cell, entered, register):
        return f"reason-{cell.key}", said
    return None


def unexplained(cell: Cell, entered: Entered | Figure, register: Mapping[str, int]) -> str:
    """What to say of a figure that takes the place of the register's without a reason.

    A reason stands for the two figures that it was written about: when the register has moved on, it is asked again.
    """
    counted = register.get(cell.key)
    if not differs(entered.value, counted) or (entered.reason and entered.register == counted):
        return ""
    said = f"Enter why {cell.label}, {entered.value}, differs from the case register, {counted}"
    if not entered.reason:
        return said
    then = "could not say" if entered.register is None else f"counted {entered.register}"
    return f"{said} now. “{entered.reason}” was written when it {then}"


def take(data_return: Return, *, by) -> Return:
    """Locked to the end of the transaction; a signed one is never changed."""
    found = Return.objects.select_for_update(of=["self"]).select_related("organisation", "territory__parent")
    data_return = found.get(pk=data_return.pk)
    RETURN_RULES.require("fill", data_return, by=by)
    return data_return


@transaction.atomic
def save_question(
    data_return: Return,
    number: int,
    *,
    figures: Mapping[str, Entered],
    texts: Mapping[str, str],
    answers: Mapping[str, str],
    cleared: Mapping[str, list[str]],
    is_done: bool,
    revision: int,
    by,
    at: datetime,
) -> Section:
    """What the page of one question says. Two people may fill in two questions at once; one question is one's."""
    data_return = take(data_return, by=by)
    section = Section.objects.select_for_update(of=["self"]).get(data_return=data_return, question=number)
    if section.revision != revision:
        raise StaleEdit(section)
    changed = _write_figures(data_return, figures) | _write_answers(data_return, texts, answers, cleared)
    section.is_done, section.edited_at, section.edited_by = is_done, at, by
    section.revision += 1
    section.save()
    if changed or not is_done:
        _reopen(data_return, changed, by)
    mirror(data_return)
    _say_cleared(data_return, cleared, by)
    return section


@transaction.atomic
def import_content(
    data_return: Return, content: Content, *, revision: int | None = None, by, at: datetime
) -> set[str]:
    """Everything that a file says takes the place of what is there; gives the keys that changed.

    ``revision``: of the return that somebody saw the file beside; StaleEdit when it has changed since.
    """
    data_return = take(data_return, by=by)
    if revision is not None and revision != data_return.revision:
        raise StaleEdit(data_return)
    form = data_return.form
    register = counts(form.cells.values(), data_return.territory, data_return.year)
    before = {figure.key: figure for figure in data_return.figures.all()}
    entered = {key: _from_file(content, before.get(key), key, register) for key in form.cells}
    changed = _write_figures(data_return, entered)
    texts = {key: content.text(key) for key in form.texts}
    answers = {key: content.answers.get(key, "") for key in form.choices}
    changed |= _write_answers(data_return, texts, answers, {})
    for question in form.questions:
        if changed & set(question.keys):
            found = Section.objects.filter(data_return=data_return, question=question.number)
            is_done = not any(missing(cell, entered[cell.key], register) for cell in question.cells)
            found.update(is_done=is_done, revision=F("revision") + 1, edited_at=at, edited_by=by)
    if changed:
        _reopen(data_return, changed, by)
    mirror(data_return)
    return changed


def _from_file(content: Content, before: Figure | None, key: str, register: Mapping[str, int]) -> Entered:
    """Why a figure differs from the register stays with the two that it was written about."""
    value = content.figures.get(key)
    if before is not None and before.reason and before.value == value:
        return Entered(value, content.blanks.get(key, ""), before.register, before.reason)
    return Entered(value, content.blanks.get(key, ""), register.get(key))


def _say_cleared(data_return: Return, cleared: Mapping[str, list[str]], by) -> None:
    """Whose comments, never the words."""
    if keys := sorted(key for key, words in cleared.items() if words):
        record("return.words_cleared", data_return, by=by, after={"comments": keys})


def _write_figures(data_return: Return, entered: Mapping[str, Entered]) -> set[str]:
    known = {f.key: f for f in data_return.figures.all()}
    changed = []
    for key, new in entered.items():
        figure = known.get(key) or Figure(
            territory_id=data_return.territory_id, data_return=data_return, key=key
        )
        if Entered(figure.value, figure.blank, figure.register, figure.reason) != new:
            figure.value, figure.blank, figure.register, figure.reason = (
                new.value,
                new.blank,
                new.register,
                new.reason,
            )
            changed.append(figure)
    return _upsert(Figure, changed, ["value", "blank", "register", "reason"])


def _write_answers(data_return: Return, texts, answers, cleared) -> set[str]:
    known = {a.key: a for a in data_return.answers.all()}
    changed = []
    for key in {*texts, *answers}:
        answer = known.get(key) or Answer(
            territory_id=data_return.territory_id, data_return=data_return, key=key
        )
        before = answer.text, answer.choice, answer.cleared
        answer.text = texts.get(key, answer.text).strip()
        answer.choice = answers.get(key, answer.choice)
        answer.cleared = sorted({*answer.cleared, *cleared.get(key, ())})
        if (answer.text, answer.choice, answer.cleared) != before:
            changed.append(answer)
    return _upsert(Answer, changed, ["text", "choice", "cleared"])


def _upsert(model, rows: list, fields: list[str]) -> set[str]:
    unique = ["territory", "data_return", "key"]
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=fields)
    return {row.key for row in rows}


def _reopen(data_return: Return, keys: set[str], by) -> None:
    """A return that was ready to sign is a draft again."""
    data_return.status = Return.Status.DRAFT
    data_return.revision += 1
    data_return.save(update_fields=["status", "revision"])
    record("return.filled_in", data_return, by=by, after={"changed": sorted(keys)})
