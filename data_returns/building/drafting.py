"""What may be done to a form that is being built: each gives its data as it is afterwards."""

import re
from collections.abc import Iterable, Mapping, Sequence

from data_returns.building.asking import Asking
from data_returns.building.names import next_check
from data_returns.form import Form

NOTES = (
    "Do not include names, dates of birth, addresses or anything that could identify a person.",
    "The figures may be sensitive: every paper copy goes back to the MAPPA chair.",
)
PARTS = "H1"
NAMED = re.compile(r"\b([Qq]uestion) (\d+)")


def blank() -> dict:
    return {"title": "", "notes": list(NOTES), "questions": [], "relations": []}


def place_of(content: Mapping, base: str) -> int | None:
    """The number of the question whose names begin so."""
    return next((q.number for q in Form.read(content).questions if q.base == base), None)


def asked(content: Mapping, number: int | None, said: Asking, base: str) -> dict:
    """With the question of that base in place of the one of that number, else as the last."""
    questions = list(content["questions"])
    before = questions[number - 1] if number else None
    question = said.question(base, before)
    if number:
        questions[number - 1] = {"number": number, **question}
    else:
        questions.append(question)
        content = {**content, "last_base": base}
    return _in_order({**content, "relations": _sums_of(content, question, before)}, questions)


def _sums_of(content: Mapping, question: Mapping, before: Mapping | None) -> list[dict]:
    """The parts of a level make up the level; its words stay where somebody chose them."""
    wholes = {
        cell["part_of"]
        for q in (question, before or {})
        for cell in q.get("cells", ())
        if cell.get("part_of")
    }
    old = {r["right"][0]: r for r in content["relations"] if _is_sum(r, wholes)}
    kept = [r for r in content["relations"] if not _is_sum(r, wholes)]
    parts: dict[str, list[str]] = {}
    for cell in question.get("cells", ()):
        if cell.get("part_of"):
            parts.setdefault(cell["part_of"], []).append(cell["key"])
    made = [
        {"code": PARTS, "test": "equal", **old.get(whole, {}), "left": keys, "right": [whole]}
        for whole, keys in parts.items()
    ]
    return [*made, *kept]


def _is_sum(relation: Mapping, wholes: set[str]) -> bool:
    return relation["code"] == PARTS and len(relation["right"]) == 1 and relation["right"][0] in wholes


def moved(content: Mapping, number: int, by: int) -> dict:
    """One place up (-1) or down (1); the ends stay. At the edge of a section, it is the sections that change places."""
    questions = list(content["questions"])
    at, to = number - 1, min(max(number - 1 + by, 0), len(questions) - 1)
    pages = _pages(questions)
    one, other = (pages.index(questions[n]["page"]) for n in (at, to))
    pages[one], pages[other] = pages[other], pages[one]
    questions.insert(to, questions.pop(at))
    return _in_order(content, questions, pages)


def _pages(questions: Sequence[Mapping]) -> list[str]:
    return list(dict.fromkeys(q["page"] for q in questions))


def removed(content: Mapping, number: int) -> dict:
    """With the sums of its own parts; other cross-checks that name it stay, as problems to solve."""
    questions = [q for q in content["questions"] if q["number"] != number]
    gone = {cell["key"] for cell in content["questions"][number - 1].get("cells", ())}
    kept = [r for r in content["relations"] if not {*r["left"], *r["right"]} <= gone]
    return _in_order({**content, "relations": kept}, questions)


def _in_order(content: Mapping, questions: Sequence[Mapping], pages: Sequence[str] = ()) -> dict:
    """Section by section, numbered by their places; cross-checks that name a question by its number go along."""
    sections = list(pages or _pages(questions))
    questions = sorted(questions, key=lambda q: sections.index(q["page"]))
    now = {str(q["number"]): str(n) for n, q in enumerate(questions, 1) if "number" in q}
    relations = [
        {**r, "message": NAMED.sub(lambda m: f"{m[1]} {now.get(m[2], m[2])}", r["message"])}
        if r.get("message")
        else r
        for r in content["relations"]
    ]
    numbered = [
        {"number": n, **{k: v for k, v in q.items() if k != "number"}} for n, q in enumerate(questions, 1)
    ]
    return {**content, "questions": numbered, "relations": relations}


def with_checks(
    content: Mapping, pairs: Iterable[tuple[Sequence[str], Sequence[str]]], test: str, level: str, words: str
) -> dict:
    """One cross-check for each pair of sums, each with a code of its own; without ``words`` the form words it."""
    said = f"{words.replace('{', '{{').replace('}', '}}')} ({{left}} and {{right}})" if words else ""
    common = {"test": test, "level": level, **({"message": said} if said else {})}
    for left, right in pairs:
        code = next_check(content)
        new = {"code": code, "left": list(left), "right": list(right), **common}
        content = {**content, "relations": [*content["relations"], new], "last_check": code}
    return dict(content)


def without_check(content: Mapping, place: int) -> dict:
    relations = content["relations"]
    return {**content, "relations": [r for n, r in enumerate(relations, 1) if n != place]}
