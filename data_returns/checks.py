"""The rules of a return (domain register, section 6): hard ones block signing, warnings want an explanation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from data_returns.content import Content
from data_returns.form import Cell, Form, Question, Relation, Text
from mappa_portal.words import plural


@dataclass(frozen=True)
class Finding:
    """``key``: the figure, text or answer where it is put right; ``message`` names both figures, ``cells`` theirs."""

    code: str
    key: str
    message: str
    cells: tuple[str, ...] = field(default=(), compare=False)
    in_text: bool = field(default=False, compare=False)  # put right in the comment, not in the answer

    @property
    def at(self) -> str:
        """The name of the field to go to; a figure and a comment may share a key."""
        if self.code in ("H6", "H8", "S3", "S7"):
            return f"text-{self.key}"
        if self.code == "reason":
            return f"reason-{self.key}"
        if self.code == "H7" and self.in_text:
            return f"text-{self.key}"
        return f"{'answer' if self.code == 'H7' else 'figure'}-{self.key}"


@dataclass(frozen=True)
class Beside:
    """What a return is held against. None, or a missing key, is not known: its rule is then not evaluated."""

    last_year: Mapping[str, int] | None = None
    register: Mapping[str, int] = field(default_factory=dict)  # by cell
    rates: Mapping[str, tuple[bool, str]] = field(default_factory=dict)  # by agency type: met, and in words
    under_18_discussions: int | None = None


@dataclass(frozen=True)
class Result:
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    not_evaluated: tuple[str, ...]

    def codes(self) -> dict[str, list[str]]:
        """As ``check_return`` prints them: sorted, each once."""
        return {
            "errors": sorted({f.code for f in self.errors}),
            "warnings": sorted({f.code for f in self.warnings}),
            "not_evaluated": sorted(set(self.not_evaluated)),
        }


def check(form: Form, content: Content, beside: Beside, personal: Callable[[str, str], list[str]]) -> Result:
    """``personal`` gives the words of a key's text that could identify a person and nobody has answered for (H8)."""
    errors, warnings, unknown = [], [], []
    for relation in form.relations:
        found = _related(form, relation, content)
        if found is None:
            unknown.append(relation.code)
        elif found:
            (warnings if relation.level == "warning" else errors).extend(found)
    for question in form.questions:
        errors += _blank(question, content)
        for text in question.texts:
            code, found = _explained(question, text, content)
            (warnings if code == "S3" else errors).extend(found)
        errors += _answered(form, question, content)
    errors += _named(content, personal)
    for code, found in _held_against(form, content, beside).items():
        warnings += found or []
        unknown += [code] if found is None else []
    return Result(tuple(errors), tuple(warnings), tuple(dict.fromkeys(unknown)))


# -- Hard rules --


def _related(form: Form, relation: Relation, content: Content) -> list[Finding] | None:
    left, right = content.sum(relation.left), content.sum(relation.right)
    if left is None or right is None:
        return None
    if relation.holds(left, right):
        return []
    cells = (*relation.left, *relation.right)
    named = f"Cross-check {relation.code}: " if relation.is_own else ""
    said = named + form.says(relation).format(left=left, right=right)
    return [Finding(relation.code, relation.left[0], said, cells)]


def _blank(question: Question, content: Content) -> Iterator[Finding]:
    """H5: a blank is explained under its question."""
    blank = [cell for cell in question.cells if content.figures.get(cell.key) is None]
    if blank and not content.text(question.comment.key):
        yield Finding("H5", blank[0].key, f"Question {question.number}: {_why_blank(blank, content)}")


def _why_blank(blank: list[Cell], content: Content) -> str:
    said = {cell.label: content.blanks.get(cell.key, "").replace("_", " ") for cell in blank}
    if all(said.values()):
        reasons = ", ".join(f"{label} is {why}" for label, why in said.items())
        return f"enter a comment that says why {reasons}"
    return f"enter {', '.join(said)}, or a comment that says why not"


def _explained(question: Question, text: Text, content: Content) -> tuple[str, list[Finding]]:
    """H6 and S3: a count above zero has its text; H6 too of a text that is always needed."""
    if text.needed == "always":
        said = f"Question {question.number}. Enter: {text.label}"
        return "H6", [] if content.text(text.key) else [Finding("H6", text.key, said)]
    code = {"above zero": "H6", "wanted above zero": "S3"}.get(text.needed, "")
    above = [cell for cell in question.cells if content.figures.get(cell.key)]
    if not code or not above or content.text(text.key):
        return code, []
    said = f"Question {question.number} counts {content.figures[above[0].key]} ({above[0].label}). Enter: {text.label}"
    return code, [Finding(code, text.key, said)]


