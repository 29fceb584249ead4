"""What keeps a form from being published, each beside its cause."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from data_returns.building import sources
from data_returns.building.words import BASIS
from data_returns.form import Form, Question, Relation
from data_returns.workbook import MOST_ROWS, asked
from mappa_portal.words import lower_first

LONGEST_KEY, LONGEST_ANSWER = 40, 20  # what the tables of returns have room for


@dataclass(frozen=True)
class Problem:
    """``question``: its number; ``check``: the place of a cross-check, ``code`` its code; neither is the whole form."""

    text: str
    question: int = 0
    check: int = 0
    code: str = ""


def problems_of(form: Form) -> list[Problem]:
    found = [Problem(text) for text in _of_whole(form)]
    for question in form.questions:
        found += [Problem(text, question=question.number) for text in _of_question(form, question)]
    for place, relation in enumerate(form.relations, 1):
        found += [Problem(text, check=place, code=relation.code) for text in _of_check(form, relation)]
    return found


def _of_whole(form: Form) -> Iterator[str]:
    if not form.title.strip():
        yield "The form needs a title"
    if not form.questions:
        yield "The form asks nothing yet: add a question"
    if len(list(asked(form))) >= MOST_ROWS:
        yield f"The form asks for {MOST_ROWS} things or more: that is too many for a workbook"


def _of_question(form: Form, question: Question) -> Iterator[str]:
    if not (question.cells or question.texts or question.choice):
        yield "There is nothing to answer: ask for a number, a choice or a text"
    if (question.cells or question.choice) and not question.texts:
        yield "There is no text: a figure that is not known is explained in one"
    labels = Counter(cell.label for cell in question.cells) + Counter(text.label for text in question.texts)
    for label, times in labels.items():
        if times > 1:
            yield f"“{label}” is asked twice"
    if not question.cells and any("zero" in text.needed for text in question.texts):
        yield "A text is needed when a number is above zero, but no number is asked"
    yield from _of_sources(question)
    yield from _of_names(form, question)
    yield from _of_choice(form, question)


def _of_sources(question: Question) -> Iterator[str]:
    for name in dict.fromkeys(cell.source for cell in question.cells if cell.source):
        if said := unlike(name, question.basis):
            yield said


def unlike(source: str, basis: str) -> str:
    """Why what the register counts cannot stand for such numbers, if so."""
    counts = sources.basis_of(source)
    if basis not in BASIS or basis == counts:
        return ""
    register, numbers = lower_first(BASIS[counts]), lower_first(BASIS[basis])
    return f"The case register counts {register} for “{sources.in_words(source)}”, the question {numbers}"


def _of_names(form: Form, question: Question) -> Iterator[str]:
    figures = Counter(c.key for q in form.questions for c in q.cells)
    texts = Counter(t.key for q in form.questions for t in q.texts)
    answers = Counter(q.choice.key for q in form.questions if q.choice)
    answers += Counter(t.key for q in form.questions for t in q.texts if t.attends is not None)
    own = {
        *(c.key for c in question.cells if figures[c.key] > 1),
        *(
            t.key
            for t in question.texts
            if texts[t.key] > 1 or (t.attends is not None and answers[t.key] > 1)
        ),
        *([question.choice.key] if question.choice and answers[question.choice.key] > 1 else []),
    }
    for key in sorted(own):
        yield f"“{key}” is the name of two things: remove one of them and add it again"
    names = [*(c.key for c in question.cells), *(t.key for t in question.texts)]
    if any(len(key) > LONGEST_KEY for key in names):
        yield "A name is too long: make the words of its band or part shorter"


def _of_choice(form: Form, question: Question) -> Iterator[str]:
    choice = question.choice
    if choice is None:
        return
    if len(choice.options) < 2:
        yield "A choice needs two answers or more"
    if len({label.casefold() for _, label in choice.options}) < len(choice.options):
        yield "Two answers of the choice say the same"
    if any(len(key) > LONGEST_ANSWER for key, _ in choice.options):
        yield "An answer of the choice is too long"
    if set(choice.reason) - {key for key, _ in choice.options}:
        yield "A comment is needed for an answer that the choice does not have"
    if set(choice.not_applicable_if_zero) - set(form.cells):
        yield "“Not applicable” rests on a figure that is no longer asked"


def _of_check(form: Form, relation: Relation) -> Iterator[str]:
    left, right = set(relation.left), set(relation.right)
    if not left or not right:
        yield "It compares with nothing"
    if (left | right) - set(form.cells):
        yield "It names a figure that is no longer asked: remove it, and add it again if it is still needed"
    elif left & right:
        yield "The same figure stands on both sides"
    if not words_of(form, relation):
        yield "Its words cannot be read"


def words_of(form: Form, relation: Relation) -> str:
    """With N for both sums; nothing if they cannot be read."""
    try:
        return form.says(relation).format(left="N", right="N")
    except (KeyError, IndexError, ValueError, AttributeError):
        return ""
