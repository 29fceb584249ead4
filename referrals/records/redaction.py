"""What is withheld of a text: the words themselves are left out, a labelled bar stands where they were."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

REASONS = {
    "third": "another person’s information",
    "crime": "would prejudice preventing or detecting crime",
    "legal": "legal privilege",
}
LAW = {  # in our own words: Data Protection Act 2018
    "third": "It is about another person who has not agreed (Part 3, section 45(4)(e); Schedule 2, paragraph 16).",
    "crime": "Telling it would prejudice preventing, detecting or prosecuting crime (Part 3, section 45(4)(b);"
    " Schedule 2, paragraph 2).",
    "legal": "It was said between a lawyer and a client, or for court proceedings (Schedule 2, paragraph 19).",
}
SENTENCE = re.compile(r"[^\n]+?(?:[.!?]+(?=\s|$)|(?=\n|$))")


@dataclass(frozen=True)
class Piece:
    """A stretch of text, or a bar: then ``withheld`` says why and ``text`` is empty."""

    text: str = ""
    withheld: str = ""


def plain(text: str) -> str:
    """One form for what looks alike, without invisible characters: a word cannot hide from being blacked out."""
    composed = unicodedata.normalize("NFKC", text).replace("\r\n", "\n")
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))


def sentences(text: str) -> list[str]:
    return [found.group().strip() for found in _sentences(text)]


def _sentences(text: str) -> list[re.Match]:
    return [found for found in SENTENCE.finditer(text) if found.group().strip()]


def pieces(text: str, marked: Mapping[int, str], words: Mapping[str, Collection[str]]) -> list[Piece]:
    """``marked``: reason by number of the sentence; ``words``: by reason what is blacked out wherever it stands."""
    why = [""] * len(text)
    for reason, listed in words.items():
        for word in listed:
            for found in _pattern(word).finditer(text):
                why[found.start() : found.end()] = [reason] * (found.end() - found.start())
    for number, found in enumerate(_sentences(text)):
        if reason := marked.get(number):
            why[found.start() : found.end()] = [reason] * (found.end() - found.start())
    return list(_runs(text, why))


def _pattern(word: str) -> re.Pattern:
    parts = [re.escape(part) for part in plain(word).split()]
    return re.compile(r"[\s-]+".join(parts), re.IGNORECASE) if parts else re.compile(r"(?!)")


def _runs(text: str, why: list[str]) -> Iterator[Piece]:
    """Bars that only white space parts are one: how many sentences there were is not told."""
    at, last = 0, ""
    while at < len(text):
        end = at
        while end < len(text) and why[end] == why[at]:
            end += 1
        if why[at]:
            if why[at] != last:
                yield Piece(withheld=why[at])
            last = why[at]
        elif text[at:end].strip() or not last:
            yield Piece(text=text[at:end])
            last = ""
        at = end
