"""Signed by the chair, sealed, sent to the board; asked about, accepted, corrected."""

import io
import json
import subprocess
from datetime import UTC, date, datetime

import pdfua
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pypdf import PdfReader

from data_returns.actions import scrutiny
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content
from data_returns.actions.opening import correct, open_return
from data_returns.actions.signing import send, sign
from data_returns.checking import result_of
from data_returns.content import parse
from data_returns.models import Query, Return, Standing
from data_returns.pdf import figure, pages
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from outbox.models import Message
from tests.data_returns.samples import good
from tests.pages import text

AT = datetime(2025, 6, 2, 10, tzinfo=UTC)
DAY = date(2025, 7, 1)


@pytest.fixture
def draft(world):
    made = open_return(world.territory("camden"), 2024, by=None, at=AT)
    import_content(made, parse(good(), made.form)[0], by=None, at=AT)
    made.sections.update(is_done=True)
    return pass_check(made, by=None)


@pytest.fixture
def sent(world, draft):
    signed = sign(draft, by=world.camden_mappa_chair, at=AT)
    run_jobs()
    signed.refresh_from_db()
    return signed


def test_the_board_sees_it_once_it_is_signed_and_sealed(world, draft):
    manager = world.camden_business_manager
    assert not Return.objects.for_user(manager).exists()
    signed = sign(draft, by=world.camden_mappa_chair, at=timezone.now())
    assert signed.status == "signed" and not Return.objects.for_user(manager).exists()
    run_jobs()
    seen = Return.objects.for_user(manager).get()
    assert seen.status == "sent" and seen.document.latest.number == 1
    assert not Return.objects.for_user(world.smb_chair).exists()
    assert Standing.objects.for_user(world.smb_chair).get().status == "sent"
    told = Message.objects.get(kind="data_return", to_email__startswith="camden_business_manager")
    assert told.subject == "[OFFICIAL] MAPPA data return 2024 to 2025, Camden: with the board"
    assert "/returns/camden/2024-25/view/" in told.text


@pytest.mark.parametrize(
    "who", ["camden_administrator", "camden_board_chair", "hackney_mappa_chair", "smb_chair"]
)
def test_only_the_boroughs_mappa_chair_signs(world, draft, who):
    with pytest.raises(PermissionDenied):
        sign(draft, by=getattr(world, who), at=AT)


def test_a_return_that_contradicts_itself_is_not_signed(world, draft):
    import_content(draft, parse(good({"q1_l1": 230}), draft.form)[0], by=None, at=AT)
    with pytest.raises(Conflict, match="Check the answers first"):
        sign(draft, by=world.camden_mappa_chair, at=AT)
    Return.objects.update(status="checked")  # the registers may have changed since
    with pytest.raises(Conflict, match="1 problem must be fixed"):
        sign(draft, by=world.camden_mappa_chair, at=AT)


def test_words_cleared_in_one_comment_are_not_cleared_in_another(world, draft):
    said = {"q5": "Write to x@example.org.", "q6": "Write to x@example.org."}
    import_content(draft, parse(good(texts=said), draft.form)[0], by=None, at=AT)
    draft.answers.filter(key="q5").update(cleared=["x@example.org"])
    assert [(e.code, e.key) for e in result_of(draft).errors] == [("H8", "q6")]
    draft.answers.filter(key="q6").update(cleared=["x@example.org"])
    assert result_of(draft).errors == ()


def test_what_is_signed_is_fixed(world, sent):
    for act in (
        lambda: sign(sent, by=world.camden_mappa_chair, at=AT),
        lambda: import_content(sent, parse(good(), sent.form)[0], by=None, at=AT),
    ):
        with pytest.raises(Conflict, match="can no longer be changed: with the board"):
            act()
    assert sent.evidence["rules"]["errors"] == []


def test_the_file_holds_every_figure_the_caveat_and_a_signature(sent, tmp_path):
    data = sent.document.latest.read()
    path = tmp_path / "return.pdf"
    path.write_bytes(data)
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    words = " ".join(text.split())
    said, cells = sent.said(), sent.form.cells
    assert len(cells) >= 36
    assert [c.key for c in cells.values() if f"{c.label} {figure(said, c.key)}" not in words] == []
    assert words.count("No comment") == 8  # seven agencies, and what was learned elsewhere
    assert "Metropolitan Police manage alone" in words and "Asked at each review." in words
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said and "Total document signed" in said
    [embedded] = PdfReader(io.BytesIO(data)).attachments["CMD-R-2025-001.json"]
    kept = json.loads(embedded)
    assert kept["figures"]["q1_l1"] == 231 and kept["version"] == 1


def test_the_chair_and_the_board_read_why_a_figure_differs_from_the_register(world, draft, browser_of):
    draft.figures.filter(key="q1_l2").update(register=5, reason="One moved away on 1 April.")
    said = "The register counted 5. One moved away on 1 April."
    place = "/returns/camden/2024-25/"
    assert said in text(browser_of("camden_mappa_chair").get(f"{place}sign/"))
    sent = send(sign(draft, by=world.camden_mappa_chair, at=AT), at=AT)
    assert said in text(browser_of("camden_business_manager").get(f"{place}view/"))
    assert said in str(pages(sent, "", "")["questions"][0]["cells"])


def test_checkers_find_nothing_in_the_file(sent, tmp_path):
    path = tmp_path / "return.pdf"
    path.write_bytes(sent.document.latest.read())
    assert not pdfua.validate(path).findings
    assert subprocess.run(["qpdf", "--check", path], capture_output=True).returncode == 0


