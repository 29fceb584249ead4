"""A return as a workbook: one row for each figure, choice and comment; to be filled in and handed in again."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from data_returns.content import Content, whole
from data_returns.form import LARGEST, Form, Question
from data_returns.models import Figure
from mappa_portal.words import plural

COLUMNS = ["Key", "Question", "What is asked", "Your answer"]
KEY, ANSWER = COLUMNS[0], COLUMNS[3]
MOST_ROWS, MOST_COLUMNS = 500, 50
BLANKS = {label.casefold(): value for value, label in Figure.Blank.choices}


@dataclass(frozen=True)
class Asked:
    """One row. ``kind``: figure, answer or text; a key may be asked as two kinds."""

    kind: str
    key: str
    question: Question
    label: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What the first column says."""
        return self.key if self.kind == "figure" else f"{self.key} {self.kind}"


def asked(form: Form) -> Iterator[Asked]:
    """In the order of the form."""
    for question in form.questions:
        for cell in question.cells:
            yield Asked("figure", cell.key, question, cell.label)
        if question.choice:
            yield Asked(
                "answer", question.choice.key, question, question.choice.label, question.choice.options
            )
        for text in question.texts:
            if options := form.choices.get(text.key) if text.attends is not None else None:
                yield Asked("answer", text.key, question, f"{text.label}: is it represented?", options)
            yield Asked("text", text.key, question, text.label)


# -- Writing --


def rows(form: Form, content: Content) -> list[list]:
    return [[a.name, a.question.number, _asks(a), said_in(a, content)] for a in asked(form)]


def _asks(row: Asked) -> str:
    words = f"{row.question.text} {row.label}"
    if row.kind == "figure":
        return f"{words} (a number; {', '.join(BLANKS)})"
    return f"{words} ({', '.join(label for _, label in row.options)})" if row.options else words


def said_in(row: Asked, content: Content) -> int | str | None:
    """In words, or the number; None is empty."""
    if row.kind == "figure":
        blank = dict(Figure.Blank.choices).get(content.blanks.get(row.key, ""))
        return content.figures.get(row.key, blank)
    if row.kind == "answer":
        return dict(row.options).get(content.answers.get(row.key, ""))
    return content.text(row.key) or None


# -- Reading --


class Unreadable(ValueError):
    """``faults``: what is wrong, each with the cell where it stands."""

    def __init__(self, faults: Iterable[str]):
        self.faults = list(faults)
        super().__init__(plural(len(self.faults), "fault"))


def read(data: bytes, form: Form) -> Content:
    """Of the one visible sheet. What a hidden sheet or a merged cell says is not guessed at."""
    sheet = _sheet(data)
    at = _columns(sheet)
    known, faults, given = {a.name: a for a in asked(form)}, [], {}
    for line in sheet.iter_rows(min_row=2, max_col=MOST_COLUMNS):
        name = str(line[at[KEY]].value or "").strip().removeprefix("'")
        cell = line[at[ANSWER]]
        if not name:
            continue
        if name not in known:
            faults.append(f"Cell {line[at[KEY]].coordinate}: the form has no “{name[:40]}”.")
        elif name in given:
            faults.append(f"Cell {line[at[KEY]].coordinate}: “{name}” stands in the sheet twice.")
        else:
            given[name] = (known[name], cell)
    content = _content(given.values(), faults)
    if faults:
        raise Unreadable(faults)
    return content


def _sheet(data: bytes):
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
    except Exception:
        raise Unreadable(
            ["The workbook cannot be read. Open it, save it again as .xlsx and choose it."]
        ) from None
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(visible) != 1 or len(book.worksheets) != 1:
        hidden = len(book.worksheets) - len(visible)
        raise Unreadable(
            [
                f"The workbook has {plural(len(book.worksheets), 'sheet')}, {hidden} hidden. Keep the one to import."
            ]
        )
    sheet = visible[0]
    if sheet.merged_cells.ranges:
        where = ", ".join(sorted(str(found) for found in sheet.merged_cells.ranges)[:5])
        raise Unreadable([f"Cells are merged: {where}. Split them and save the file again."])
    if sheet.max_row > MOST_ROWS:
        raise Unreadable([f"The sheet has {sheet.max_row:,} rows. A return has fewer than {MOST_ROWS}."])
    return sheet


def _columns(sheet) -> dict[str, int]:
    head = next(sheet.iter_rows(min_row=1, max_row=1, max_col=MOST_COLUMNS, values_only=True), ())
    found = {str(name).strip(): place for place, name in enumerate(head) if name}
    if missing := {KEY, ANSWER} - found.keys():
        names = ", ".join(sorted(f"“{name}”" for name in missing))
        raise Unreadable([f"Row 1 has no column {names}. Start from the workbook that this page gives you."])
    return found


def _content(given: Iterable[tuple[Asked, object]], faults: list[str]) -> Content:
    figures, texts, answers, blanks = {}, {}, {}, {}
    for row, cell in given:
        value = cell.value.strip() if isinstance(cell.value, str) else cell.value
        if value is None or value == "":
            continue
        if row.kind == "text":
            texts[row.key] = str(value).removeprefix("'")
        elif row.kind == "answer":
            _answer(row, str(value), cell, answers, faults)
        elif (blank := BLANKS.get(str(value).casefold())) is not None:
            blanks[row.key] = blank
        else:
            _figure(row, value, cell, figures, faults)
    return Content(figures, texts, answers, blanks)


def _answer(row: Asked, value: str, cell, answers: dict, faults: list[str]) -> None:
    options = {label.casefold(): option for option, label in row.options}
    if (chosen := options.get(value.casefold())) is not None:
        answers[row.key] = chosen
    else:
        allowed = ", ".join(label for _, label in row.options)
        faults.append(f"Cell {cell.coordinate}: must be one of {allowed}, not “{value[:40]}”.")


def _figure(row: Asked, value, cell, figures: dict, faults: list[str]) -> None:
    number = whole(value)
    if number is None:
        faults.append(f"Cell {cell.coordinate}: {row.label} must be a whole number, like 14.")
    elif not 0 <= number <= LARGEST:
        faults.append(f"Cell {cell.coordinate}: {row.label} must be from 0 to {LARGEST:,}.")
    else:
        figures[row.key] = number
