"""An absence without explanation: asked, explained or taken further, by people and by itself."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boards.dates import add_working_days
from mappa_portal.exceptions import Conflict
from mappa_portal.words import weekday_date
from meetings import absences
from meetings.actions import follow_ups as actions
from meetings.actions.overdue_follow_ups import carry_on
from meetings.models import Attendance, Contact, Escalation, FollowUp, Meeting, Step
from outbox.models import Message
from tests.world import TODAY

ABSENT = {"attended": "no", "mode": "", "grade": "", "explained": "no", "agency": "CSC", "case": "K1"}
HELD = TODAY - timedelta(days=5)
BEFORE = TODAY - timedelta(days=100)
LONG_AGO = TODAY - timedelta(days=400)


@pytest.fixture
def absent(register):
    def put(*days: date, **cells):
        rows = [
            ABSENT | {"meeting": f"K{day:%Y%m%d}", "held_on": day.isoformat()} | cells
            for day in days or [HELD]
        ]
        register.put(*rows)
        return Meeting.objects.order_by("-held_on").first()

    return put


@pytest.fixture
def csc(world):
    return world.organisation("camden-childrens-services")


@pytest.fixture
def contact(world, csc):
    camden = world.territory("camden")
    unit = world.camden_administrator.appointments.get().organisation
    return Contact.objects.create(
        territory=camden, organisation=unit, agency=csc, name="Sara Finch", email="sara@csc.example.org"
    )


@pytest.fixture
def opened(world, absent, csc, contact):
    return actions.open_follow_up(absent(), csc, today=TODAY, by=world.camden_administrator)


def sent(follow_up, by, today=TODAY):
    step = follow_up.step
    return actions.send(
        follow_up, letter=step.letter, to_name="A", to_email="a@example.org", today=today, by=by
    )


# -- Which absences --

FOLLOWED = [
    ({}, True),
    ({"explained": "yes"}, False),
    ({"explained": ""}, False),  # not known whether it was explained
    ({"report": "yes"}, False),
    ({"attended": ""}, False),
    ({"stood_down": "yes"}, False),
    ({"invited": "no"}, False),
    ({"status": "cancelled"}, False),
    ({"held_on": (TODAY - absences.LATELY).isoformat()}, True),
    ({"held_on": (TODAY - absences.LATELY - timedelta(days=1)).isoformat()}, False),
]


@pytest.mark.parametrize("cells, followed", FOLLOWED)
def test_what_opens_by_itself(world, absent, csc, cells, followed):
    absent(HELD, **cells)
    for _ in range(2):  # the second morning finds nothing new
        carry_on(world.territory("camden"), TODAY)
    assert [f.agency for f in FollowUp.objects.all()] == ([csc] if followed else [])


REPEATS = [
    ([HELD], 1),
    ([HELD, BEFORE], 2),
    ([HELD, LONG_AGO], 1),
    ([date(2026, 11, 20), date(2025, 11, 20)], 1),  # twelve months ago to the day is not within them
    ([date(2026, 11, 20), date(2025, 11, 21)], 2),
]


@pytest.mark.parametrize("days, number", REPEATS)
def test_a_repeat_is_the_second_in_twelve_months(world, absent, csc, days, number):
    follow_up = actions.open_follow_up(absent(*days), csc, today=TODAY, by=world.camden_administrator)
    assert len(absences.days_of(follow_up)) == number


# -- Each step --


def test_opening_drafts_a_letter_to_the_contact_once(world, opened, csc):
    assert (opened.reference, opened.step.number, opened.step.to_email) == (
        "CMD-F-2026-001",
        Step.Number.AGENCY,
        "sara@csc.example.org",
    )
    assert "Camden Children" in opened.step.letter and not Message.objects.exists()
    again = actions.open_follow_up(opened.meeting, csc, today=TODAY, by=world.camden_mappa_chair)
    assert again == opened and Step.objects.count() == 1


def test_the_cover_is_asked_while_it_lasts(world, absent, csc, contact):
    contact.cover_name, contact.cover_email, contact.cover_from = "Al Reed", "al@csc.example.org", TODAY
    contact.save()
    opened = actions.open_follow_up(absent(), csc, today=TODAY, by=world.camden_administrator)
    assert (opened.step.to_name, opened.step.to_email) == ("Al Reed", "al@csc.example.org")


def test_the_letter_says_for_how_many_cases_nobody_was_there(world, absent, register, csc, client):
    meeting = absent()
    came = {"case": "K2", "attended": "yes", "grade": "3", "explained": ""}
    register.put(ABSENT | {"meeting": meeting.file_reference, "held_on": HELD.isoformat()} | came)
    opened = actions.open_follow_up(meeting, csc, today=TODAY, by=world.camden_administrator)
    said = "Nobody was there for 1 of the 2 cases that it was asked to, and for that we hold no apology"
    assert said in opened.step.letter and "for every case next time" in opened.step.letter
    sent(opened, world.camden_administrator)
    message = Message.objects.get()
    assert "was expected and was not there for 1 of the 2 cases. Tell the chair why by" in message.text
    client.force_login(world.camden_administrator)
    assert "absent for 1 of the 2 cases?" in client.get(f"/follow-ups/{opened.reference}/").text


def test_sending_starts_the_areas_deadline(world, opened):
    sent(opened, world.camden_administrator)
    message = Message.objects.get()
    assert message.title == "Explanation needed: MAPPA meeting, Camden, 17 November 2026"
    assert opened.reference in message.text and "CMD-C" not in message.text + message.html
    due = add_working_days(TODAY, 2)
    assert Step.objects.get().due_on == due
    by = f"did not attend. Tell the chair why by {weekday_date(due)}, 2 working days from today."
    assert by in message.text and by in message.html
    with pytest.raises(Conflict):
        sent(opened, world.camden_administrator)
    assert Message.objects.count() == 1


def test_an_accepted_explanation_explains_the_absence_in_the_register(world, opened):
    sent(opened, world.camden_administrator)
    actions.record_explanation(
        opened, answer="The bus did not come.", accepted=True, today=TODAY, by=world.camden_mappa_chair
    )
    opened.refresh_from_db()
    assert opened.status == FollowUp.Status.EXPLAINED
    assert Attendance.objects.get().outcome == Attendance.Outcome.EXPLAINED
    with pytest.raises(Conflict):
        actions.close(opened, reason="x", today=TODAY, by=world.camden_mappa_chair)


def test_C2_accepting_one_holds_the_meeting_so_that_no_two_states_share_a_revision(world, opened):
    sent(opened, world.camden_administrator)
    Meeting.objects.update(revision=7)  # a grid was saved meanwhile
    with CaptureQueriesContext(connection) as asked:
        actions.record_explanation(
            opened, answer="x", accepted=True, today=TODAY, by=world.camden_mappa_chair
        )
    held = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert 'FROM "meetings_meeting"' in held[0], "as the grid does, before anything else"
    assert Meeting.objects.get().revision == 8


def test_one_that_is_not_accepted_goes_on(world, opened):
    sent(opened, world.camden_administrator)
    actions.record_explanation(opened, answer="?", accepted=False, today=TODAY, by=world.camden_mappa_chair)
    actions.escalate(opened, today=TODAY, by=world.camden_mappa_chair)
    assert FollowUp.objects.get().step.number == Step.Number.LINE_MANAGER
    assert Attendance.objects.get().explained is False


def test_the_smb_is_told_of_repeats_alone_and_of_no_case(world, absent, csc, contact):
    by = world.camden_administrator
    first = actions.open_follow_up(absent(), csc, today=TODAY, by=by)
    sent(first, by)
    sent(actions.escalate(first, today=TODAY, by=by), by)
    with pytest.raises(Conflict, match="first absence"):
        actions.escalate(first, today=TODAY, by=by)
    absent(BEFORE)
    actions.escalate(first, today=TODAY, by=by)
    told = Escalation.objects.get()
    assert (told.about.slug, told.days, told.due_on) == (
        "camden",
        [HELD, BEFORE],
        add_working_days(TODAY, 10),
    )
    letters = Message.objects.filter(kind="escalation")
    assert {m.to_email for m in letters} == {"co_ordinator@example.org", "smb_chair@example.org"}
    assert not any("CMD-M" in m.text or "CMD-C" in m.text for m in letters)
    actions.answer_escalation(told, answer="We wrote to the director.", today=TODAY, by=world.co_ordinator)
    with pytest.raises(Conflict):
        actions.answer_escalation(told, answer="Again", today=TODAY, by=world.co_ordinator)


ACTIONS = {
    "send": lambda f, by: sent(f, by),
    "explain": lambda f, by: actions.record_explanation(f, answer="x", accepted=True, today=TODAY, by=by),
    "close": lambda f, by: actions.close(f, reason="x", today=TODAY, by=by),
    "answer": lambda f, by: actions.answer(f, answer="x", today=TODAY, by=by),
}
UNIT, AGENCY = {"camden_administrator", "camden_mappa_chair"}, {"camden_csc_spoc"}
WHO = [
    (name, who, who in (AGENCY if name == "answer" else UNIT))
    for name in ACTIONS
    for who in sorted(UNIT | AGENCY | {"camden_business_manager", "hackney_administrator"})
]


@pytest.mark.parametrize("name, who, may", WHO)
def test_the_unit_asks_and_decides_and_the_agency_answers(world, opened, name, who, may):
    if name == "answer":
        sent(opened, world.camden_administrator)
    if may:
        ACTIONS[name](opened, getattr(world, who))
        return
    with pytest.raises(PermissionDenied):
        ACTIONS[name](opened, getattr(world, who))


# -- By itself --


def mornings(world, days: int, start=TODAY) -> date:
    for n in range(days):
        carry_on(world.territory("camden"), start + timedelta(days=n))
    return start + timedelta(days=days)


def test_the_whole_path_without_anybody(world, absent, csc, contact):
    absent(HELD)
    mornings(world, 8)  # drafted, sent the next working day, two working days to answer
    follow_up = FollowUp.objects.get(meeting__held_on=HELD)
    assert (
        follow_up.step.number == Step.Number.LINE_MANAGER and not follow_up.step.is_sent
    )  # nobody to write to
    assert Message.objects.count() == 1
    sent(follow_up, world.camden_administrator, today=TODAY + timedelta(days=8))
    absent(HELD, BEFORE)
    mornings(world, 20, TODAY + timedelta(days=9))
    assert Escalation.objects.get().reference == follow_up.reference
    assert FollowUp.objects.get(pk=follow_up.pk).is_open


def test_it_waits_for_the_unit_once_the_agency_has_answered(world, opened):
    sent(opened, world.camden_administrator)
    actions.answer(opened, answer="We had no notice.", today=TODAY, by=world.camden_csc_spoc)
    mornings(world, 30)
    assert FollowUp.objects.get().step.number == Step.Number.AGENCY


CORRECTED = [{"attended": "yes", "mode": "video", "grade": "3", "explained": ""}, {"explained": "yes"}]


@pytest.mark.parametrize("cells", CORRECTED)
@pytest.mark.parametrize("is_sent", [False, True])
def test_an_absence_that_no_longer_stands_is_not_asked_about(world, opened, register, cells, is_sent):
    if is_sent:
        sent(opened, world.camden_administrator)
    register.put(ABSENT | {"meeting": f"K{HELD:%Y%m%d}", "held_on": HELD.isoformat()} | cells)
    with pytest.raises(Conflict, match="no longer"):
        if is_sent:
            actions.escalate(opened, today=TODAY, by=world.camden_administrator)
        else:
            sent(opened, world.camden_administrator)
    mornings(world, 30)
    closed = FollowUp.objects.get()
    assert (closed.status, closed.step.number) == (FollowUp.Status.CLOSED, Step.Number.AGENCY)
    assert Message.objects.count() == is_sent and absences.days_of(closed) == []


def test_nobody_goes_further_while_an_answer_waits(world, opened):
    sent(opened, world.camden_administrator)
    actions.answer(opened, answer="We had no notice.", today=TODAY, by=world.camden_csc_spoc)
    with pytest.raises(Conflict, match="has answered"):
        actions.escalate(opened, today=TODAY, by=world.camden_administrator)


def test_a_second_absence_goes_to_the_line_manager_known_from_the_first(world, absent, csc, contact):
    by = world.camden_administrator
    first = actions.open_follow_up(absent(), csc, today=TODAY, by=by)
    sent(first, by)
    actions.escalate(first, today=TODAY, by=by, to_name="Mo Lind", to_email="mo@example.org")
    second = actions.open_follow_up(absent(TODAY - timedelta(days=1)), csc, today=TODAY, by=by)
    sent(second, by)
    actions.escalate(second, today=TODAY, by=by)
    assert FollowUp.objects.get(pk=second.pk).step.to_email == "mo@example.org"


# -- The pages --


def page(user, address: str, **sent_form) -> str:
    browser = Client()
    browser.force_login(user)
    response = browser.post(address, sent_form, follow=True) if sent_form else browser.get(address)
    return response.content.decode()


def test_the_unit_walks_through_it(world, opened):
    by, address = world.camden_administrator, f"/follow-ups/{opened.reference}/"
    assert opened.reference in page(by, "/follow-ups/") and "Check and send the request" in page(by, "/")
    assert "Goes out by itself on Monday 23 November 2026" in page(by, address)
    wrong = page(by, f"{address}send/", to_name="Sara", to_email="", letter="Why?")
    assert (
        "Enter the email address that the request goes to" in wrong
        and ">Why?</textarea>" in wrong.replace("\n", "")
    )
    assert "The request is on its way." in page(
        by, f"{address}send/", to_name="Sara", to_email="s@example.org", letter="Why?"
    )
    undecided = page(by, f"{address}explanation/", answer="Ill")
    assert "Select if the explanation is accepted" in undecided
    assert "Explained" in page(by, f"{address}explanation/", answer="Ill", accepted="yes")


def test_the_agency_sees_what_it_was_asked_and_nothing_before(world, opened):
    spoc, address = world.camden_csc_spoc, f"/follow-ups/{opened.reference}/"
    assert "Page not found" in page(spoc, address)
    sent(opened, world.camden_administrator)
    seen = page(spoc, address)
    assert "Your answer" in seen and "Record the explanation" not in seen and "CMD-M" not in seen
    assert "Explain" in page(spoc, "/")
    assert "Your answer is recorded." in page(spoc, f"{address}answer/", answer="We moved office.")
    assert "Decide on the explanation" in page(world.camden_administrator, "/")


def test_empty_lists_say_what_will_stand_there(world):
    assert "Every absence is explained." in page(world.camden_administrator, "/follow-ups/")
    assert "No absence has been escalated." in page(world.smb_member, "/escalations/")
    assert "No follow-up matches these filters." in page(
        world.camden_administrator, "/follow-ups/?status=closed"
    )
