"""KPI 4 and KPI 6: the arithmetic of the counting rules C1-C15, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from boards.agencies import AGENCY_TYPES

VERSION = 1  # of the counting rules: one that counts otherwise is the next; signed returns keep the number
KPI4_TARGET, KPI6_TARGET = 100, 90
DUTY_TO_COOPERATE = frozenset(c for c, t in AGENCY_TYPES.items() if not t.responsible_authority)  # C6


@dataclass(frozen=True)
class Rate:
    """How many of those required; nothing required is no figure, neither met nor missed (C12)."""

    attended: int
    required: int
    target: int | None = None

    @property
    def percentage(self) -> str | None:
        """One decimal, cut and never rounded up (C14)."""
        if not self.required:
            return None
        tenths = 1000 * self.attended // self.required
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def met(self) -> bool | None:
        """In whole numbers: 899 of 1,000 does not reach 90 (C14)."""
        if not self.required or self.target is None:
            return None
        return 100 * self.attended >= self.target * self.required


@dataclass(frozen=True)
class Counts:
    """Whole numbers of a period. ``agencies``: organisation id → (attended, required) of KPI 6.

    ``discussions`` are those of held meetings (C1), ``recorded`` those whose attendance is complete (C13); the rest is
    counted over recorded ones.
    """

    discussions: int = 0
    recorded: int = 0
    missing_birth_dates: int = 0
    under_18: int = 0
    yot: int = 0
    csc: int = 0
    joint: int = 0
    not_invited: int = 0
    agencies: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Agency:
    """A line of KPI 6: one code, or one agency of another borough as ``CSC@islington``."""

    code: str
    rate: Rate

    @property
    def name(self) -> str:
        code, _, borough = self.code.partition("@")
        kind = AGENCY_TYPES[code].name
        return f"{kind} of {borough.replace('-', ' ').title()}" if borough else kind


@dataclass(frozen=True)
class Kpis:
    counts: Counts
    agencies: tuple[Agency, ...]

    @property
    def completeness(self) -> Rate:
        return Rate(self.counts.recorded, self.counts.discussions)

    @property
    def joint(self) -> Rate:
        """The headline: Youth Justice and Children's Services both there (C8)."""
        return Rate(self.counts.joint, self.counts.under_18, KPI4_TARGET)

    @property
    def yot(self) -> Rate:
        return Rate(self.counts.yot, self.counts.under_18, KPI4_TARGET)

    @property
    def csc(self) -> Rate:
        return Rate(self.counts.csc, self.counts.under_18, KPI4_TARGET)

    @property
    def all_agencies(self) -> Rate:
        """Numerators and denominators added up, never percentages averaged (C2); the target is each agency's."""
        sums = [(a.rate.attended, a.rate.required) for a in self.agencies]
        return Rate(sum(a for a, _ in sums), sum(r for _, r in sums), KPI6_TARGET)

    @property
    def kpi6_met(self) -> bool | None:
        """Only if every agency reaches its target (C5)."""
        return all(a.rate.met for a in self.agencies) if self.agencies else None


def kpis_of(counts: Counts, code_of: Mapping[int, str]) -> Kpis:
    """``code_of`` names the line in which an organisation counts; what it does not name is outside KPI 6 (C6)."""
    sums: dict[str, list[int]] = {}
    for organisation, (attended, required) in counts.agencies.items():
        if code := code_of.get(organisation):
            line = sums.setdefault(code, [0, 0])
            line[0] += attended
            line[1] += required
    lines = (Agency(code, Rate(*sums[code], KPI6_TARGET)) for code in sorted(sums))
    return Kpis(counts, tuple(line for line in lines if line.rate.required))


def as_json(kpis: Kpis, *, area: str, borough: str | None, start: date, end: date, level: int | None) -> dict:
    """The answer of command and REST (contracts section 4)."""
    counts = kpis.counts
    return {
        "period": {"from": start.isoformat(), "to": end.isoformat()},
        "area": area,
        "borough": borough,
        "level": level,
        "completeness": {
            "recorded": counts.recorded,
            "discussions": counts.discussions,
            "percentage": kpis.completeness.percentage,
        },
        "kpi4": {
            "target": KPI4_TARGET,
            **{name: _rate(getattr(kpis, name)) for name in ("joint", "yot", "csc")},
            "not_invited": counts.not_invited,
            "missing_birth_dates": counts.missing_birth_dates,
        },
        "kpi6": {
            "target": KPI6_TARGET,
            "met": kpis.kpi6_met,
            "agencies": [{"agency": a.code} | _rate(a.rate) for a in kpis.agencies],
        },
    }


def _rate(rate: Rate) -> dict:
    return {
        "attended": rate.attended,
        "required": rate.required,
        "percentage": rate.percentage,
        "met": rate.met,
    }
