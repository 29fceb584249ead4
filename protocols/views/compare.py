"""Two versions side by side, clause by clause, word by word."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from protocols import text
from protocols.differences import Run, word_runs
from protocols.forms import CompareForm
from protocols.models import Version
from protocols.views.fetch import lines_of, protocol_of


@dataclass(frozen=True)
class Compared:
    kind: str
    heading: list[Run]
    body: list[Run]


@dataclass(frozen=True)
class Stretch:
    """Changed clauses one by one; unchanged neighbours together, folded."""

    clauses: list[Compared]
    same: bool


@login_required
def compare(request, reference: str):
    protocol = protocol_of(request, reference)
    versions = list(protocol.versions.all())
    form = CompareForm(request.GET if request.GET else _latest_two(versions), versions=versions)
    clauses = []
    if form.is_valid():
        old, new = (_version(versions, form.cleaned_data[name]) for name in "ab")
        clauses = _compared(old, new)
    context = {
        "protocol": protocol,
        "form": form,
        "versions": versions,
        "compared": bool(clauses),
        "stretches": _stretches(clauses),
        "counts": Counter(c.kind for c in clauses),
        "same": all(c.kind == "same" for c in clauses),
    }
    return render(request, "protocols/compare.html", context)


def _stretches(clauses: list[Compared]) -> list[Stretch]:
    groups = groupby(clauses, key=lambda c: c.kind == "same")
    return [Stretch(list(group), same) for same, group in groups]


def _latest_two(versions: list[Version]) -> dict[str, int]:
    return {"a": versions[min(1, len(versions) - 1)].number, "b": versions[0].number}


def _version(versions: list[Version], number: int) -> Version:
    return next(v for v in versions if v.number == number)


def _compared(old: Version, new: Version) -> list[Compared]:
    before, after = lines_of(old), lines_of(new)
    titles = {id(line.clause): line.title for line in [*before, *after]}
    found = text.compare([line.clause for line in before], [line.clause for line in after])
    return [_pair(d, titles) for d in found]


def _pair(found: text.Difference, titles: dict[int, str]) -> Compared:
    old, new = found.old, found.new
    heading = word_runs(titles[id(old)] if old else "", titles[id(new)] if new else "")
    if found.kind == "same":
        heading = [Run("same", titles[id(new)])]  # only its number moved
    return Compared(found.kind, heading, word_runs(old.body if old else "", new.body if new else ""))
