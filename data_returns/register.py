"""What the case register says for the cells of a form: a fact of each case on 31 March, and sources that count facts.

Live facts and those frozen at signing go through the same functions, so a figure can be derived again years later.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.db.models.functions import Coalesce

from boards.models import Territory
from data_returns.form import Cell
from data_returns.years import last_day
from meetings.ages import ages_on
from referrals.models import Case, LevelPeriod

NAMED = {"PRB", "POL", "CSC", "YOT"}  # managers with a cell of their own


@dataclass(frozen=True)
class Fact:
    """One case on the day. ``manager`` is the type of its lead agency; empty or None is not recorded."""

    reference: str
    level: int
    since: date
    category: int | None
    manager: str
    under_18: bool | None


@dataclass(frozen=True)
class Source:
    """``tells`` whether a case counts, None where the register does not say: then ``gap`` is not recorded.

    ``shown``: the field of a fact that proves it, for those who look at the cases.
    """

    label: str
    tells: Callable[[Fact], bool | None]
    gap: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Count:
    """``unknown``: cases of which the register does not say; the number is then the least that it can be."""

    number: int
    unknown: int = 0
    gap: str = ""

    @property
    def in_words(self) -> str:
        if not self.unknown:
            return f"{self.number:,}"
        return f"at least {self.number:,}; {self.gap} of {self.unknown:,} not recorded"


def _led_by(code: str) -> Callable[[Fact], bool | None]:
    return lambda fact: fact.manager == code if fact.manager else None


def _led_by_others(fact: Fact) -> bool | None:
    return fact.manager not in NAMED if fact.manager else None


def _is_terrorist(fact: Fact) -> bool | None:
    return None if fact.category is None else fact.category == Case.Category.TERRORIST


LEAD = "lead agency", "manager"
VERSION = (
    1  # of the sources; one that counts otherwise is the next, and the old ones stay for what was signed
)
VERSIONS: dict[int, dict[str, Source]] = {
    1: {
        "managed": Source("Cases managed at the level", lambda fact: True),
        "under_18": Source("Cases of people under 18", lambda fact: fact.under_18, "age", "under_18"),
        "category_4": Source("Cases of category 4", _is_terrorist, "category", "category"),
        "managed_by_probation": Source("Cases led by probation", _led_by("PRB"), *LEAD),
        "managed_by_police": Source("Cases led by the police", _led_by("POL"), *LEAD),
        "managed_by_csc": Source("Cases led by children's social care", _led_by("CSC"), *LEAD),
        "managed_by_yos": Source("Cases led by youth justice", _led_by("YOT"), *LEAD),
        "managed_by_other": Source("Cases led by another agency", _led_by_others, *LEAD),
    }
}
SOURCES = VERSIONS[VERSION]


# -- Counting --


def counted(
    cells: Iterable[Cell], facts: Collection[Fact], sources: Mapping[str, Source] = SOURCES
) -> dict[str, Count]:
    """By key. A register that knows nobody at any level that day has no counts: zero would be a claim."""
    return {cell.key: _count(cell, facts, sources) for cell in cells if cell.source in sources and facts}


def _count(cell: Cell, facts: Iterable[Fact], sources: Mapping[str, Source]) -> Count:
    source = sources[cell.source]
    told = Counter(source.tells(fact) for fact in at_level(cell, facts))
    return Count(told[True], told[None], source.gap)


def at_level(cell: Cell, facts: Iterable[Fact]) -> list[Fact]:
    """A cell without a level is about all of them."""
    return [fact for fact in facts if cell.level in (None, fact.level)]


def exact(found: Mapping[str, Count]) -> dict[str, int]:
    """What a figure can be held against: nothing equals "at least"."""
    return {key: count.number for key, count in found.items() if not count.unknown}


def counts(cells: Collection[Cell], borough: Territory, year: int) -> dict[str, int]:
    return exact(counted(cells, facts_for(cells, borough, year)))


# -- Facts --


def facts_for(cells: Iterable[Cell], borough: Territory, year: int) -> tuple[Fact, ...]:
    """Birth dates stay sealed unless a cell asks for ages."""
    sources = [SOURCES[cell.source] for cell in cells if cell.source in SOURCES]
    with_ages = any(source.shown == "under_18" for source in sources)
    return facts(borough, last_day(year), with_ages=with_ages) if sources else ()


def facts(borough: Territory, day: date, *, with_ages: bool = True) -> tuple[Fact, ...]:
    """Of each case that had a level on the day; two levels on one day count as the later one. A case that was merged
    into another is that person's too, and counts once.
    """
    periods = LevelPeriod.objects.of_people(day).filter(territory=borough)
    of_kept = {
        name: Coalesce(f"case__merged_into__{path}", f"case__{path}") for name, path in OF_CASE.items()
    }
    rows = list(
        periods.annotate(**of_kept, own=F("case__merged_into"))
        .order_by("person", F("own").asc(nulls_first=True), "-starts_on", "-pk")
        .distinct("person")
        .values_list(*OF_CASE, "level", "starts_on")
    )
    ages = ages_on({row[0]: row[1] for row in rows}, day) if with_ages else {}
    found = (
        Fact(reference, level, since, category, manager or "", ages.get(person))
        for person, _, manager, reference, category, level, since in rows
    )
    return tuple(sorted(found, key=lambda fact: fact.reference))


OF_CASE = {
    "person": "pk",
    "personal": "personal",
    "manager": "responsible_agency__agency_type",
    "named": "reference",
    "of_category": "category",
}
