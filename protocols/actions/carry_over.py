"""A newer template with the borough's own wording in it: nothing that the borough wrote is lost."""

from collections.abc import Sequence

from protocols import text
from protocols.models import VersionClause


def carry_over(old: Sequence[VersionClause], new: Sequence[VersionClause]) -> list[VersionClause]:
    """The borough's wording stands in the template's clause, else as a clause of its own where it stood before."""
    origins = [_origin(clause) for clause in old]
    pairs = _pairs(origins, new)
    result, before = list(new), None
    for clause, origin, target in zip(old, origins, pairs, strict=True):
        if clause.locked or not clause.is_changed:
            before = target or before
        elif target is None or target.locked:
            own = _own(clause, like=new[0], to_check=bool(target or clause.clause_id))
            result.insert(_place(result, target or before) + 1, own)
            before = own
        else:
            _keep(clause, origin, target)
            before = target
    for position, clause in enumerate(result, start=1):
        clause.position = position
    return result


def _origin(clause: VersionClause) -> tuple[str, str]:
    """The template's words that it started from; a local addition has its own."""
    if clause.clause is None:
        return clause.heading, clause.body
    borough = clause.about.name
    return text.merge(clause.clause.heading, borough), text.merge(clause.clause.body, borough)


def _pairs(origins: Sequence[tuple[str, str]], new: Sequence[VersionClause]) -> list[VersionClause | None]:
    """For each old clause the template's new one: by heading, then by text, should the heading be another now."""
    pairs: list[VersionClause | None] = [None] * len(origins)
    free = [(clause, (clause.heading, clause.body)) for clause in new]
    for part in (0, 1):
        for place, origin in enumerate(origins):
            same = (one for one in free if _said(one[1][part]) == _said(origin[part]) != "")
            if pairs[place] is None and (found := next(same, None)):
                pairs[place] = found[0]
                free.remove(found)
    return pairs


def _said(words: str) -> str:
    return " ".join(words.casefold().split())


def _keep(clause: VersionClause, origin: tuple[str, str], target: VersionClause) -> None:
    """A heading that the borough left alone follows the template."""
    if _said(clause.heading) != _said(origin[0]):
        target.heading = clause.heading
    target.body = clause.body
    target.to_check = clause.template_hash != target.template_hash


def _own(clause: VersionClause, *, like: VersionClause, to_check: bool) -> VersionClause:
    return VersionClause(
        territory_id=like.territory_id,
        about_id=like.about_id,
        version=like.version,
        depth=clause.depth,
        heading=clause.heading,
        body=clause.body,
        to_check=to_check,
    )


def _place(clauses: Sequence[VersionClause], clause: VersionClause | None) -> int:
    return -1 if clause is None else clauses.index(clause)
