"""Dates, plurals, tables and Markdown as people read them."""

from datetime import UTC, date, datetime, time

import html5lib
import pytest

from mappa_portal import words
from mappa_portal.templatetags import govuk
from mappa_portal.text import markdown_to_html

WORDS = [
    (words.long_date, date(2026, 11, 21), "21 November 2026"),
    (words.short_date, date(2026, 11, 2), "2 Nov 2026"),
    (words.weekday_date, date(2026, 11, 12), "Thursday 12 November 2026"),
    (words.long_date, datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026"),
    (words.moment, datetime(2026, 11, 21, 10, 42, tzinfo=UTC), "21 November 2026 at 10:42am"),
    (words.clock, datetime(2026, 6, 1, 9, 0, tzinfo=UTC), "10am"),
    (words.clock, time(14, 30), "2:30pm"),
    (words.clock, time(12, 0), "midday"),
    (words.clock, time(0, 5), "12:05am"),
    (words.long_date, None, ""),
    (words.lower_first, "MAPPA chair", "MAPPA chair"),
    (words.lower_first, "Date of birth", "date of birth"),
]


@pytest.mark.parametrize("say, value, said", WORDS)
def test_dates_and_words(say, value, said):
    assert say(value) == said


@pytest.mark.parametrize("number, said", [(0, "0 agencies"), (1, "1 agency"), (2, "2 agencies"), (1200, "1,200 agencies")])
def test_plurals(number, said):
    assert words.plural(number, "agency", "agencies") == said


def test_a_table_escapes_and_labels_its_cells():
    table = govuk.data_table("T", ["A", "B", "C", "D<"], [["<b>", 1, "x", "y"]], numeric="2")
    assert "&lt;b&gt;" in table["body"] and 'data-label="D&lt;"' in table["body"]
    assert table["body"].count("cell--numeric") == 1 and table["head"].count("header--numeric") == 1


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](//evil.example)",
    "[x](/account/)",
    "![x](http://evil.example/pixel.png)",
    "<https://[x>",
    "| a |\n|:-:|\n| <b>1</b> |",
    '[x](https://a.example "\\" onclick=alert(1)")',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_P1_markdown_lets_nothing_through(text):
    tree = html5lib.parseFragment(markdown_to_html(text), namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in ("script", "img", "b", "style", "iframe")
        assert set(element.attrib) <= {"class", "href", "title"}
        assert (element.get("href") or "https:").startswith(("https:", "mailto:"))


def test_markdown_headings_fit_below_those_of_the_page():
    html = markdown_to_html("# One\n\n### Two\n\n- a\n", top=3)
    assert '<h3 class="govuk-heading-s">One</h3>' in html and "<h5" in html and "govuk-list--bullet" in html
