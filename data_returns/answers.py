"""All that a return says, a card for each question."""

from collections.abc import Iterator
from dataclasses import dataclass

from data_returns.form import Question
from data_returns.models import Figure, Return
from mappa_portal.templatetags.govuk import Row

NOTHING = "Not filled in"


@dataclass(frozen=True)
class Card:
    question: Question
    rows: list[Row]


def cards(data_return: Return) -> list[Card]:
    figures = {figure.key: figure for figure in data_return.figures.all()}
    return [
        Card(question, [*_figures(question, figures), *_texts(data_return, question)])
        for question in data_return.form.questions
    ]


def _figures(question: Question, figures: dict[str, Figure]) -> Iterator[Row]:
    for cell in question.cells:
        figure = figures.get(cell.key)
        said = in_words(figure)
        if figure and figure.reason:
            said = f"{said}. The case register counts {figure.register}: {figure.reason}"
        yield Row(cell.label, said)


def in_words(figure: Figure | None) -> str:
    """A number, not known, not applicable, not filled in: four things."""
    if figure is None:
        return NOTHING
    return str(figure.value) if figure.value is not None else figure.get_blank_display() or NOTHING


def _texts(data_return: Return, question: Question) -> Iterator[Row]:
    said, choices = data_return.said(), data_return.form.choices
    if question.choice:
        chosen = dict(question.choice.options).get(said.answers.get(question.choice.key, ""))
        yield Row(question.choice.label, chosen or NOTHING)
    for text in question.texts:
        chosen = (
            dict(choices[text.key]).get(said.answers.get(text.key, "")) if text.attends is not None else ""
        )
        parts = [part for part in (chosen, said.text(text.key)) if part]
        yield Row(text.label, ". ".join(parts) or ("No comment" if question.cells else NOTHING))