# -- The board --


def test_a_question_goes_back_and_forth_until_it_is_closed(world, sent):
    manager, administrator = world.camden_business_manager, world.camden_administrator
    query = scrutiny.ask(sent, question=5, text="Why so few?", by=manager, at=AT)
    run_jobs()
    assert Message.objects.filter(kind="data_return", subject__endswith=": a question").exists()
    with pytest.raises(PermissionDenied):
        scrutiny.answer(query, text="Because.", by=manager, at=AT)
    scrutiny.answer(query, text="Two were moved.", by=administrator, at=AT)
    with pytest.raises(Conflict, match="Close 1 query to accept"):
        scrutiny.accept(sent, today=DAY, by=manager)
    scrutiny.ask_on(query, text="Where to?", by=manager, at=AT)
    query.refresh_from_db()
    assert query.status == "open" and query.messages.count() == 3
    scrutiny.close(query, by=manager)
    with pytest.raises(Conflict, match="closed"):
        scrutiny.close(query, by=manager)
    assert scrutiny.accept(sent, today=DAY, by=manager).status == "closed"
    assert Standing.objects.get().closed_on == DAY


def test_an_empty_question_is_refused(world, sent):
    with pytest.raises(ValidationError, match="Enter your question about question 5"):
        scrutiny.ask(sent, question=5, text=" ", by=world.camden_business_manager, at=AT)
    assert not Query.objects.exists()


@pytest.mark.parametrize("verb", ["accept", "table", "send_back", "ask"])
@pytest.mark.parametrize("who", ["camden_administrator", "camden_mappa_chair", "smb_chair"])
def test_the_unit_and_the_area_do_not_scrutinise(world, sent, verb, who):
    values = {
        "accept": {"today": DAY},
        "table": {"on": DAY, "today": DAY},
        "send_back": {"reason": "x", "at": AT},
        "ask": {"question": 1, "text": "x", "at": AT},
    }[verb]
    with pytest.raises(PermissionDenied):
        getattr(scrutiny, verb)(sent, by=getattr(world, who), **values)


def test_tabled_on_a_day_that_has_come(world, sent):
    manager = world.camden_business_manager
    with pytest.raises(ValidationError, match="today or in the past"):
        scrutiny.table(sent, on=date(2025, 7, 2), today=DAY, by=manager)
    assert scrutiny.table(sent, on=DAY, today=DAY, by=manager).status == "tabled"


def test_a_correction_is_the_next_version_and_names_what_changed(world, sent):
    scrutiny.accept(sent, today=DAY, by=world.camden_business_manager)
    following = correct(sent, reason="Level 2 counted a move twice.", by=world.camden_administrator, at=AT)
    assert (following.number, following.status, following.reference) == (2, "draft", sent.reference)
    assert following.said() == sent.said()
    with pytest.raises(Conflict, match="later version"):
        correct(sent, reason="Again.", by=world.camden_administrator, at=AT)
    import_content(following, parse(good({"q5_l2": 2}), following.form)[0], by=None, at=AT)
    sign(pass_check(following, by=None), by=world.camden_mappa_chair, at=AT)
    run_jobs()
    sent.refresh_from_db()
    assert sent.status == "closed" and Return.objects.newest().get(territory=sent.territory).number == 2
    assert Standing.objects.get().number == 2


def test_what_the_board_sends_back_is_open_again_as_the_next_version(world, sent):
    following = scrutiny.send_back(
        sent, reason="Question 7 is empty.", by=world.camden_business_manager, at=AT
    )
    assert (following.number, following.reason, following.is_open) == (2, "Question 7 is empty.", True)
    run_jobs()
    told = Message.objects.filter(kind="data_return", subject__endswith=": sent back")
    assert {m.to_email for m in told} >= {
        f"camden_{who}@example.org" for who in ("administrator", "mappa_chair")
    }


# -- A version that was overtaken --


def test_the_board_does_nothing_with_a_version_of_which_a_later_one_was_started(world, sent):
    by, at = world.camden_business_manager, timezone.now()
    asked = scrutiny.ask(sent, question=1, text="Why?", by=by, at=at)
    scrutiny.send_back(sent, reason="Question 1 does not add up", by=by, at=at)
    following = Return.objects.get(number=2)
    sent = Return.objects.get(pk=sent.pk)
    for act in (
        lambda: scrutiny.accept(sent, today=at.date(), by=by),
        lambda: scrutiny.table(sent, on=at.date(), today=at.date(), by=by),
        lambda: scrutiny.ask(sent, question=2, text="And?", by=by, at=at),
        lambda: scrutiny.send_back(sent, reason="Again", by=by, at=at),
    ):
        with pytest.raises(Conflict, match="later version"):
            act()
    standing = Standing.objects.get(about=sent.territory, year=sent.year)
    assert (standing.number, standing.status) == (2, "draft"), "what the area sees is the version that stands"
    assert list(following.queries.values_list("pk", flat=True)) == [asked.pk], "what the board asks goes on"


def test_a_correction_started_before_the_file_was_made_stays_what_the_area_sees(world, draft):
    signed = sign(draft, by=world.camden_mappa_chair, at=AT)
    correct(signed, reason="A slip", by=world.camden_administrator, at=timezone.now())
    send(signed, at=timezone.now())
    standing = Standing.objects.get(about=signed.territory, year=signed.year)
    assert (standing.number, standing.status) == (2, "draft")
