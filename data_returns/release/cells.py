"""The cells of a rendition: from what is true to what everybody may read."""

import math
from collections.abc import Callable, Iterable

from data_returns.form import Form
from data_returns.models import Figure, Rendition, Return
from data_returns.release.hiding import small
from mappa_portal.suppression.attack import Knowledge, Name, Rule
from mappa_portal.suppression.hiding import protect

Cells = dict[str, int | str]
HIDDEN = Rendition.HIDDEN
NOTHING = {Figure.Blank.NOT_APPLICABLE: Rendition.NOT_APPLICABLE}


def exact(data_return: Return) -> Cells:
    """Every cell of its form: a number, or the symbol of the kind of nothing that it is."""
    figures = {figure.key: figure for figure in data_return.figures.all()}
    return {key: _said(figures.get(key)) for key in data_return.form.cells}


def _said(figure: Figure | None) -> int | str:
    if figure is None or figure.value is None:
        return NOTHING.get(figure.blank if figure else "", Rendition.NOT_KNOWN)
    return figure.value


def added(all_cells: Iterable[Cells]) -> Cells:
    """Each key over those that have a number for it; not known where none has."""
    found: Cells = {}
    for cells in all_cells:
        for key, value in cells.items():
            before = found.setdefault(key, Rendition.NOT_KNOWN)
            if isinstance(value, int):
                found[key] = value + (before if isinstance(before, int) else 0)
    return found


def suppress(
    new: Rendition, form: Form, released: list[Rendition], form_of: Callable, insiders: Iterable[Cells] = ()
) -> None:
    """Hides cells of ``new``, which holds what is true, in the light of everything released of its year.

    What a version before showed is public and stays; what it hid stays hidden (S3). ``insiders``: for each board
    what is true of its boroughs, by name of the cell: sums must not tell it of the others.
    """
    known = knowledge([*released, new], form_of)
    figures = {key for key, value in new.cells.items() if isinstance(value, int)}
    own = [r for r in released if r.about_id == new.about_id]
    public = _public(new, own)
    kept = {key for r in own for key, value in r.cells.items() if value == HIDDEN}
    hidden = (small(form, _numbers(new.cells), new.threshold) | kept & figures) - public
    names = {name_of(new, key): key for key in figures}
    known.hide(name_of(new, key) for key in hidden)
    may = {name for name, key in names.items() if key not in hidden | public}
    known = known.part_of(names)
    told = [truth for truth in insiders if known.hidden & truth.keys()]
    hidden |= {names[name] for name in protect(known, may, insiders=told)}
    new.cells |= dict.fromkeys(hidden, HIDDEN)


def _public(new: Rendition, own: list[Rendition]) -> set[str]:
    """Shown by the version before and not revised; sums are made anew each time."""
    last = max(own, key=lambda r: r.number, default=None)
    if last is None or not new.about_id:
        return set()
    return {k for k, v in last.cells.items() if isinstance(v, int) and k not in new.revised}


def _numbers(cells: Cells) -> dict[str, int]:
    return {key: value for key, value in cells.items() if isinstance(value, int)}


# -- What a reader of all of them knows --


def knowledge(renditions: Iterable[Rendition], form_of: Callable[[Rendition], Form]) -> Knowledge:
    """Of one year: the rules of each form, what a correction left as it was, and what the sums add up."""
    known, last = Knowledge(), {}
    for rendition in sorted(renditions, key=lambda r: (not r.about_id, r.slug, r.number)):
        for key, value in rendition.cells.items():
            if value == HIDDEN:
                known.hidden.add(name_of(rendition, key))
            elif isinstance(value, int):
                known.shown[name_of(rendition, key)] = value
        if rendition.about_id:
            known.rules += _of_form(rendition, form_of(rendition))
            known.rules += _unchanged(rendition, last.get(rendition.slug), known)
            last[rendition.slug] = rendition
        else:
            known.rules += _sums(rendition, known)
    return known


def name_of(rendition: Rendition, key: str) -> Name:
    return (rendition.slug, rendition.number, key)


def _of_form(rendition: Rendition, form: Form) -> list[Rule]:
    return [
        Rule(
            {name_of(rendition, k): 1 for k in relation.left}
            | {name_of(rendition, k): -1 for k in relation.right},
            0 if relation.test == "equal" else -math.inf,
            0,
        )
        for relation in form.hard
    ]


def _unchanged(rendition: Rendition, before: Rendition | None, known: Knowledge) -> list[Rule]:
    """What is not marked as revised is what was released before."""
    if before is None:
        return []
    same = rendition.cells.keys() - set(rendition.revised)
    pairs = [(name_of(rendition, key), name_of(before, key)) for key in same]
    return [Rule({now: 1, old: -1}, 0, 0) for now, old in pairs if known.has(now) and known.has(old)]


def _sums(rendition: Rendition, known: Knowledge) -> list[Rule]:
    """Over the boroughs that have a number for the cell; nothing where some of the boroughs are not in sight."""
    rules, seen = [], {name[:2] for name in (*known.shown, *known.hidden)}
    if any((slug, number) not in seen for slug, number in rendition.covers):
        return []
    for key in rendition.cells:
        parts = [n for n in ((slug, number, key) for slug, number in rendition.covers) if known.has(n)]
        if parts and known.has(name_of(rendition, key)):
            rules.append(Rule({name_of(rendition, key): 1} | dict.fromkeys(parts, -1), 0, 0))
    return rules
