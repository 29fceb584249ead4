"""The round of a year: opened for all boroughs, extended for some; those who are late are chased."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import now

from audit.models import Draft, Event
from boards.models import AreaSettings, Coverage, Organisation
from data_returns.actions import round as actions
from data_returns.actions.entry import import_content, save_question
from data_returns.actions.opening import correct, open_due, open_return
from data_returns.actions.scrutiny import accept
from data_returns.actions.signing import send
from data_returns.content import parse
from data_returns.models import Return, Standing
from data_returns.reminders import promise_reminders, step_due, steps_of
from data_returns.round import Counts, lines_of
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from tests.data_returns.conftest import YEAR
from tests.data_returns.rounds import BOROUGHS, DUE, LATER, PAGE, TODAY, extend, sent, standing
from tests.data_returns.samples import GOOD
from tests.pages import text


def mails(ending: str = "") -> list[str]:
    found = Message.objects.filter(kind="data_return", subject__endswith=ending)
    found = found.exclude(to_email__startswith="left_yesterday")
    return sorted(found.values_list("to_email", flat=True))


# -- Opening --


def test_every_borough_gets_its_return_by_a_job_of_its_own(world, london):
    actions.open_round(london, YEAR, due_on=DUE, by=world.co_ordinator, at=now())
    assert Job.objects.filter(kind="data_returns.open_in_round").count() == BOROUGHS
    assert {s.status for s in Standing.objects.all()} == {"planned"} and not Return.objects.exists()
    run_jobs()
    assert Return.objects.count() == BOROUGHS
    assert {(s.status, s.due_on, s.questions) for s in Standing.objects.all()} == {("draft", DUE, 11)}
    assert "camden_administrator@example.org" in mails(": open")


def test_opened_again_is_opened_once(world, london, round_):
    assert actions.open_round(london, YEAR, due_on=LATER, by=world.co_ordinator, at=now()) == round_
    actions.open_rest(round_, by=world.co_ordinator)
    assert Job.objects.filter(kind="data_returns.open_in_round").count() == BOROUGHS
    assert Event.objects.filter(name__in=["round.opened", "round.went_on"]).count() == 1


def test_what_a_borough_opened_itself_joins(world, london, opened):
    actions.open_round(london, YEAR, due_on=DUE, by=world.co_ordinator, at=now())
    run_jobs()
    assert Return.objects.count() == BOROUGHS and standing().due_on == DUE


def test_a_borough_that_opens_it_first_finds_the_day_of_the_round(world, round_):
    Return.objects.filter(territory__slug="camden").delete()
    Standing.objects.filter(about__slug="camden").delete()
    open_return(world.territory("camden"), YEAR, by=None, at=now())
    assert standing().due_on == DUE


def test_a_borough_without_a_board_is_named_and_follows_later(world, london, office):
    kept = Coverage.objects.get(organisation__slug="camden-lscb")
    Coverage.objects.filter(pk=kept.pk).delete()
    made = actions.open_round(london, YEAR, due_on=DUE, by=world.co_ordinator, at=now())
    run_jobs()
    assert Return.objects.count() == BOROUGHS - 1
    assert "Camden has no safeguarding board: add one in the area" in text(office.get(PAGE))
    kept.save(force_insert=True)
    assert "Open it for 1 borough more" in text(office.get(PAGE))
    office.post(f"{PAGE}open/")
    run_jobs()
    assert Return.objects.count() == BOROUGHS and made.standings.count() == BOROUGHS


def test_a_borough_without_a_unit_is_named(world, round_, office):
    Standing.objects.filter(about__slug="camden").delete()
    Organisation.objects.filter(slug="camden-mappa-unit").update(kind="agency", agency_type="POL")
    assert "Camden has no MAPPA unit" in text(office.get(PAGE))


WRONG_DAYS = [(TODAY, "Due day must be in the future"), (TODAY - timedelta(days=1), "must be in the future")]


@pytest.mark.parametrize("day, said", WRONG_DAYS)
def test_the_due_day_is_ahead(world, london, day, said):
    with pytest.raises(ValidationError, match=said):
        actions.open_round(london, YEAR, due_on=day, by=world.co_ordinator, at=now())


def test_a_year_that_has_not_ended_is_not_opened(world, london):
    early = datetime.combine(date(YEAR + 1, 3, 31), datetime.min.time(), now().tzinfo)
    with pytest.raises(Conflict, match="The 2025 to 2026 return opens on 1 April 2026"):
        actions.open_round(london, YEAR, due_on=DUE, by=world.co_ordinator, at=early)


@pytest.mark.parametrize("minutes, opens", [(-1, False), (0, True), (59, True)])
def test_the_year_ends_at_midnight_in_london(world, minutes, opens):
    """In April that is an hour before it ends in the time of the worker."""
    at = datetime(YEAR + 1, 3, 31, 23, tzinfo=UTC) + timedelta(minutes=minutes)
    open_it = lambda: open_return(world.territory("camden"), YEAR, by=None, at=at)  # noqa: E731
    if not opens:
        with pytest.raises(Conflict, match="opens on 1 April"):
            open_it()
        return
    assert open_it().year == YEAR
    unit, by = world.organisation("camden-mappa-unit"), world.camden_administrator
    assert open_due(unit, by=by, at=at).year == YEAR


def test_the_due_day_changes_until_the_first_has_signed(world, round_):
    by, said = world.office_administrator, {"was": DUE, "today": TODAY}
    changed = actions.change_due(round_, due_on=LATER, by=by, **said)
    assert {s.due for s in Standing.objects.all()} == {LATER}
    with pytest.raises(ValidationError, match="Somebody changed the due day"):
        actions.change_due(round_, due_on=DUE, by=by, **said)
    Standing.objects.filter(about__slug="hackney").update(status="signed")
    with pytest.raises(Conflict, match="A borough has signed"):
        actions.change_due(changed, due_on=DUE, was=LATER, today=TODAY, by=by)


# -- More time --


def test_more_time_is_given_with_a_reason_and_taken_back(world, round_):
    extend(round_, "camden", by=world.co_ordinator)
    given = standing()
    assert (given.due, given.extension_reason, given.extended_by) == (
        LATER,
        "Nobody was in post.",
        world.co_ordinator,
    )
    assert standing("hackney").due == DUE
    extend(round_, "camden", by=world.co_ordinator)
    assert Draft.objects.filter(name="return.extended").count() == 1
    actions.take_back(round_, ["camden"], by=world.area_administrator)
    assert (standing().due, standing().extension_reason, standing().extended_by) == (DUE, "", None)


NOT_EXTENDED = [
    ({"to": DUE}, "New due day must be after"),
    ({"to": LATER, "today": LATER + timedelta(days=1)}, "New due day must be today or in the future"),
    ({"reason": "  "}, "Enter why they are given more time"),
]


@pytest.mark.parametrize("said, why", NOT_EXTENDED)
def test_what_is_no_extension(world, round_, said, why):
    with pytest.raises(ValidationError, match=why):
        extend(round_, "camden", by=world.co_ordinator, **said)


def test_who_has_signed_needs_no_more_time(world, round_):
    Standing.objects.filter(about__slug="camden").update(status="signed")
    with pytest.raises(ValidationError) as refused:
        extend(round_, "camden", "hackney", by=world.co_ordinator)
    assert refused.value.message_dict == {"boroughs": ["Camden has signed its return"]}
    assert standing("hackney").extended_to is None
    with pytest.raises(ValidationError, match="has no extension that could be taken back"):
        actions.take_back(round_, ["hackney"], by=world.co_ordinator)
    with pytest.raises(ValidationError, match="Select at least one borough"):
        extend(round_, by=world.co_ordinator)


RUNS = [("co_ordinator", True), ("office_administrator", True), ("area_administrator", True)]
RUNS += [("smb_chair", False), ("auditor", False), ("camden_administrator", False)]
RUNS += [("camden_mappa_chair", False), ("leeds_co_ordinator", False)]


@pytest.mark.parametrize("who, may", RUNS)
def test_who_runs_the_round(world, round_, who, may):
    by = getattr(world, who)
    acts = [
        lambda: extend(round_, "camden", by=by),
        lambda: actions.take_back(round_, ["camden"], by=by),
        lambda: actions.chase(round_, ["camden"], today=TODAY, by=by),
        lambda: actions.change_due(round_, due_on=LATER, was=DUE, today=TODAY, by=by),
        lambda: actions.open_rest(round_, by=by),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(PermissionDenied):
                act()


# -- Chasing and reminding --


def test_chased_once_a_day(world, round_):
    actions.chase(round_, ["camden", "hackney"], today=TODAY, by=world.co_ordinator)
    run_jobs()
    people = [
        f"{b}_{seat}@example.org" for b in ("camden", "hackney") for seat in ("administrator", "mappa_chair")
    ]
    assert mails(": due soon") == sorted(people)
    with pytest.raises(ValidationError, match="Camden was already chased today"):
        actions.chase(round_, ["camden", "islington"], today=TODAY, by=world.co_ordinator)
    assert standing("islington").chased_on is None
    actions.chase(round_, ["camden"], today=TODAY + timedelta(days=1), by=world.co_ordinator)
    run_jobs()
    assert mails(": due soon").count("camden_mappa_chair@example.org") == 2


def test_the_letter_says_when_it_was_due_and_no_figure(world, round_):
    Standing.objects.update(due_on=date(2026, 6, 30))
    actions.chase(round_, ["camden"], today=TODAY, by=world.co_ordinator)
    run_jobs()
    letter = Message.objects.filter(subject__endswith=": overdue").first()
    assert "The return was due on Tuesday 30 June 2026. It is not signed yet." in letter.text


def test_who_signs_meanwhile_gets_no_letter(world, round_):
    actions.chase(round_, ["camden"], today=TODAY, by=world.co_ordinator)
    Standing.objects.filter(about__slug="camden").update(status="signed")
    run_jobs()
    assert mails(": due soon") == mails(": overdue") == []


STEPS = [
    (-15, None),
    (-14, "first"),
    (-3, "first"),
    (-2, "last"),
    (0, "last"),
    (1, "after"),
    (7, "after"),
    (8, None),
]


@pytest.mark.parametrize("days, step", STEPS)
def test_reminders_before_and_after_the_due_day(london, days, step):
    assert step_due(Standing(due_on=DUE), steps_of(london), DUE + timedelta(days=days)) == step


def test_the_area_sets_the_days_and_other_days_are_no_other_reminder(london, round_):
    Standing.objects.update(due_on=TODAY + timedelta(days=12))
    assert promise_reminders(london, TODAY) == BOROUGHS
    for days, due in ((10, 0), (13, BOROUGHS)):
        AreaSettings.objects.filter(territory=london).update(first_reminder_days=days)
        assert promise_reminders(london, TODAY) == due
    assert Job.objects.filter(kind="data_returns.remind").count() == BOROUGHS


def test_reminders_are_promised_once_and_anew_for_a_later_day(world, london, round_):
    Standing.objects.update(due_on=TODAY + timedelta(days=2))
    Standing.objects.filter(about__slug="hackney").update(status="signed")
    assert [promise_reminders(london, TODAY) for _ in range(2)] == [BOROUGHS - 1] * 2
    assert Job.objects.filter(kind="data_returns.remind").count() == BOROUGHS - 1
    run_jobs()
    assert "camden_mappa_chair@example.org" in mails(": due soon")
    extend(round_, "camden", to=TODAY + timedelta(days=10), by=world.co_ordinator)
    promise_reminders(london, TODAY)
    assert Job.objects.filter(kind="data_returns.remind").count() == BOROUGHS


# -- How far they are --


def test_completeness_follows_the_borough(world, round_):
    made = Return.objects.get(territory__slug="camden")
    nothing = {"figures": {}, "texts": {}, "answers": {}, "cleared": {}}
    save_question(made, 1, **nothing, is_done=True, revision=1, by=None, at=now())
    assert (standing().completed, standing().questions) == (1, 11)
    import_content(made, parse(GOOD, made.form)[0], by=None, at=now())
    assert standing().completed == 9


def test_the_counts_above_and_the_days_late(world, round_):
    sent("camden", DUE)
    sent("hackney", DUE + timedelta(days=3), "closed")
    counts = Counts.of(round_, DUE + timedelta(days=5))
    assert counts == Counts(opened=3, signed=2, sent=2, in_time=1, accepted=1, late=1)
    late = {str(x.borough): x.days_late for x in lines_of(round_, DUE + timedelta(days=5))}
    assert late == {"Camden": 0, "Hackney": 3, "Islington": 5}
    extend(round_, "islington", by=world.co_ordinator)
    assert Counts.of(round_, DUE + timedelta(days=5)).late == 0


def test_a_correction_takes_nothing_back(world, round_):
    made = Return.objects.get(territory__slug="camden")
    signed = {"signed_at": now(), "content_hash": "x", "signed_by": world.camden_mappa_chair}
    Return.objects.filter(pk=made.pk).update(status="signed", **signed)
    made.refresh_from_db()
    send(made, at=now())
    accept(made, today=TODAY, by=world.camden_business_manager)
    correct(made, reason="A level was wrong.", by=None, at=now())
    assert (standing().status, standing().number, standing().sent_on) == ("draft", 2, TODAY)
    counts = Counts.of(round_, LATER)
    assert (counts.signed, counts.in_time, counts.accepted, counts.late) == (1, 1, 1, BOROUGHS - 1)
