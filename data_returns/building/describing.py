"""A question of a form in a few lines, for whoever builds it."""

from collections.abc import Iterator

from data_returns.building import sources
from data_returns.building.asking import Asking
from data_returns.building.words import BASIS, NEEDED, POSITION, SHAPES
from data_returns.form import Question, levels_in_words
from mappa_portal.templatetags.govuk import Row


def lines_of(data: dict, question: Question) -> Iterator[Row]:
    said = Asking.of(data)
    if question.cells:
        yield Row("Numbers", _numbers(said))
        yield Row("They count", BASIS[said.basis or POSITION])
    if said.source:
        yield Row("Case register", sources.in_words(said.source))
    if question.choice:
        answers = ", ".join(label for _, label in question.choice.options)
        needs = f". A comment is needed for {', '.join(said.reason)}" if said.reason else ""
        yield Row("Choice", f"{answers}{needs}")
    if said.texts:
        yield Row("Texts", "; ".join(_text(text) for text in said.texts))
    yield Row("Name in files", question.base)


def _numbers(said: Asking) -> str:
    if said.shape == "bands":
        return f"One for each level and band: {', '.join(said.bands)}"
    if said.shape == "one":
        return said.label
    parts = f". {levels_in_words(list(said.parts_of))} also: {', '.join(said.parts)}" if said.parts else ""
    return f"{SHAPES[said.shape]}{parts}"


def _text(text) -> str:
    needed = f" ({NEEDED[text.needed][1]})" if text.needed else ""
    attends = ", with whether it attends" if text.attends is not None else ""
    return f"{text.label}{attends}{needed}"
