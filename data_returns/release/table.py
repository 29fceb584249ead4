"""A rendition as a table: the same rows on the page, in the file, on paper."""

from collections.abc import Iterable
from dataclasses import dataclass

from data_returns.form import Form
from data_returns.models import Edition, Rendition
from mappa_portal.suppression import hiding

KEY = (
    *hiding.KEY,
    ("[z]", "not applicable"),
    ("[r]", "revised since the version released before"),
)
COLUMNS = ["Figure", "Released"]


@dataclass(frozen=True)
class Line:
    question: int
    key: str
    label: str
    value: int | str  # a number or a symbol
    revised: bool

    @property
    def shown(self) -> str:
        return f"{in_words(self.value)} [r]" if self.revised else in_words(self.value)


def in_words(value: int | str) -> str:
    """A number or the symbol in brackets."""
    return f"{value:,}" if isinstance(value, int) else f"[{value}]"


def lines(rendition: Rendition, form: Form) -> list[Line]:
    return [
        Line(
            question.number,
            cell.key,
            cell.label,
            rendition.cells.get(cell.key, Rendition.NOT_KNOWN),
            cell.key in rendition.revised,
        )
        for question in form.questions
        for cell in question.cells
    ]


def form_of(rendition: Rendition) -> Form:
    return Edition.objects.get(territory=rendition.territory_id, slug=rendition.edition).form


def count_hidden(rendition: Rendition) -> int:
    return sum(value == Rendition.HIDDEN for value in rendition.cells.values())


def choices(rendition: Rendition, form: Form) -> Iterable[tuple[str, str]]:
    """Questions that are answered by a choice, in words; comments are never released."""
    for question in form.questions:
        if question.choice and (said := rendition.answers.get(question.choice.key)):
            yield question.choice.label, dict(question.choice.options).get(said, said)
