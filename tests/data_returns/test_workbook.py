"""A return handed in as a file: read cell by cell, shown first, taken over whole or not at all."""

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from data_returns.content import Content, parse, whole
from data_returns.editions import PRESENT, shipped
from data_returns.form import LARGEST, Form
from data_returns.models import Figure, Return
from data_returns.workbook import COLUMNS, Unreadable, asked, read, rows
from mappa_portal.exports import xlsx_download
from tests.data_returns.conftest import AT
from tests.data_returns.samples import GOOD
from tests.pages import text

FORM, EMPTY = Form.of(shipped(PRESENT)), Content()
BLANKS = [value for value, _ in Figure.Blank.choices]


def book(content: Content = EMPTY, **changes):
    """The workbook that the page gives, opened, with other answers by what the first column says."""
    made = xlsx_download("x.xlsx", COLUMNS, rows(FORM, content), marking="OFFICIAL-SENSITIVE").content
    opened = openpyxl.load_workbook(io.BytesIO(made))
    for line in opened.active.iter_rows(min_row=2):
        if line[0].value in changes:
            line[3].value = changes[line[0].value]
    return opened


def saved(opened) -> bytes:
    written = io.BytesIO()
    opened.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((14, 14), (14.0, 14), ("1,204", 1204), (" 7 ", 7), ("007", 7), (-3, -3)),
        *(("many", None), (14.5, None), ("1e9", None), ("1,20", None), (True, None), ("", None)),
    ],
)
def test_a_number_as_people_and_spreadsheets_write_it(value, number):
    assert whole(value) == number


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_what_is_written_is_read_again(data):
    """Any return goes out and comes back as it was: four kinds of nothing, formulas as text, every choice."""
    figures, blanks, texts, answers = {}, {}, {}, {}
    for row in asked(FORM):
        if row.kind == "figure":
            said = data.draw(st.sampled_from([None, *BLANKS, 0, 3, LARGEST]))
            (figures if isinstance(said, int) else blanks if said else {})[row.key] = said
        elif row.kind == "answer":
            if chosen := data.draw(st.sampled_from([None, *(option for option, _ in row.options)])):
                answers[row.key] = chosen
        elif said := data.draw(st.sampled_from(["", "=1+1", "- None", "Panel meets monthly"])):
            texts[row.key] = said
    content = Content(figures, texts, answers, blanks)
    assert read(saved(book(content)), FORM) == content


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("many", "must be a whole number, like 14"),
        (1.5, "must be a whole number, like 14"),
        (-1, "must be from 0 to 99,999"),
        (1e9, "must be from 0 to 99,999"),
    ],
)
def test_a_fault_names_its_cell(value, fault):
    with pytest.raises(Unreadable) as refused:
        read(saved(book(q1_l2=value)), FORM)
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].startswith("Cell D") and fault in refused.value.faults[0]


def merged(opened):
    opened.active.merge_cells("D2:D4")


def hidden(opened):
    opened.create_sheet("old").sheet_state = "hidden"


def two(opened):
    opened.create_sheet("Notes")


def headless(opened):
    opened.active["D1"] = "Answers"


def twice(opened):
    opened.active["A3"] = "q1_l1"


def unknown(opened):
    opened.active["A3"] = "q99"


def long(opened):
    opened.active["A2000"] = "x"


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (merged, "Cells are merged: D2:D4"),
        (hidden, "2 sheets, 1 hidden"),
        (two, "2 sheets, 0 hidden"),
        (headless, "Row 1 has no column “Your answer”"),
        (twice, "“q1_l1” stands in the sheet twice"),
        (unknown, "the form has no “q99”"),
        (long, "2,000 rows"),
    ],
)
def test_nothing_is_guessed_in_a_workbook_that_is_not_plain(spoil, fault):
    opened = book()
    spoil(opened)
    with pytest.raises(Unreadable) as refused:
        read(saved(opened), FORM)
    assert fault in refused.value.faults[0]


