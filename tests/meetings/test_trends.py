"""Months, boroughs and other counting rules: the same statement, grouped or with one part replaced."""

from datetime import date

import pytest

from boards.scope import scope
from meetings.access import Sight
from meetings.models import Attendance, Meeting
from meetings.performance import counting, figures
from meetings.performance.counting import Rules
from meetings.performance.periods import Period
from meetings.performance.report import Report
from meetings.performance.trends import Trend, measures_of
from tests.meetings.conftest import YEAR
from tests.meetings.files import ABSENT, CHILD, REPORT

MONTHS = ["2024-04-10", "2024-05-01", "2024-05-20", "2024-09-02", "2025-03-31"]


@pytest.fixture
def spread(register):
    """A meeting in each of four months, two in May; Adult Social Care misses every second."""
    register.put(
        *(
            {"meeting": f"M{n}", "case": f"C{n}", "held_on": day, "agency": agency} | CHILD | kind
            for n, day in enumerate(MONTHS)
            for agency, kind in (("ASC", ABSENT if n % 2 else {}), ("CSC", {}), ("YOT", REPORT))
        )
    )
    return register


def added(months) -> tuple:
    """What the months add up to."""
    names = counting.NUMBERS
    agencies: dict[str, list[int]] = {}
    for kpis in months.values():
        for line in kpis.agencies:
            sums = agencies.setdefault(line.code, [0, 0])
            sums[0] += line.rate.attended
            sums[1] += line.rate.required
    return [sum(getattr(k.counts, n) for k in months.values()) for n in names], agencies


def whole(kpis) -> tuple:
    agencies = {a.code: [a.rate.attended, a.rate.required] for a in kpis.agencies}
    return [getattr(kpis.counts, n) for n in counting.NUMBERS], agencies


@pytest.mark.parametrize("level", [None, 2, 3])
def test_C2_months_add_up_to_the_period_live_and_stored(spread, level):
    london, camden = spread.world.territory("london"), spread.world.territory("camden")
    live = figures.by_month(camden, *YEAR, level)
    assert added(live) == whole(spread.live(level=level))
    spread.stored()
    with scope([london.pk], [london.pk]):
        assert figures.by_month(camden, *YEAR, level) == live
        assert added(figures.by_month(london, *YEAR, level)) == added(live)
    if level != 3:
        assert list(live) == [date(2024, 4, 1), date(2024, 5, 1), date(2024, 9, 1), date(2025, 3, 1)]


def test_boroughs_at_once_are_what_each_is_alone(spread):
    spread.put({"borough": "hackney", "meeting": "H1"}, {"borough": "hackney", "meeting": "H2"} | ABSENT)
    london = spread.world.territory("london")
    each = {slug: spread.stored(borough=slug) for slug in ("camden", "hackney", "islington")}
    with scope([london.pk], [london.pk]):
        found = figures.of_boroughs(london, *YEAR)
    boroughs = {spread.world.territory(slug).pk: kpis for slug, kpis in each.items()}
    empty = spread.world.territory("islington").pk
    assert {pk: one.kpis for pk, one in found.items()} == {
        pk: kpis for pk, kpis in boroughs.items() if pk != empty
    }


OTHER_RULES = [  # rules, Adult Social Care attended, both services there
    (Rules(), 3, 0),
    (Rules(substitutes=False), 2, 0),
    (Rules(reports=True), 3, 5),
    (Rules(short_notice=False), 2, 0),
    (Rules(substitutes=False, reports=True, short_notice=False), 1, 4),
]


@pytest.mark.parametrize("rules, attended, joint", OTHER_RULES)
def test_C10_what_figures_would_be_under_other_rules(spread, rules, attended, joint):
    camden = spread.world.territory("camden")
    Attendance.objects.filter(
        organisation__agency_type="ASC", discussion__meeting__file_reference="M0"
    ).update(substitute=True)
    Meeting.objects.filter(file_reference="M2").update(invited_on=date(2024, 5, 13))  # a week
    Meeting.objects.filter(file_reference="M4").update(invited_on=date(2025, 3, 17))  # fourteen days
    kpis = figures.under_rules(camden, *YEAR, None, rules)
    lines = {a.code: a.rate.attended for a in kpis.agencies}
    assert (lines["ASC"], kpis.joint.attended) == (attended, joint)
    assert (kpis == spread.live()) == (rules == counting.AS_THEY_STAND)


TODAY = [  # today, quarters on the axis from, to
    (date(2025, 12, 1), "Apr to Jun 2022", "Jan to Mar 2025"),
    (date(2025, 2, 1), "Apr to Jun 2022", "Jan to Mar 2025"),
    (date(2024, 12, 31), "Jan to Mar 2022", "Oct to Dec 2024"),
]


@pytest.mark.parametrize("today, first, last", TODAY)
def test_a_trend_has_twelve_quarters_up_to_the_period_or_today(spread, today, first, last):
    report = Report.of(spread.world.territory("camden"), Period(2024), None, Sight(rows=True))
    trend, measure = Trend.of(report, today), measures_of(report)["6"]
    labels = [label for label, _ in trend.rates(measure, "quarter")]
    assert (len(labels), labels[0], labels[-1]) == (12, first, last)


def test_quarters_add_up_their_months(spread):
    report = Report.of(spread.world.territory("camden"), Period(2024), None, Sight(rows=True))
    trend, measures = Trend.of(report, date(2025, 6, 1)), measures_of(report)
    assert list(measures) == ["6", "4", "6-ASC", "6-CSC", "6-YOT"]
    points = {
        p.label: (p.rate.attended, p.rate.required) for p in trend.chart(measures["6-ASC"], "quarter").points
    }
    assert points == {"Apr to Jun 2024": (2, 3), "Jul to Sep 2024": (0, 1), "Jan to Mar 2025": (1, 1)}
    months = {p.label: p.rate.required for p in trend.chart(measures["6-ASC"], "month").points}
    assert months == {"Apr 2024": 1, "May 2024": 2, "Sep 2024": 1, "Mar 2025": 1}


def test_notice_is_our_own_promise_and_unknown_where_nothing_was_sent(spread):
    camden = spread.world.territory("camden")
    report = Report.of(camden, Period(2024), None, Sight(rows=True))
    unknown = report.notice()
    assert (unknown.in_time.required, unknown.unknown) == (0, 5)
    Meeting.objects.filter(file_reference="M0").update(invited_on=date(2024, 3, 27))
    Meeting.objects.filter(file_reference="M1").update(invited_on=date(2024, 4, 18))
    known = report.notice()
    assert (known.in_time.attended, known.in_time.required, known.unknown, known.needed) == (1, 2, 3, 14)
    assert Report.of(camden, Period(2024), None, Sight(agencies=())).notice() is None
