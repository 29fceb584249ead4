"""How a rate, its result and its course read in a table."""

from django.utils.html import format_html

from mappa_portal.templatetags.govuk import tag
from meetings.performance.kpis import Rate
from meetings.performance.report import Line
from meetings.performance.run_chart import percent
from meetings.performance.svg import sparkline
from meetings.performance.trends import SPARK_FROM, Trend, measure_of_line


def result(rate: Rate):
    if rate.met is None:
        return "Not applicable"
    return tag("Target met", "green") if rate.met else tag(f"Below {rate.target}%", "orange")


def spark(trend: Trend, line: Line):
    chart = trend.chart(measure_of_line(line), "quarter")
    if len(chart.points) < SPARK_FROM:
        return "Too few quarters"
    return format_html("{} {}", sparkline(chart.points, chart.unit), percent(chart.points[-1].value))
