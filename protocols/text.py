"""Pure rules about the text of a protocol: numbering, merge fields, hashes, differences."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MERGE_FIELD = "{borough}"
APPENDIX = re.compile(r"(?:appendix|annex)\b(?:[\s.]*(?:\d{1,2}|(?-i:[A-Z]))\b)?", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{[a-z_ ]{1,30}\}|\((?:name|date|title) of [^)]{1,60}\)", re.IGNORECASE)


def numbers(clauses: Iterable[tuple[int, str]]) -> list[str]:
    """1, 1.1, 1.2, 2 … by depth; an appendix keeps the label in its heading and lends it to what stands below."""
    counters: list[int] = []
    above: list[str] = []
    result = []
    for depth, heading in clauses:
        depth = min(depth, len(counters) + 1)
        counters, above = counters[:depth] + [0] * (depth - len(counters)), above[: depth - 1]
        if appendix := APPENDIX.match(heading):
            above.append(appendix[0])
            result.append("")
        else:
            counters[depth - 1] += 1
            above.append(".".join([*above[-1:], str(counters[depth - 1])]))
            result.append(above[-1])
    return result


def merge(text: str, borough: str) -> str:
    return text.replace(MERGE_FIELD, borough)


def placeholders(text: str) -> list[str]:
    """What a borough has to fill in before it submits. Blanks such as _____ may belong to a form: see checks.py."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def clause_hash(heading: str, body: str) -> str:
    return _hash([heading, _lines(body)])


def content_hash(rests_on: str, clauses: Sequence) -> str:
    """Of the text of these clauses in order, and of what it rests on (the template version's reference)."""
    return _hash(
        [
            rests_on,
            [[clause.depth, clause.heading, _lines(clause.body)] for clause in clauses],
        ]
    )


def _lines(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.strip().splitlines())


def _hash(value) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """``kind``: added, removed, changed or same; ``old`` and ``new`` are clauses or None."""

    kind: str
    old: object | None
    new: object | None

    @property
    def heading(self) -> str:
        return (self.new or self.old).heading


def compare(old: Sequence, new: Sequence) -> list[Difference]:
    """In the order of the new text; removed clauses stand where they stood before."""
    pairs = _pairs(old, new)
    kept = {id(found) for found in pairs if found is not None}
    result: list[Difference] = []
    waiting = [(place, clause) for place, clause in enumerate(old) if id(clause) not in kept]
    for place, (found, clause) in enumerate(zip(pairs, new, strict=True)):
        while waiting and waiting[0][0] <= place:
            result.append(Difference("removed", waiting.pop(0)[1], None))
        result.append(_difference(found, clause))
    return result + [Difference("removed", clause, None) for _, clause in waiting]


def _pairs(old: Sequence, new: Sequence) -> list:
    """For each new clause its old self: started from the same template clause, else carrying the same heading."""
    origins = {c.clause_id: c for c in old if c.clause_id}
    headings = {c.heading.casefold(): c for c in reversed(old)}
    used: set[int] = set()
    pairs = []
    for clause in new:
        found = origins.get(clause.clause_id) or headings.get(clause.heading.casefold())
        if found is not None and id(found) in used:
            found = None
        used.add(id(found))
        pairs.append(found)
    return pairs


def _difference(old, new) -> Difference:
    if old is None:
        return Difference("added", None, new)
    return Difference(
        "same" if (old.hash, old.depth) == (new.hash, new.depth) else "changed",
        old,
        new,
    )