def test_what_is_no_workbook_is_refused_in_words():
    with pytest.raises(Unreadable, match="1 fault"):
        read(b"PK\x03\x04 not a workbook", FORM)


# -- The page --


@pytest.fixture
def hand_in(browser, opened):
    def post(data: bytes, name: str = "return.xlsx"):
        return browser.post(f"{AT}import/", {"file": SimpleUploadedFile(name, data)})

    return post


def seen_in(page) -> str:
    return page.context["seen"]


def test_the_page_shows_what_changes_then_takes_it_over_once(browser, opened, hand_in):
    page = hand_in(saved(book(q1_l2="1,204", q10="not applicable")))
    assert "2 entries would change" in text(page) and "1,204" in text(page)
    assert not opened.figures.exists(), "nothing is taken over yet"
    done = browser.post(f"{AT}import/", {"seen": seen_in(page)}, follow=True)
    assert "2 entries changed" in text(done)
    assert dict(opened.figures.exclude(value=None).values_list("key", "value")) == {"q1_l2": 1204}
    assert opened.figures.get(key="q10").blank == "not_applicable"


def test_json_is_taken_as_the_contracts_have_it(browser, opened, hand_in):
    page = hand_in(json.dumps(GOOD).encode(), "return.json")
    browser.post(f"{AT}import/", {"seen": seen_in(page)})
    assert opened.said() == parse(GOOD, opened.form)[0]


@pytest.mark.parametrize(
    ("data", "name"), [(b"[]", "a.json"), (b"{", "a.json"), (b'{"figures": {"q1_l1": -1}}', "a.json")]
)
def test_a_faulty_file_changes_nothing_and_says_why(hand_in, opened, data, name):
    page = text(hand_in(data, name))
    assert "The file has faults" in page and "Faults in the file" in page
    assert not opened.figures.exists()


def test_C2_a_return_that_was_changed_meanwhile_is_shown_again(browser, opened, hand_in):
    page = hand_in(saved(book(q1_l2=7)))
    Return.objects.filter(pk=opened.pk).update(revision=opened.revision + 1)
    again = browser.post(f"{AT}import/", {"seen": seen_in(page)})
    assert "changed meanwhile" in text(again) and not opened.figures.exists()
    browser.post(f"{AT}import/", {"seen": seen_in(again)})
    assert opened.figures.get().value == 7


def test_a_preview_of_somebody_else_is_no_leave_to_import(browser_of, browser, opened, hand_in):
    page = hand_in(saved(book(q1_l2=7)))
    chair = browser_of("camden_mappa_chair")
    assert chair.post(f"{AT}import/", {"seen": seen_in(page)}).status_code == 409
    assert browser.post(f"{AT}import/", {"seen": "forged"}).status_code == 409
    assert not opened.figures.exists()


def test_the_workbook_that_the_page_gives_holds_what_is_filled_in(browser, filled):
    data = browser.get(f"{AT}workbook/").content
    assert read(data, filled.form) == filled.said()


def test_C2_a_page_that_was_open_before_the_import_does_not_undo_it(browser, opened, hand_in):
    revision = opened.sections.get(question=10).revision
    browser.post(f"{AT}import/", {"seen": seen_in(hand_in(saved(book(q10=3))))})
    stale = browser.post(f"{AT}q/10/", {"revision": revision, "figure-q10": "1", "text-q10": ""})
    assert stale.status_code == 409 and opened.figures.get(key="q10").value == 3


def test_a_question_is_complete_after_an_import_only_where_nothing_waits(browser, opened, hand_in):
    browser.post(f"{AT}import/", {"seen": seen_in(hand_in(saved(book(q2_l1=3, q10=0))))})
    done = dict(opened.sections.values_list("question", "is_done"))
    assert done[10] and not done[2], "two cells of question 2 are empty"
