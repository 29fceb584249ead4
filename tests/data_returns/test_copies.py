"""Paper copies: numbered, with a named holder, due back, ticked off, asked for when they do not come back."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.timezone import localdate
from pypdf import PdfReader

from audit.models import Draft, Event
from boards.models import AreaSettings
from data_returns.actions import copies as actions
from data_returns.actions.checking import pass_check
from data_returns.actions.opening import correct
from data_returns.actions.signing import sign
from data_returns.models import Return
from data_returns.tasks import remind_of_copies
from documents.models import Document, PaperCopy
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from outbox.models import Message
from tests.data_returns.conftest import AT
from tests.pages import text

PAGE = f"{AT}copies/"
TODAY = localdate()
LONG_AGO = TODAY - timedelta(days=60)


def document_of(data_return: Return) -> Document:
    return Document.objects.create(
        territory=data_return.territory,
        kind=Document.Kind.DATA_RETURN,
        reference=data_return.reference,
        version=data_return.number,
        title="Data return",
        marking="OFFICIAL-SENSITIVE",
        code=f"CMD-2222-2222-2222-222{data_return.number}",
    )


def with_board(data_return: Return) -> Return:
    """Signed and sent, as far as copies are concerned."""
    Return.objects.filter(pk=data_return.pk).update(
        status="sent", signed_at=timezone.now(), content_hash="x", document=document_of(data_return)
    )
    return Return.objects.select_related("document", "organisation", "territory").get(pk=data_return.pk)


@pytest.fixture
def signed(opened) -> Return:
    return with_board(opened)


def issue(data_return, by, holder="Head of Housing", issued_on=TODAY, days=30):
    said = {"holder": holder, "issued_on": issued_on, "due_on": issued_on + timedelta(days=days)}
    return actions.issue_copy(data_return, **said, today=TODAY, by=by)


def take_in(data_return, *numbers, by, on=TODAY):
    return actions.take_in(data_return, numbers, returned_on=on, today=TODAY, by=by)


def test_copies_count_on_over_versions(world, signed):
    by = world.camden_administrator
    assert [issue(signed, by).number for _ in range(2)] == [1, 2]
    later = with_board(correct(signed, reason="A level was wrong.", by=by, at=timezone.now()))
    third = issue(later, by)
    assert (third.number, third.document.version) == (3, 2)
    assert actions.copies_of(later).count() == actions.copies_of(signed).count() == 3


NOT_ISSUED = [
    ({"holder": "  "}, "Enter who will hold this copy"),
    ({"issued_on": TODAY + timedelta(days=1)}, "Date issued must be today or in the past"),
    ({"days": -1}, "Date due back must be the same as or after"),
]


@pytest.mark.parametrize("said, why", NOT_ISSUED)
def test_what_is_no_copy(world, signed, said, why):
    with pytest.raises(ValidationError, match=why):
        issue(signed, world.camden_administrator, **said)
    assert not PaperCopy.objects.exists()


def test_there_are_no_copies_of_what_is_not_signed(world, opened, browser):
    with pytest.raises(Conflict, match="Copies are issued of a signed return"):
        issue(opened, world.camden_administrator)
    page = text(browser.get(PAGE))
    assert "No paper copies issued" in page and "once its PDF is made" in page


KEEPS = [("camden_administrator", True), ("camden_mappa_chair", True), ("camden_business_manager", False)]
KEEPS += [("hackney_administrator", False), ("co_ordinator", False), ("camden_csc_spoc", False)]


@pytest.mark.parametrize("who, may", KEEPS)
def test_who_keeps_copies(world, signed, who, may):
    copy, by = issue(signed, None), getattr(world, who)
    acts = [
        lambda: issue(signed, by),
        lambda: take_in(signed, 1, by=by),
        lambda: actions.put_out(signed, copy, by=by),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(PermissionDenied):
                act()


def test_copies_come_back_singly_and_in_bulk_and_out_again(world, signed):
    by = world.camden_administrator
    copies = [issue(signed, by, issued_on=LONG_AGO) for _ in range(3)]
    take_in(signed, 1, by=by)
    assert len(take_in(signed, 1, 2, 3, by=by, on=TODAY - timedelta(days=1))) == 2
    assert [c.returned_on == TODAY for c in PaperCopy.objects.all()] == [True, False, False]
    with pytest.raises(ValidationError, match="Select at least one copy"):
        take_in(signed, 1, 2, by=by)
    actions.put_out(signed, copies[0], by=by)
    with pytest.raises(Conflict, match="Copy 1 is out already"):
        actions.put_out(signed, copies[0], by=by)
    assert Draft.objects.filter(name="paper_copy.returned").count() == 3


DAYS = [(TODAY - timedelta(days=11), "Date returned must be the same as or after")]
DAYS += [(TODAY + timedelta(days=1), "Date returned must be today or in the past")]


@pytest.mark.parametrize("day, why", DAYS)
def test_a_copy_comes_back_between_its_issue_and_today(world, signed, day, why):
    by = world.camden_administrator
    issue(signed, by, issued_on=TODAY - timedelta(days=10))
    with pytest.raises(ValidationError, match=why):
        take_in(signed, 1, by=by, on=day)


def test_what_is_overdue_is_asked_for_once_a_week(world, signed, browser):
    issue(signed, world.camden_administrator, issued_on=LONG_AGO)
    issue(signed, world.camden_administrator)
    for _ in range(2):
        remind_of_copies()
        run_jobs()
    letter = Message.objects.get(kind="data_return", to_email="camden_mappa_chair@example.org")
    assert "1 paper copy is overdue: copy 1 due" in letter.text and "Housing" not in letter.text
    assert f"{PAGE}" in letter.text and letter.subject.endswith(": copies overdue")
    assert "1 copy overdue" in text(browser.get("/"))
    PaperCopy.objects.filter(number=1).update(chased_on=TODAY - timedelta(days=7))
    camden = signed.territory
    late = actions.to_chase(camden, TODAY)
    assert [copy.number for copy in late] == [1] and not actions.to_chase(camden, TODAY - timedelta(days=1))
    AreaSettings.objects.filter(territory=camden.parent_id).update(copy_reminder_days=8, copy_days=40)
    assert not actions.to_chase(camden, TODAY) and actions.to_chase(camden, TODAY + timedelta(days=1))
    assert browser.get(PAGE).context["form"]["due_on"].initial == TODAY + timedelta(days=40)
    take_in(signed, 1, by=world.camden_administrator)
    assert not actions.to_chase(camden, TODAY + timedelta(days=1)) and "overdue" not in text(browser.get("/"))


def day(name: str, value) -> dict:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def test_by_hand(browser, signed):
    said = {"holder": ""} | day("issued_on", LONG_AGO) | day("due_on", LONG_AGO)
    assert "Enter who will hold this copy" in text(browser.post(PAGE, said))
    browser.post(PAGE, said | {"holder": "Head of Housing"})
    page = text(browser.get(PAGE))
    assert "1 of 1 copy is out, 1 overdue." in page and "Head of Housing" in page
    assert "Select at least one copy" in text(browser.post(f"{PAGE}returned/", day("returned_on", TODAY)))
    early = day("returned_on", LONG_AGO - timedelta(days=1)) | {"copies": ["1"]}
    refused = browser.post(f"{PAGE}returned/", early).content.decode()
    assert (
        "Date returned must be the same as or after" in refused
        and 'value="1" id="id_copies_0" checked' in refused
    )
    browser.post(f"{PAGE}returned/", day("returned_on", TODAY) | {"copies": ["1"]})
    assert "0 of 1 copy is out" in text(browser.get(PAGE))
    browser.post(f"{PAGE}1/out/")
    assert PaperCopy.objects.get().is_out
    assert browser.get(f"{PAGE}2/pdf/").status_code == 404


def test_copies_stay_on_the_page_while_a_correction_is_open(world, signed, browser):
    issue(signed, world.camden_administrator)
    correct(signed, reason="A level was wrong.", by=world.camden_administrator, at=timezone.now())
    page = text(browser.get(PAGE))
    assert "Head of Housing" in page and "Of version 1." in page


def test_the_page_costs_the_same_with_more_copies(world, signed, browser, django_assert_max_num_queries):
    def cost() -> int:
        with django_assert_max_num_queries(30) as seen:
            browser.get(PAGE)
        return len(seen)

    issue(signed, world.camden_administrator)
    browser.get(PAGE)
    before = cost()
    for _ in range(6):
        issue(signed, world.camden_administrator)
    assert cost() == before


def test_every_page_of_the_print_bears_its_number_and_the_file_stays(world, filled, browser):
    chair = world.camden_mappa_chair
    sign(pass_check(filled, by=chair), by=chair, at=timezone.now())
    run_jobs()
    sent = Return.objects.select_related("document", "organisation").get()
    before = sent.document.latest.sha256
    for holder in ("Head of Housing", "Ānanda Őrsi"):
        issue(sent, chair, holder=holder)
    response = browser.get(f"{PAGE}2/pdf/")
    made = PdfReader(io.BytesIO(response.content))
    assert response["Content-Disposition"] == 'attachment; filename="CMD-R-2026-001-version-1-copy-2.pdf"'
    for page in made.pages:
        words = " ".join(page.extract_text().split())
        assert "Copy 2 of CMD-R-2026-001 version 1, held by Ānanda Őrsi." in words
        assert "Return it to the MAPPA chair, Camden MAPPA Unit" in words and sent.document.code in words
    whole = " ".join(" ".join(page.extract_text().split()) for page in made.pages)
    assert "Signed electronically by" in whole and "Asked at each review." in whole
    assert "/AcroForm" not in made.trailer["/Root"] and not made.attachments
    assert sent.document.latest.sha256 == before and sent.document.revisions.count() == 2
    assert Event.objects.filter(name="paper_copy.printed").count() == 1
