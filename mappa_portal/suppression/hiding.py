"""Which cells are hidden: small ones, what tells of a whole small group, and others so that none can be worked out."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from mappa_portal.suppression.attack import Knowledge, Name, narrow, near

HIDDEN, NOT_KNOWN = "c", "x"
KEY = (("[c]", "hidden to protect people"), ("[x]", "not available"))
VALUES = 5  # possible values that each hidden cell keeps at least (S3)
Parts = tuple[Collection[Name], Collection[Name]]  # of what they are parts: together, the right are the whole


class CannotHide(ValueError):
    """What has been released before already gives a hidden cell away."""


def small(figures: Mapping[Name, int], threshold: int, wholes: Iterable[Parts]) -> set[Name]:
    """Counts from 1 to under the threshold, and every part of a whole that is one: its zeros tell of all in it."""
    found = {name for name, value in figures.items() if 0 < value < threshold}
    for parts, whole in wholes:
        known = [figures[name] for name in whole if name in figures]
        if len(known) == len(whole) and 0 < sum(known) < threshold:
            found |= set(parts) & figures.keys()
    return found


def protect(
    known: Knowledge,
    may: Set[Name],
    enough: int = VALUES,
    insiders: Sequence[Mapping[Name, int]] = (),
) -> set[Name]:
    """Hides more of the cells that may be hidden, the smallest that help first; gives those it hid.

    ``insiders``: what each of those who read some figures exactly knows besides; they must not learn each other's.
    One after the other: what is hidden for one tells nobody more.
    """
    more: set[Name] = set()
    theirs = {name for truth in insiders for name in truth}
    for truth in (None, *insiders):
        while found := narrow(known if truth is None else known.told(truth, theirs), enough):
            chosen = _chosen(found, known, may)
            if not chosen:
                raise CannotHide(f"{min(found)} cannot be hidden: what was released before gives it away.")
            known.hide(chosen)
            more |= chosen
    return more


def _chosen(found: Mapping[Name, int], known: Knowledge, may: Set[Name]) -> set[Name]:
    chosen: set[Name] = set()
    for cell in sorted(found, key=lambda name: (found[name], str(name))):
        if not _is_helped(cell, known, chosen):
            chosen |= _helper(cell, known, may - chosen)
    return chosen


def _is_helped(cell: Name, known: Knowledge, chosen: Set[Name]) -> bool:
    """By one that is hidden for another cell of the same rule."""
    return any(chosen & rule.terms.keys() for rule in known.rules if cell in rule.terms)


def _helper(cell: Name, known: Knowledge, may: Set[Name]) -> set[Name]:
    """The smallest of the nearest, a zero last; none when all that help are hidden or chosen."""
    ring = next((ring for ring in (may & set(ring) for ring in near(cell, known)) if ring), set())
    return (
        {min(ring, key=lambda name: (known.shown[name] == 0, known.shown[name], str(name)))}
        if ring
        else set()
    )