def _answered(form: Form, question: Question, content: Content) -> Iterator[Finding]:
    """H7"""
    choice = question.choice
    if choice is None:
        return
    answer = content.answers.get(choice.key)
    if answer is None:
        yield Finding("H7", choice.key, f"Select an answer to question {question.number}")
    elif answer in choice.reason and not content.text(question.comment.key):
        label = dict(choice.options)[answer]
        said = f"Question {question.number}: enter why the answer is “{label}”"
        yield Finding("H7", question.comment.key, said, in_text=True)
    elif answer == "not_applicable" and content.sum(choice.not_applicable_if_zero) != 0:
        number = content.sum(choice.not_applicable_if_zero)
        there = "whose number is not known" if number is None else f"of whom there are {number}"
        counted = form.name_of(choice.not_applicable_if_zero)
        said = f"Question {question.number} applies to the people that {counted} counts, {there}"
        yield Finding("H7", choice.key, said)


def _named(content: Content, personal) -> Iterator[Finding]:
    """H8"""
    for key, text in content.texts.items():
        if words := personal(key, text):
            quoted = ", ".join(f"“{word}”" for word in words)
            yield Finding("H8", key, f"This could identify a person: {quoted}. Change the comment")


# -- Warnings --


def _held_against(form: Form, content: Content, beside: Beside) -> dict[str, list[Finding] | None]:
    """S4 to S8; None where there is nothing to hold the return against."""
    return {
        "S4": _changed(form, content, beside.last_year),
        "S5": _against_register(form, content, beside, lambda cell: cell.source == "case_reviews", "S5"),
        "S6": _against_register(form, content, beside, _in_levels_2_and_3, "S6"),
        "S7": _attending(form, content, beside),
        "S8": _discussed(form, content, beside),
    }


def _changed(form: Form, content: Content, last_year: Mapping[str, int] | None) -> list[Finding] | None:
    if last_year is None:
        return None
    found = []
    for key, cell in form.cells.items():
        now, before = content.figures.get(key), last_year.get(key)
        if now is None or before is None or 4 * abs(now - before) <= max(20, before):
            continue
        number = form.question_of(key).number
        found.append(Finding("S4", key, f"Question {number}, {cell.label}: {now}, last year {before}"))
    return found


def _in_levels_2_and_3(cell) -> bool:
    return cell.source in ("managed", "under_18") and cell.level in (2, 3)


def _against_register(
    form: Form, content: Content, beside: Beside, chosen, code: str
) -> list[Finding] | None:
    keys = [key for key, cell in form.cells.items() if chosen(cell) and key in beside.register]
    known = [key for key in keys if content.figures.get(key) is not None]
    if not known:
        return None
    return [
        Finding(
            code,
            key,
            f"Question {form.question_of(key).number}, {form.cells[key].label}: {content.figures[key]},"
            f" the register counts {beside.register[key]}",
        )
        for key in known
        if content.figures[key] != beside.register[key]
    ]


def _attending(form: Form, content: Content, beside: Beside) -> list[Finding] | None:
    said = [
        (text, code)
        for text in form.texts.values()
        for code in text.attends or ()
        if content.answers.get(text.key) == "yes" and code in beside.rates
    ]
    if not said:
        return None
    return [
        Finding("S7", text.key, f"{text.label} is said to attend, but its KPI 6 is {beside.rates[code][1]}")
        for text, code in said
        if not beside.rates[code][0]
    ]


def _discussed(form: Form, content: Content, beside: Beside) -> list[Finding] | None:
    keys = [k for k, cell in form.cells.items() if cell.source == "under_18" and cell.level in (2, 3)]
    number = content.sum(keys) if keys else None
    if number is None or beside.under_18_discussions is None:
        return None
    if number or not beside.under_18_discussions:
        return []
    said = (
        f"Meetings of the year discussed under-18s {plural(beside.under_18_discussions, 'time')},"
        f" but {form.name_of(keys)} counts none"
    )
    return [Finding("S8", keys[0], said)]
