import re

from protocols.importer.blocks import Run, Runs, text_of, tidy
from protocols.text import MERGE_FIELD

FILLER = r"[\s.…‥·_*:–—-]*"
HINT = re.compile(
    rf"""[(\[<«{{] {FILLER}
    (?: (?:insert|enter|add|the) \s+ )*
    (?: name [\s_]+ of [\s_]+ (?: (?:the|your|london|local) \s+ )* borough | borough [\s_]+ name )
    {FILLER} [)\]>»}}]
    | «\s*borough\s*» | {re.escape(MERGE_FIELD)}""",
    re.IGNORECASE | re.VERBOSE,
)


def fill_in(text: str) -> str:
    return HINT.sub(MERGE_FIELD, text)


def fill_in_runs(runs: Runs) -> Runs:
    """Hints are often half in italics, so they are looked for across runs; the bracket's form is kept."""
    text = text_of(runs)
    if not HINT.search(text):
        return runs
    form = [(run.bold, run.italic) for run in runs for _ in run.text]
    filled: list[Run] = []
    position = 0
    for hint in HINT.finditer(text):
        filled += _slice(text, form, position, hint.start())
        filled.append(Run(MERGE_FIELD, *form[hint.start()]))
        position = hint.end()
    return tidy(filled + _slice(text, form, position, len(text)))


def _slice(text: str, form: list[tuple[bool, bool]], start: int, end: int) -> list[Run]:
    return [Run(text[at], *form[at]) for at in range(start, end)]
