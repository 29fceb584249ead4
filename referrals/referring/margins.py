"""Referrals counted by agency, by category and by outcome: exact, or with small numbers hidden for wide use."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mappa_portal.suppression.attack import Knowledge, Rule
from mappa_portal.suppression.hiding import HIDDEN, NOT_KNOWN, CannotHide, protect, small
from referrals.models import Case
from referrals.referring.figures import COUNTED, Figures

ALL, AGENCY, CATEGORY, OUTCOME = "all", "agency", "category", "outcome"
SENT, HEARD, DAYS = (ALL, "sent"), (ALL, "heard"), (ALL, "median_days")
BY = {ALL: "All", AGENCY: "Agency", CATEGORY: "Category", OUTCOME: "Outcome"}
OUTCOMES = {label.lower().replace(" ", "_"): label for label in list(COUNTED)[1:]}
CATEGORIES = {"": "Not stated"} | {str(value): f"Category {label}" for value, label in Case.Category.choices}


@dataclass(frozen=True)
class Line:
    """``value`` is a number or the symbol of the kind of nothing that it is."""

    by: str
    of: str
    label: str
    value: int | float | str

    @property
    def name(self) -> tuple[str, str]:
        return self.by, self.of

    @property
    def is_hidden(self) -> bool:
        return self.value == HIDDEN

    @property
    def shown(self) -> str:
        return f"[{self.value}]" if isinstance(self.value, str) else f"{self.value:,}"


def lines(found: Figures, agencies: Mapping[str, str]) -> list[Line]:
    """``agencies`` are names by slug: those that sent none stand there with a zero, so that no row tells anything."""
    of_agency, of_category = dict.fromkeys(agencies, 0), dict.fromkeys(CATEGORIES, 0)
    of_outcome = dict.fromkeys(OUTCOMES, 0)
    for slug, _, category, sent, *counts in found.rows:
        of_agency[slug] = of_agency.get(slug, 0) + sent
        of_category[str(category or "")] += sent
        for outcome, count in zip(OUTCOMES, counts, strict=True):
            of_outcome[outcome] += count
    names = dict(agencies) | {slug: name for slug, name, *_ in found.rows}
    days = NOT_KNOWN if found.median_days is None else found.median_days
    return [
        Line(*SENT, "Sent", found.total),
        *(Line(AGENCY, slug, names[slug], n) for slug, n in of_agency.items()),
        *(Line(CATEGORY, key or "not_stated", CATEGORIES[key], n) for key, n in of_category.items()),
        *(Line(OUTCOME, key, OUTCOMES[key], n) for key, n in of_outcome.items()),
        Line(*HEARD, "Heard by a meeting", found.heard),
        Line(*DAYS, "Working days from the first sending to the first meeting, median", days),
    ]


def suppressed(exact: Iterable[Line], threshold: int) -> list[Line]:
    """No count below the threshold, and none that totals, or what an agency knows of itself, would give away."""
    exact = list(exact)
    counts = {line.name: line.value for line in exact if line.name != DAYS}
    hidden = _hidden(counts, threshold)
    if HEARD in hidden:
        hidden.add(DAYS)
    return [
        replace(each, value=HIDDEN) if each.name in hidden and each.value != NOT_KNOWN else each
        for each in exact
    ]


def _hidden(counts: Mapping[tuple[str, str], int], threshold: int) -> set[tuple[str, str]]:
    parts = {by: [name for name in counts if name[0] == by] for by in (AGENCY, CATEGORY, OUTCOME)}
    wholes = [*((names, [SENT]) for names in parts.values()), ([HEARD], [SENT])]
    hidden = small(counts, threshold, wholes)
    known = Knowledge(dict(counts), set(), _rules(parts))
    known.hide(hidden)
    own = [{name: counts[name]} for name in parts[AGENCY] if counts[name]]
    try:
        return hidden | protect(known, set(counts) - hidden, insiders=own)
    except CannotHide:  # so few that only silence protects them
        return set(counts)


def _rules(parts: Mapping[str, list]) -> list[Rule]:
    sums = [Rule({SENT: 1} | dict.fromkeys(names, -1), 0, 0) for names in parts.values()]
    accepted = {(OUTCOME, "level_2"): -1, (OUTCOME, "level_3"): -1}
    return [*sums, Rule({HEARD: 1} | accepted, -math.inf, 0)]
