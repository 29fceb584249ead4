"""Minutes: versions that never change, the chair's approval, what each agency reads of them, the PDF."""

from datetime import date
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from boards.access import share_many
from boards.models import Organisation
from mappa_portal.exceptions import Conflict
from meetings.actions import decisions
from meetings.actions import minutes as verbs
from meetings.minutes import Content, changes, content_of
from meetings.models import Discussion, Meeting, Minutes
from meetings.record import Record
from outbox.jobs import run_jobs
from outbox.models import Message
from tests.pages import text

ADDRESS = "/meetings/CMD-M-2024-001/minutes/"
SECRET, OTHER = "Mr Penhaligon keeps a second telephone", "Ms Tregenza moves to Truro"
NOW = timezone.now()


@pytest.fixture
def meeting(world, register):
    """Two cases; Children's Services was given the first, Adult Social Care came to both."""
    register.put(
        {"case": "C1", "agency": "CSC"},
        {"case": "C1"},
        {"case": "C2", "attended": "no", "mode": "", "grade": "", "explained": "yes"},
    )
    first, second = Discussion.objects.order_by("position")
    share_many([(first, Organisation.objects.get(slug="camden-childrens-services"))])
    decide(world, first, SECRET)
    decide(world, second, OTHER)
    run_jobs()
    return Meeting.objects.get()


def decide(world, discussion, said: str, **values):
    discussion.refresh_from_db()
    return decisions.record_discussion(
        discussion,
        said=Record(risk=said, level_reason="Agencies must act together"),
        **{"level_decided": 2, "risk_of_harm": "high"} | values,
        revision=discussion.revision,
        by=world.camden_administrator,
        today=date(2024, 5, 3),
    )


@pytest.fixture
def draft(world, meeting):
    return verbs.draft(meeting, by=world.camden_administrator, at=NOW)


@pytest.fixture
def issued(world, draft):
    verbs.approve(draft, by=world.camden_mappa_chair, at=NOW)
    return verbs.issue(draft, by=world.camden_administrator, at=NOW)


def test_a_draft_holds_the_records_sealed_and_opens_as_it_was(meeting, draft):
    assert SECRET not in draft.content
    content = Content.opened(draft.content)
    assert content == content_of(meeting) and content.digest == draft.digest
    assert [case.said.risk for case in content.cases] == [SECRET, OTHER]
    assert draft.issue_by == date(2024, 5, 16), "ten working days, 6 May is a bank holiday"


def test_without_a_change_there_is_no_next_version(world, meeting, draft):
    with pytest.raises(Conflict, match="Nothing in the records has changed since version 1"):
        verbs.draft(meeting, by=world.camden_administrator, at=NOW)


@pytest.mark.parametrize(
    "who", ["camden_administrator", "camden_csc_spoc", "camden_board_chair", "hackney_mappa_chair"]
)
def test_only_the_chair_approves(world, draft, who):
    with pytest.raises(PermissionDenied):
        verbs.approve(draft, by=getattr(world, who), at=NOW)


def test_what_the_chair_read_is_what_is_approved(world, meeting, draft):
    decide(world, meeting.discussions.first(), "More was said")
    newer = verbs.draft(meeting, by=world.camden_administrator, at=NOW)
    with pytest.raises(Conflict, match="Version 2 replaced version 1"):
        verbs.approve(draft, by=world.camden_mappa_chair, at=NOW)
    assert verbs.approve(newer, by=world.camden_mappa_chair, at=NOW).approved_by == world.camden_mappa_chair
    with pytest.raises(Conflict, match="approved already"):
        verbs.approve(newer, by=world.camden_mappa_chair, at=NOW)


LACKING = [  # what the second case has: what is said of it
    ({"level_decided": None, "risk_of_harm": ""}, "level not decided, risk of serious harm not recorded"),
    ({"level_decided": None}, "level not decided"),
    ({"risk_of_harm": ""}, "risk of serious harm not recorded"),
]


