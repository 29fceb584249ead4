"""Run charts: limits, what stands out and the finding, without a database."""

import re
from xml.etree import ElementTree

import pytest

from meetings.performance.kpis import Rate
from meetings.performance.run_chart import OUTSIDE, SIDE, TREND, finding, percent, run_chart
from meetings.performance.svg import draw, sparkline

NAME = "KPI 6, Education"


def chart(*attended: int | None, of: int = 100):
    """A month each; None had nothing to divide by."""
    rates = [Rate(a, of) if a is not None else Rate(0, 0) for a in attended]
    return run_chart(NAME, "month", 90, [(f"month {n}", rate) for n, rate in enumerate(rates, 1)])


def flagged(drawn, flag: str) -> list[int]:
    return [n for n, point in enumerate(drawn.points, 1) if flag in point.flags]


CENTRES = [  # points, has limits, centre, what it is
    ([90, 80, 100], False, 90.0, "median"),
    ([90, 80, 100, 84], False, 87.0, "median"),
    ([90] * 11, False, 90.0, "median"),
    ([90] * 12, True, 90.0, "average"),
    ([90] * 11 + [None], False, 90.0, "median"),
]


@pytest.mark.parametrize("values, has_limits, centre, centre_is", CENTRES)
def test_twelve_points_have_limits_fewer_a_median(values, has_limits, centre, centre_is):
    drawn = chart(*values)
    assert (drawn.has_limits, drawn.centre_is) == (has_limits, centre_is)
    assert drawn.centre == pytest.approx(centre)
    assert all((p.limits is not None) == has_limits for p in drawn.points)


LIMITS = [  # share of a hundred, required, lower and upper limit
    (90, 100, 81.0, 99.0),
    (50, 100, 35.0, 65.0),
    (98, 100, 93.8, 100.0),
    (2, 100, 0.0, 6.2),
    (100, 100, 100.0, 100.0),
]


@pytest.mark.parametrize("share, required, low, high", LIMITS)
def test_limits_are_three_standard_errors_cut_at_0_and_100(share, required, low, high):
    for point in chart(*[share] * 12, of=required).points:
        assert point.limits == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


def test_an_average_adds_up_and_small_months_have_wide_limits():
    rates = [(f"m{n}", Rate(9, 10)) for n in range(11)] + [("m12", Rate(450, 500))]
    points = run_chart(NAME, "month", 90, rates).points
    assert points[0].limits == (pytest.approx(61.5, abs=0.1), 100.0)
    assert points[-1].limits == (pytest.approx(85.98, abs=0.1), pytest.approx(94.02, abs=0.1))


STANDS_OUT = [  # points, flag, places from 1
    ([90] * 6 + [92] + [90] * 4 + [60], OUTSIDE, [12]),
    ([90, 92] * 6, OUTSIDE, []),
    ([60] + [90] * 4, OUTSIDE, []),  # too few points for limits
    ([80] * 7 + [90] * 7, SIDE, [*range(1, 15)]),
    ([80] * 6 + [90] * 6, SIDE, []),
    ([80, 80, 80, None, 80, 80, 80, 80] + [90] * 6, SIDE, [*range(1, 8)]),
    ([70, 71, 72, 73, 74, 75, 70], TREND, [1, 2, 3, 4, 5, 6]),
    ([75, 74, 73, 72, 71, 70], TREND, [1, 2, 3, 4, 5, 6]),
    ([70, 71, 72, 73, 74, 74], TREND, []),  # five, then no step
    ([70, 71, 72, 73, 74], TREND, []),
    ([70, 71, 72, 72, 73, 74, 75], TREND, []),
]


@pytest.mark.parametrize("values, flag, places", STANDS_OUT)
def test_what_stands_out(values, flag, places):
    assert flagged(chart(*values), flag) == places


FINDINGS = [
    ([], f"{NAME}: no figure in this time"),
    ([None, None], f"{NAME}: no figure in this time"),
    ([91], f"{NAME} was 91.0% in month 1, the only month with a figure"),
    ([90, 92, 91], f"{NAME} was 91.0% in month 3; the median is 91.0%, at or above the target of 90%"),
    ([80, 82] * 3, f"{NAME} shows no change: median 81.0%, below the target of 90%"),
    ([90] * 11 + [60], f"{NAME} fell below its usual range in month 12: 60.0%"),
    ([60] * 11 + [95], f"{NAME} rose above its usual range in month 12: 95.0%"),
    ([95, 70, 71, 72, 73, 74, 75], f"{NAME} has risen over 6 months in a row, to 75.0%"),
    ([75, 74, 73, 72, 71, 70, 69], f"{NAME} has fallen over 7 months in a row, to 69.0%"),
    ([88] * 7 + [92] * 7, f"{NAME} has been above its average of 90.0% for 7 months in a row"),
    ([92] * 7 + [88] * 7, f"{NAME} has been below its average of 90.0% for 7 months in a row"),
]


@pytest.mark.parametrize("values, words", FINDINGS)
def test_the_finding_in_words(values, words):
    assert finding(chart(*values)) == words


@pytest.mark.parametrize("value, words", [(89.99, "89.9%"), (90, "90.0%"), (100, "100.0%"), (0, "0.0%")])
def test_C14_percentages_are_cut(value, words):
    assert percent(value) == words


DRAWN = [[91], [90, 92, 91], [90] * 6 + [92] + [90] * 4 + [60], [100] * 12, [0] * 12]


@pytest.mark.parametrize("values", DRAWN)
def test_a_drawing_is_svg_with_a_name_and_neither_style_nor_script(values):
    text = draw(chart(*values))
    svg = ElementTree.fromstring(text)
    assert svg.get("role") == "img" and svg.find("title").text == finding(chart(*values))
    assert svg.find("desc").text
    assert not re.search(r"style|script|on\w+=|href|url\(", text)
    heights = [float(v) for v in re.findall(r' (?:y1|y2|cy)="([\d.]+)"', text)]
    assert all(0 <= y <= 260 for y in heights)
    assert text.count("<circle") == len(values)


def test_a_hostile_name_is_only_text():
    text = draw(run_chart("<script>x</script>", "month", 90, [("a", Rate(1, 2))]))
    assert "<script" not in text and ElementTree.fromstring(text) is not None


def test_a_sparkline_names_its_range_and_last_value():
    text = sparkline(chart(*range(81, 91)).points, "month")
    assert "10 months: lowest 81.0%, highest 90.0%, last 90.0%" in text
