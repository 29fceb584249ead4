"""Finding a person by name or birth date, through the blind index alone: nothing sealed is opened (H4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from audit.events import record
from boards.models import Organisation
from referrals.models import Case, Token
from referrals.personal import Person, blind, one_letter_short, sought, sounds, words

MOST = 50
BY = {"name": "name", "alias": "alias", "near": "similar", "sound": "sounds like", "birth_date": "birth date"}
RANK = {"name": 4, "alias": 4, "near": 2, "sound": 1, "birth_date": 0}


@dataclass(frozen=True)
class Match:
    case: Case
    by: tuple[str, ...]


@transaction.atomic
def find_people(units: list[Organisation], *, name: str, birth_date: date | None, by) -> list[Match]:
    """Cases of these units, the closest first. That somebody looked is on record, for whom is not (H1)."""
    asked = f"{' '.join(words(name))} {birth_date or ''}".strip()
    for unit in units:
        record("person.searched", unit, by=by, after={"searched_for": blind("asked", asked)})
    terms = [set(_forms(word)) for word in words(name)]
    if birth_date:
        terms.append({("birth_date", birth_date.isoformat())})
    return _ranked(units, terms, born=bool(birth_date)) if terms else []


@transaction.atomic
def same_person(unit: Organisation, person: Person, *, by) -> list[Match]:
    """Cases that may be about this person: by name, by any other name, by birth date."""
    names = [name for name in (person.name, *person.aliases) if name.strip()]
    best: dict[int, Match] = {}
    for match in find_people([unit], name=names[0] if names else "", birth_date=person.birth_date, by=by):
        best[match.case.pk] = match
    for name in names[1:]:
        for match in _ranked([unit], [set(_forms(word)) for word in words(name)], born=False):
            best.setdefault(match.case.pk, match)
    return list(best.values())


def _forms(word: str) -> Iterator[tuple[str, str]]:
    """Everything under which a stored word would be this one."""
    yield from (("name", word), ("alias", word))
    yield from (("near", form) for form in {word, *one_letter_short(word)})
    yield from (("sound", code) for code in sounds(word))


def _ranked(units, terms: list[set[tuple[str, str]]], *, born: bool) -> list[Match]:
    """A case answers if its birth date does, or every word of the name."""
    best: dict[int, dict[int, str]] = {}
    for case, number, kind in _hits(units, terms):
        held = best.setdefault(case, {})
        if number not in held or RANK[kind] > RANK[held[number]]:
            held[number] = kind
    names = len(terms) - born
    found = {
        case: kinds
        for case, kinds in best.items()
        if "birth_date" in kinds.values() or len(kinds) >= names > 0
    }
    nearest = sorted(
        found, key=lambda case: (-len(found[case]), -sum(map(RANK.get, found[case].values())), -case)
    )
    near = Case.objects.filter(pk__in=nearest[:MOST])
    kept = dict(near.values_list("pk", Coalesce("merged_into", "pk")))
    cases = Case.objects.with_standing().in_bulk(set(kept.values()))
    matches: dict[int, Match] = {}
    for pk in filter(kept.get, nearest[:MOST]):  # a case that was merged answers as the one that is kept
        matches.setdefault(kept[pk], Match(cases[kept[pk]], _words(found[pk])))
    return list(matches.values())


def _hits(units, terms) -> Iterator[tuple[int, int, str]]:
    places: dict[tuple[str, str], list[int]] = {}
    for number, forms in enumerate(terms):
        for kind, text in forms:
            for token in sought(kind, text):
                places.setdefault((kind, token), []).append(number)
    tokens: dict[str, list[str]] = {}
    for kind, token in places:
        tokens.setdefault(kind, []).append(token)
    any_of = Q()
    for kind, of_kind in tokens.items():
        any_of |= Q(kind=kind, token__in=of_kind)
    there = Token.objects.filter(
        any_of, territory__in={u.territory_id for u in units}, case__organisation__in=units
    )
    for case, kind, token in there.values_list("case", "kind", "token"):
        yield from ((case, number, kind) for number in places[kind, token])


def _words(kinds: dict[int, str]) -> tuple[str, ...]:
    """How each case answers, once each, the surest first."""
    return tuple(BY[kind] for kind in sorted(set(kinds.values()), key=RANK.get, reverse=True))