@pytest.mark.parametrize("values, said", LACKING)
def test_a_case_without_a_decision_is_named_and_approved_only_knowingly(
    world, meeting, browser_of, values, said
):
    decide(world, meeting.discussions.last(), OTHER, **values)
    unit, chair = browser_of("camden_administrator"), browser_of("camden_mappa_chair")
    for _ in ("before the draft", "in the draft"):
        page = unit.get(ADDRESS)
        assert f"CMD-C-2024-002, {said}" in text(page) and "CMD-C-2024-001, " not in text(page)
        assert '<a class="govuk-link" href="/meetings/CMD-M-2024-001/decisions/2/">' in page.content.decode()
        unit.post(f"{ADDRESS}draft/")
    refused = text(chair.post(f"{ADDRESS}1/approve/"))
    assert "Select to confirm that CMD-C-2024-002 can stand without a decision" in refused
    assert not Minutes.objects.get().approved_at
    chair.post(f"{ADDRESS}1/approve/", {"undecided": "on"})
    assert Minutes.objects.get().approved_at
    assert Event.objects.get(name="minutes.approved").reason.endswith("CMD-C-2024-002 undecided")
    assert "no decision" not in text(unit.get(ADDRESS)), "it was accepted"


def test_decided_cases_raise_no_question(draft, browser_of):
    page = text(browser_of("camden_mappa_chair").get(ADDRESS))
    assert "no decision" not in page and "without a decision" not in page


def test_issuing_needs_approval_and_happens_once(world, draft):
    with pytest.raises(Conflict, match="The chair approves"):
        verbs.issue(draft, by=world.camden_administrator, at=NOW)
    verbs.approve(draft, by=world.camden_mappa_chair, at=NOW)
    verbs.issue(draft, by=world.camden_administrator, at=NOW)
    with pytest.raises(Conflict, match="issued already"):
        verbs.issue(draft, by=world.camden_administrator, at=NOW)


def test_a_correction_of_approved_minutes_says_why_and_what_changed(world, meeting, issued):
    decide(world, meeting.discussions.first(), "Corrected")
    with pytest.raises(ValidationError, match="Enter what is corrected, and why"):
        verbs.draft(meeting, by=world.camden_administrator, at=NOW)
    second = verbs.draft(meeting, reason="A telephone number", by=world.camden_administrator, at=NOW)
    assert changes(Content.opened(issued.content), Content.opened(second.content)) == [
        "Case 1: risk assessment"
    ]
    assert Minutes.objects.get(number=1).content == issued.content


def test_the_agencies_are_told_without_a_word_of_it(meeting, issued):
    run_jobs()
    [message] = Message.objects.filter(kind="minutes_issued")
    assert message.to_email == "camden_csc_spoc@example.org"
    assert message.subject == "[OFFICIAL] Minutes: MAPPA meeting, Camden, 1 May 2024"
    assert "Sign in to read the minutes of the MAPPA meeting in Camden." in message.text
    assert SECRET not in message.text + message.html and "CMD-C-" not in message.text + message.html


def test_who_came_without_an_invitation_is_named_and_not_told(meeting, issued):
    """Adult Social Care came, the Children's Services were given the first discussion."""
    assert [a.slug for a in verbs.readers(meeting)] == ["camden-childrens-services"]
    assert [a.slug for a in verbs.not_told(meeting)] == ["camden-adult-social-care"]


# -- The page --

WHO = [  # who: first case, second case, while a draft, once issued
    ("camden_administrator", True, True, 200, 200),
    ("camden_mappa_chair", True, True, 200, 200),
    ("camden_csc_spoc", True, False, 200, 200),
    ("camden_police_spoc", False, False, 404, 404),
    ("camden_board_chair", False, False, 404, 404),
    ("hackney_administrator", False, False, 404, 404),
]


@pytest.mark.parametrize("who, first, second, before, after", WHO)
def test_who_reads_which_cases(world, draft, browser_of, who, first, second, before, after):
    browser = browser_of(who)
    page = browser.get(ADDRESS)
    assert page.status_code == before
    if who == "camden_csc_spoc":
        assert "not issued yet" in text(page) and SECRET not in text(page)
        assert browser.get(f"{ADDRESS}1/pdf/").status_code == 404
    verbs.approve(draft, by=world.camden_mappa_chair, at=NOW)
    verbs.issue(draft, by=world.camden_administrator, at=NOW)
    page = browser.get(ADDRESS)
    assert page.status_code == after
    assert (SECRET in text(page), OTHER in text(page)) == (first, second)
    assert ("CMD-C-2024-002" in text(page)) == second


def test_attendance_is_of_the_cases_that_one_reads(issued, browser_of):
    unit, agency = (text(browser_of(w).get(ADDRESS)) for w in ("camden_administrator", "camden_csc_spoc"))
    assert "Attended: case 1; Explained absence: case 2" in unit
    assert "Explained absence" not in agency and "Camden Adult Social Care" in agency


