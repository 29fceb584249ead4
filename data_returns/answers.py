"""All that a return says, a card for each question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from data_returns.attending import Said
from data_returns.evidence import sources_of
from data_returns.form import Question
from data_returns.models import Figure, Return
from mappa_portal.templatetags.govuk import Row

NOTHING = "Not filled in"


@dataclass(frozen=True)
class Card:
    question: Question
    rows: list[Row]


def cards(data_return: Return, attending: Mapping[str, Sequence[Said]]) -> list[Card]:
    figures = {figure.key: figure for figure in data_return.figures.all()}
    return [
        Card(question, [*_figures(data_return, question, figures), *_texts(data_return, question, attending)])
        for question in data_return.form.questions
    ]


def _figures(data_return: Return, question: Question, figures: dict[str, Figure]) -> Iterator[Row]:
    sources = sources_of(data_return)
    for cell in question.cells:
        figure = figures.get(cell.key)
        said = in_words(figure)
        if figure and figure.reason:
            said = f"{said}. {figure.explained}"
        place = [data_return.territory.slug, data_return.year, question.number, cell.key]
        url = reverse("data_returns:records", args=place) if cell.source in sources else ""
        yield Row(cell.label, said, url, "Show cases")


def in_words(figure: Figure | None) -> str:
    """A number, not known, not applicable, not filled in: four things."""
    if figure is None:
        return NOTHING
    return str(figure.value) if figure.value is not None else figure.get_blank_display() or NOTHING


def _texts(data_return: Return, question: Question, attending) -> Iterator[Row]:
    said, choices = data_return.said(), data_return.form.choices
    if question.choice:
        chosen = dict(question.choice.options).get(said.answers.get(question.choice.key, ""))
        yield Row(question.choice.label, chosen or NOTHING)
    for text in question.texts:
        chosen = (
            dict(choices[text.key]).get(said.answers.get(text.key, "")) if text.attends is not None else ""
        )
        parts = [part for part in (chosen, said.text(text.key)) if part]
        said_of_it = ". ".join(parts) or ("No comment" if question.cells else NOTHING)
        yield Row(text.label, _with_lines(said_of_it, attending.get(text.key, ())))


def _with_lines(said: str, lines: Sequence[Said]):
    context = {"lines": lines}
    return (
        said
        if not lines
        else format_html(
            '<p class="govuk-body">{}</p>{}', said, render_to_string("data_returns/attending.html", context)
        )
    )
