"""What the performance page says of a place and a period: one report for page, CSV and PDF."""

from dataclasses import dataclass

from boards.models import AreaSettings, Territory
from mappa_portal.words import plural
from meetings.access import Sight
from meetings.models import Meeting
from meetings.performance import figures
from meetings.performance.beside import Beside
from meetings.performance.counting import Rules
from meetings.performance.kpis import Kpis, Rate
from meetings.performance.missed import KPI4
from meetings.performance.periods import Period

FOUR = (("Both at the table", "joint", ""), (KPI4["YOT"], "yot", "YOT"), (KPI4["CSC"], "csc", "CSC"))


@dataclass(frozen=True)
class Line:
    """One row of a KPI's table; ``code`` is how the missed page is asked for it."""

    label: str
    code: str
    now: Rate
    before: Rate

    @property
    def gap(self) -> int:
        return self.now.required - self.now.attended


OTHER_RULES = (
    ("If a substitute did not count", Rules(substitutes=False)),
    ("If a written report counted as attendance", Rules(reports=True)),
    ("Without meetings that were called late", Rules(short_notice=False)),
)


@dataclass(frozen=True)
class Called:
    """Meetings held: how many were called in time, of how many that is not known, and the days needed."""

    in_time: Rate
    unknown: int
    needed: int


@dataclass(frozen=True)
class Report:
    place: Territory
    period: Period
    level: int | None
    sight: Sight
    figures: figures.Figures
    before: Kpis

    @classmethod
    def of(cls, place: Territory, period: Period, level: int | None, sight: Sight) -> "Report":
        now = _figures(place, period, level, sight)
        return cls(place, period, level, sight, now, _figures(place, period.year_before, level, sight).kpis)

    @property
    def kpis(self) -> Kpis:
        return self.figures.kpis

    @property
    def is_whole(self) -> bool:
        return self.sight.agencies is None

    @property
    def four(self) -> list[Line]:
        """An agency reads the line of its own kind; both together are the borough's."""
        if not self.kpis.joint.required:
            return []
        return [
            Line(label, code, getattr(self.kpis, name), getattr(self.before, name))
            for label, name, code in FOUR
            if self.is_whole or (code and self.sight.sees_kind(code))
        ]

    @property
    def is_in_four(self) -> bool:
        return any(self.sight.sees_kind(code) for code in KPI4)

    @property
    def unrecorded(self) -> int:
        return self.kpis.counts.discussions - self.kpis.counts.recorded

    @property
    def left_out(self) -> int:
        """Held discussions that are in no figure, or not in KPI 4 (C11, C13)."""
        return self.unrecorded + self.kpis.counts.missing_birth_dates

    @property
    def completeness(self) -> str:
        """Stands beside the figures wherever they are shown."""
        counts, rate = self.kpis.counts, self.kpis.completeness
        discussions = plural(rate.required, "discussion")
        said = [f"Attendance is recorded for {rate.attended} of {discussions} ({rate.percentage}%)."]
        if self.unrecorded:
            said.append("The others are left out until it is recorded for every agency that was expected.")
        if counts.missing_birth_dates:
            are = plural(counts.missing_birth_dates, "discussion is", "discussions are")
            said.append(f"{are} left out of KPI 4, as the birth date is not known.")
        return " ".join(said)

    @property
    def no_four(self) -> str:
        """Why KPI 4 has no figure: nobody under 18, or nobody knows yet."""
        if not self.left_out:
            return "Not applicable: no meetings about under-18s in this period."
        were = plural(self.left_out, "discussion was", "discussions were")
        reasons = [
            (self.unrecorded, "attendance not recorded"),
            (self.kpis.counts.missing_birth_dates, "age not known"),
        ]
        why = ", ".join(f"{number} {reason}" for number, reason in reasons if number)
        return f"No figure: no discussion about an under-18 could be counted, and {were} left out ({why})."

    @property
    def six(self) -> list[Line]:
        earlier = {a.code: a.rate for a in self.before.agencies}
        return [Line(a.name, a.code, a.rate, earlier.get(a.code, Rate(0, 0))) for a in self.kpis.agencies]

    @property
    def six_met(self) -> int:
        return sum(a.rate.met for a in self.kpis.agencies)

    @property
    def lowest(self) -> tuple[str, Line] | None:
        """The KPI and its line of the smallest part; None where nothing was missed."""
        lines = [("4", line) for line in self.four] + [("6", line) for line in self.six]
        missed = [(kpi, line) for kpi, line in lines if line.gap]
        return min(missed, key=lambda one: one[1].now.attended / one[1].now.required, default=None)

    @property
    def is_live(self) -> bool:
        """The whole of a borough whose registers this person's seats open."""
        return self.is_whole and figures.is_live(self.place)

    def notice(self) -> Called | None:
        """Our own promise beside the agencies' absence; it is not stored for the area."""
        if not self.is_live:
            return None
        needed = AreaSettings.objects.values_list("notice_days", flat=True).get(
            territory=self.place.parent_id
        )
        held = Meeting.objects.filter(territory=self.place, status=Meeting.Status.HELD)
        held = held.filter(level=self.level) if self.level else held
        given = held.notice_given(self.period.start, self.period.end, needed)
        unknown = held.filter(held_on__range=(self.period.start, self.period.end), invited_on=None).count()
        return Called(Rate(given.meetings_in_time, given.meetings), unknown, needed)

    def beside(self) -> Beside | None:
        """Counted from the registers alone: an area's stored figures do not hold it."""
        if not self.is_live:
            return None
        return Beside.of(self.place, self.period.start, self.period.end, self.level)

    def compared(self) -> list[tuple[str, Kpis]]:
        """What the figures would be under other counting rules: information, never the measure (C10)."""
        if not self.is_live:
            return []
        asked = self.place, self.period.start, self.period.end, self.level
        others = [(label, figures.under_rules(*asked, rules)) for label, rules in OTHER_RULES]
        return [("As they are counted", self.kpis), *others]


def _figures(place: Territory, period: Period, level: int | None, sight: Sight) -> figures.Figures:
    if place.kind == Territory.Kind.AREA:
        return figures.of_area(place, period.start, period.end, level)
    return figures.of_borough(place, period.start, period.end, level, only=sight.organisations)


def shown(rate: Rate) -> str:
    """No figure stands alone."""
    return f"{rate.percentage}% ({rate.attended} of {rate.required})" if rate.required else "No figure"
