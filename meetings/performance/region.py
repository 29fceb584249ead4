"""All boroughs of an area side by side, from stored figures: a tile, a line of the table, what needs attention."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from boards.models import Territory
from meetings.performance import figures
from meetings.performance.kpis import Counts, Kpis, Rate
from meetings.performance.periods import Period
from meetings.performance.report import shown
from protocols.models import Protocol

MET, BELOW, NONE = "met", "below", "none"
WORDS = {MET: "target met", BELOW: "below target", NONE: "no figure"}  # of a tile
LOWEST = 5
NOTHING = figures.Figures(Kpis(Counts(), ()), True, None)


@dataclass(frozen=True)
class Line:
    """One borough; ``protocol`` says whether an agreement that this person may see is in force."""

    borough: Territory
    kpis: Kpis
    protocol: bool
    as_at: datetime | None = None

    def rate(self, measure: str) -> Rate:
        rates = {"6": self.kpis.all_agencies, "4": self.kpis.joint, "recorded": self.kpis.completeness}
        return rates[measure]

    def state(self, measure: str) -> str:
        """KPI 6 is met when every agency reaches its target (C5)."""
        complete = self.kpis.counts.recorded == self.kpis.counts.discussions
        met = {"6": self.kpis.kpi6_met, "4": self.kpis.joint.met, "recorded": complete}[measure]
        return NONE if not self.rate(measure).required else MET if met else BELOW

    def figure(self, measure: str) -> str:
        rate = self.rate(measure)
        return f"{rate.percentage}%" if rate.required else ""

    @property
    def agencies_met(self) -> str:
        return f"{sum(a.rate.met for a in self.kpis.agencies)} of {len(self.kpis.agencies)}"


@dataclass(frozen=True)
class Region:
    lines: tuple[Line, ...]
    as_at: datetime | None

    @classmethod
    def of(cls, area: Territory, period: Period, level: int | None, user) -> "Region":
        found = figures.of_boroughs(area, period.start, period.end, level)
        agreed = set(Protocol.objects.for_user(user).in_force().values_list("about", flat=True))
        lines = (
            Line(borough, one.kpis, borough.pk in agreed, one.as_at)
            for borough in area.children.order_by("name")
            for one in [found.get(borough.pk, NOTHING)]
        )
        return cls(tuple(lines), min((one.as_at for one in found.values()), default=None))

    @property
    def has_map(self) -> bool:
        return any(line.borough.grid_row for line in self.lines)

    def exceptions(self) -> list[tuple[str, list[tuple[Line, str]]]]:
        """What needs attention, and which boroughs that is; what concerns nobody is left out."""
        kinds = [
            ("KPI 4 below 100%", [(x, shown(x.kpis.joint)) for x in self.lines if x.state("4") == BELOW]),
            ("KPI 6, lowest", [(x, shown(x.kpis.all_agencies)) for x in self._lowest()]),
            ("Attendance not recorded", [(x, _open(x)) for x in self.lines if x.state("recorded") == BELOW]),
            ("No meetings held", [(x, "") for x in self.lines if not x.kpis.counts.discussions]),
            ("No protocol in force", [(x, "") for x in self.lines if not x.protocol]),
        ]
        return [(kind, lines) for kind, lines in kinds if lines]

    def _lowest(self) -> Iterable[Line]:
        below = [line for line in self.lines if line.state("6") == BELOW]
        return sorted(below, key=lambda line: _share(line.kpis.all_agencies))[:LOWEST]


def _share(rate: Rate) -> float:
    return rate.attended / rate.required if rate.required else 2.0


def _open(line: Line) -> str:
    counts = line.kpis.counts
    return f"{counts.discussions - counts.recorded} of {counts.discussions}"