def test_the_page_follows_the_agenda(issued, browser_of):
    page = text(browser_of("camden_administrator").get(ADDRESS))
    agenda = [
        *("Introductions", "Purpose", "Confidentiality", "Previous actions", "Information from the agencies"),
        *("Victims", "Children and safeguarding", "Diversity", "Risk assessment", "Disclosure"),
        *("Risk management plan", "Actions", "Level", "Next review", "Differing views"),
    ]
    main, places = page.partition("Download as PDF")[2], []
    for heading in agenda:
        places.append(main.index(f" {heading}", places[-1] + 1 if places else 0))
    assert places == sorted(places)


def test_drafting_approving_and_issuing_by_the_page(world, meeting, browser_of):
    unit, chair = browser_of("camden_administrator"), browser_of("camden_mappa_chair")
    unit.post(f"{ADDRESS}draft/")
    assert "Approve version 1" not in text(unit.get(ADDRESS))
    assert "Approve version 1" in text(chair.get(ADDRESS))
    assert unit.post(f"{ADDRESS}1/approve/").status_code == 403
    chair.post(f"{ADDRESS}1/approve/")
    unit.post(f"{ADDRESS}1/issue/")
    assert Minutes.objects.get().issued_at
    decide(world, meeting.discussions.first(), "Corrected")
    assert "Enter what is corrected, and why" in text(unit.post(f"{ADDRESS}draft/", {"reason": ""}))
    unit.post(f"{ADDRESS}draft/", {"reason": "A number"})
    page = text(unit.get(ADDRESS))
    assert "Different from version 1: Case 1: risk assessment" in page and "A number" in page


def test_reading_and_taking_away_leave_events(issued, browser_of):
    browser = browser_of("camden_csc_spoc")
    browser.get(ADDRESS)
    answer = browser.get(f"{ADDRESS}1/pdf/")
    assert {"minutes.viewed", "minutes.downloaded"} <= set(Event.objects.values_list("name", flat=True))
    assert answer["Content-Disposition"] == 'attachment; filename="CMD-M-2024-001-minutes-version-1.pdf"'
    with pikepdf.open(BytesIO(answer.content)) as file:
        assert file.docinfo["/Title"] == "MAPPA minutes, CMD-M-2024-001, version 1"
        assert len(file.pages) <= 2, "cases follow each other, none begins a page of its own"


DUE = [("camden_administrator", "Make"), ("camden_mappa_chair", "Make")]


@pytest.mark.parametrize("who, verb", DUE)
def test_the_home_page_counts_to_the_day_of_circulation(world, meeting, browser_of, who, verb):
    Meeting.objects.update(held_on=timezone.localdate())
    assert f"{verb} the minutes of CMD-M-2024-001" in text(browser_of(who).get("/"))
    draft = verbs.draft(meeting, by=world.camden_administrator, at=NOW)
    waiting = text(browser_of(who).get("/"))
    assert ("Approve the minutes" in waiting) == (who == "camden_mappa_chair")
    verbs.approve(draft, by=world.camden_mappa_chair, at=NOW)
    assert "Issue the minutes of CMD-M-2024-001" in text(browser_of(who).get("/"))
    verbs.issue(draft, by=world.camden_administrator, at=NOW)
    assert "the minutes of CMD-M-2024-001" not in text(browser_of(who).get("/"))


def test_content_asks_as_few_questions_for_many_cases(register, meeting):
    with CaptureQueriesContext(connection) as few:
        content_of(meeting)
    register.put(*({"case": f"C{n}", "agency": a} for n in range(1, 9) for a in ("ASC", "CSC")))
    with CaptureQueriesContext(connection) as many:
        content_of(meeting)
    assert len(many) == len(few)


def test_hostile_text_stays_text(world, meeting, browser_of):
    hostile = "<img src=file:///etc/passwd><script>x</script>{% now 'Y' %}"
    decide(world, meeting.discussions.first(), hostile)
    verbs.draft(meeting, by=world.camden_administrator, at=NOW)
    browser = browser_of("camden_administrator")
    page = browser.get(ADDRESS).content.decode()
    assert "&lt;img src=file:///etc/passwd&gt;&lt;script&gt;" in page and "{% now" in page
    assert browser.get(f"{ADDRESS}1/pdf/").content.startswith(b"%PDF-")
