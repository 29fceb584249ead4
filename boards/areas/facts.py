"""What differs between the areas that ship with the portal: all of it data, none of it code."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from boards.agencies import AGENCY_TYPES, AgencyType
from boards.models import ApprovingBody, AreaSettings, Organisation

Kind, Sees = Organisation.Kind, ApprovingBody.Sees
PARTNERSHIPS = date(2019, 9, 29)  # the day by which partnerships had replaced the boards
Names = tuple[tuple[date | None, str], ...]  # (held from, name), oldest first


@dataclass(frozen=True)
class Borough:
    code: str
    slug: str
    name: str
    gss_code: str
    grid_row: int | None
    grid_col: int | None


@dataclass(frozen=True)
class Plan:
    """An organisation to be made. ``stands_in`` and ``covers`` are slugs of territories."""

    slug: str
    kind: Kind
    names: Names
    stands_in: str
    covers: tuple[str, ...] = ()
    agency_type: str = ""

    @property
    def name(self) -> str:
        return self.names[-1][1]

    @property
    def dated_names(self) -> Iterator[tuple[date | None, date | None, str]]:
        """Each with its first and last day."""
        ends = [date.fromordinal(after.toordinal() - 1) for _, (after, _) in pairwise(self.names)]
        for (since, name), until in zip(self.names, [*ends, None], strict=True):
            yield since, until, name


@dataclass(frozen=True)
class AreaFacts:
    """``joint_boards``: (slug, name, boroughs); ``own_police``: boroughs with a force of their own."""

    code: str
    slug: str
    name: str
    police: str
    settings: dict
    approving: tuple[tuple[str, Sees], ...]
    regional_boards: tuple[Plan, ...] = ()
    joint_boards: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    own_police: dict[str, str] = field(default_factory=dict)

    @property
    def boroughs(self) -> tuple[Borough, ...]:
        return _boroughs()[self.slug]

    @property
    def organisations(self) -> Iterator[Plan]:
        everywhere = tuple(b.slug for b in self.boroughs)
        smb = f"{self.name} Strategic Management Board"
        office = f"{self.name} MAPPA Executive Office"
        yield Plan(f"{self.slug}-smb", Kind.SMB, ((None, smb),), self.slug)
        yield from self.regional_boards
        yield Plan(f"{self.slug}-executive-office", Kind.UNIT, ((None, office),), self.slug, everywhere)
        yield from self._boards()
        yield from self._regional_agencies(everywhere)
        for borough in self.boroughs:
            yield from _borough_organisations(borough)

    def _boards(self) -> Iterator[Plan]:
        joint = {slug for _, _, covers in self.joint_boards for slug in covers}
        for slug, name, covers in self.joint_boards:
            yield Plan(f"{slug}-board", Kind.BOARD, ((PARTNERSHIPS, name),), self.slug, covers)
        for borough in self.boroughs:
            if borough.slug not in joint:
                names = _board_names(borough.name)
                yield Plan(f"{borough.slug}-board", Kind.BOARD, names, borough.slug, (borough.slug,))

    def _regional_agencies(self, everywhere: tuple[str, ...]) -> Iterator[Plan]:
        for slug, name in self.own_police.items():
            yield Plan(f"{slug}-pol", Kind.AGENCY, ((None, name),), slug, (slug,), "POL")
        for kind in AGENCY_TYPES.values():
            if kind.local:
                continue
            covers = tuple(s for s in everywhere if kind.code != "POL" or s not in self.own_police)
            slug = f"{self.slug}-{kind.code.lower()}"
            yield Plan(slug, Kind.AGENCY, self._regional_names(kind), self.slug, covers, kind.code)

    def _regional_names(self, kind: AgencyType) -> Names:
        if kind.code == "POL":
            return ((None, self.police),)
        if kind.code == "PRB":
            (since, trust), *later = kind.names
            return ((since, f"{self.name} {trust}"), *((day, f"{name}, {self.name}") for day, name in later))
        return tuple((since, f"{name}, {self.name}") for since, name in kind.names)


def _borough_organisations(borough: Borough) -> Iterator[Plan]:
    own = (borough.slug,)
    yield Plan(f"{borough.slug}-mappa", Kind.UNIT, ((None, f"{borough.name} MAPPA Unit"),), *own, own)
    for kind in AGENCY_TYPES.values():
        if kind.local:
            names = tuple((since, f"{borough.name} {name}") for since, name in kind.names)
            yield Plan(f"{borough.slug}-{kind.code.lower()}", Kind.AGENCY, names, *own, own, kind.code)


def _board_names(place: str) -> Names:
    return (
        (None, f"{place} Safeguarding Children Board"),
        (PARTNERSHIPS, f"{place} Safeguarding Children Partnership"),
    )


@cache
def _boroughs() -> dict[str, tuple[Borough, ...]]:
    found: dict[str, tuple[Borough, ...]] = {}
    with (Path(__file__).parent / "boroughs.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            place = [int(row[k]) if row[k] else None for k in ("grid_row", "grid_col")]
            borough = Borough(row["code"], row["slug"], row["name"], row["gss_code"], *place)
            found[row["area"]] = (*found.get(row["area"], ()), borough)
    return found


JOINT_PROTOCOL = {"mappa_signatory": AreaSettings.MappaSignatory.SMB}
STEPS = [2, 5, 10]  # working days for the chair, the line manager, the Strategic Management Board

AREAS = {
    facts.slug: facts
    for facts in (
        AreaFacts(
            "LON",
            "london",
            "London",
            "Metropolitan Police Service",
            settings={"board_term": "LSCB", "first_review_months": 12, "review_months": 24},
            approving=(
                ("london-scb", Sees.SHARED),
                ("london-lscb-chairs", Sees.WHOLE),
                ("london-smb", Sees.WHOLE),
            ),
            regional_boards=(
                Plan("london-scb", Kind.REGIONAL_BOARD, _board_names("London"), "london"),
                Plan("london-lscb-chairs", Kind.REGIONAL_BOARD, ((None, "London LSCB Chairs"),), "london"),
            ),
            own_police={"city-of-london": "City of London Police"},
        ),
        AreaFacts(
            "WYK",
            "west-yorkshire",
            "West Yorkshire",
            "West Yorkshire Police",
            settings={
                **JOINT_PROTOCOL,
                "board_term": "LSCP",
                "first_review_months": 24,
                "review_months": 36,
            },
            approving=(("west-yorkshire-smb", Sees.WHOLE),),
        ),
        AreaFacts(
            "TVY",
            "thames-valley",
            "Thames Valley",
            "Thames Valley Police",
            settings={
                **JOINT_PROTOCOL,
                "board_term": "LSCB",
                "first_review_months": 12,
                "review_months": 12,
            },
            approving=(("thames-valley-smb", Sees.WHOLE),),
            joint_boards=(
                (
                    "berkshire-west",
                    "Berkshire West Safeguarding Children Partnership",
                    ("reading", "west-berkshire", "wokingham"),
                ),
            ),
        ),
        AreaFacts(
            "MSY",
            "merseyside",
            "Merseyside",
            "Merseyside Police",
            settings={
                **JOINT_PROTOCOL,
                "board_term": "LSCP",
                "marking": "OFFICIAL",
                "first_review_months": 6,
            },
            approving=(("merseyside-smb", Sees.WHOLE),),
        ),
    )
}
