"""The ledger of disclosures: what may be recorded when, by whom, and that nothing of it ever changes."""

from contextlib import nullcontext
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.vault import unseal
from audit.models import Change, Draft
from mappa_portal.exceptions import Conflict
from referrals import actions
from referrals.disclosing.knowledge import known_on
from referrals.disclosing.ledger import Kind
from referrals.disclosing.tokens import find_by_recipient
from referrals.models import Disclosure, DisclosureEntry, RecipientToken
from tests.referrals.disclosing import DAY, NAME, Disclosing


@pytest.fixture
def ledger(world):
    return Disclosing(world)


def says(error: pytest.ExceptionInfo) -> dict:
    return getattr(error.value, "message_dict", {"": error.value.messages})


def test_from_request_to_outcome(ledger):
    panel = ledger.hearing()
    made = ledger.open()
    assert (made.reference, made.status) == (f"CMD-D-{2026}-001", "requested")
    seen = []
    for kind, said in (
        (Kind.PROPOSAL, {}),
        (Kind.VIEW, {}),
        (Kind.DECISION, {"route": "panel", "meeting": panel.reference}),
        (Kind.CARRIED_OUT, {}),
        (Kind.OFFENDER, {}),
        (Kind.OUTCOME, {}),
        (Kind.REVIEW, {}),
    ):
        ledger.add(made, kind, **said)
        seen.append(made.status)
    assert seen == ["proposed", "proposed", "decided", "told", "told", "told", "closed"]
    assert (made.bases, made.roles, made.circumstances) == (["cja325"], ["accommodation"], ["OTHERS"])


TOO_EARLY = [
    (Kind.VIEW, "no proposal yet"),
    (Kind.DECISION, "no proposal yet"),
    (Kind.CARRIED_OUT, "Nobody may be told before it is decided"),
    (Kind.RATIFICATION, "Only a decision made in an emergency"),
    (Kind.OFFENDER, "not decided yet"),
    (Kind.OUTCOME, "Nobody has been told yet"),
    (Kind.STEP, "does not belong to a request"),
]


@pytest.mark.parametrize("kind, why", TOO_EARLY)
def test_nothing_comes_before_its_turn(ledger, kind, why):
    with pytest.raises(Conflict, match=why):
        ledger.add(ledger.open(), kind)


def test_a_refusal_and_a_decision_that_was_not_ratified_let_nobody_be_told(ledger):
    no = ledger.decided(answer="refuse")
    with pytest.raises(Conflict, match="decided not to disclose"):
        ledger.add(no, Kind.CARRIED_OUT)
    panel = ledger.hearing()
    yes = ledger.add(
        ledger.decided(), Kind.RATIFICATION, meeting=panel.reference, ratified=False, reason="No"
    )
    assert yes.status == "rejected"
    with pytest.raises(Conflict, match="did not ratify"):
        ledger.add(yes, Kind.CARRIED_OUT)


WRONG = [  # kind, what is said, the field and its text
    (Kind.PROPOSAL, {"bases": []}, "bases", "Select the legal basis"),
    (Kind.PROPOSAL, {"bases": ["dpa1998"]}, "bases", "Data Protection Act 1998 was not in force"),
    (Kind.PROPOSAL, {"necessity": ""}, "necessity", "Enter why disclosure is necessary"),
    (Kind.PROPOSAL, {"recipients": []}, "recipient", "Enter who would be told"),
    (Kind.DECISION, {"route": "panel", "meeting": "CMD-M-2026-009"}, "meeting", "Select the meeting"),
    (Kind.DECISION, {"emergency_reason": ""}, "emergency_reason", "could not wait"),
    (Kind.DECISION, {"on": date(2026, 3, 1)}, "happened_on", "same as or after 2 March 2026"),
    (Kind.CARRIED_OUT, {"on": date(2026, 3, 1)}, "happened_on", "when it was decided"),
    (Kind.CARRIED_OUT, {"on": date(2026, 11, 23)}, "happened_on", "today or in the past"),
    (Kind.CARRIED_OUT, {"recipient": 1}, "recipient", "Select who was told"),
    (Kind.CARRIED_OUT, {"undertaking": False}, "undertaking_reason", "no undertaking was signed"),
    (Kind.OFFENDER, {"told": False}, "reason", "Enter why the person was not told"),
]
BEFORE = {
    Kind.PROPOSAL: "open",
    Kind.DECISION: "proposed",
    Kind.CARRIED_OUT: "decided",
    Kind.OFFENDER: "decided",
}


@pytest.mark.parametrize("kind, said, name, text", WRONG)
def test_what_is_missing_or_wrong_stands_beside_its_field(ledger, kind, said, name, text):
    made = getattr(ledger, BEFORE[kind])()
    with pytest.raises(ValidationError) as error:
        ledger.add(made, kind, **said)
    assert text in says(error)[name][0]
    assert made.entries.count() == {"open": 1, "proposed": 2, "decided": 3}[BEFORE[kind]]


def test_only_police_and_probation_carry_it_out(ledger, world):
    with pytest.raises(ValidationError, match="only police or probation"):
        ledger.add(
            ledger.decided(), Kind.CARRIED_OUT, organisation=world.organisation("camden-childrens-services")
        )


PRESUMED = dict.fromkeys(("child_sex_offender", "presumption_a", "presumption_b"), True)
PRESUMPTION = [  # what is said of the person, the reason, is the refusal recorded
    (PRESUMED, "", False),
    (PRESUMED, "canary reason", True),
    (PRESUMED | {"presumption_b": False}, "", True),
]


@pytest.mark.parametrize("said, reason, recorded", PRESUMPTION)
def test_against_the_presumption_a_written_reason_is_needed(ledger, said, reason, recorded):
    made = ledger.add(ledger.open(**said, consideration="canary"), Kind.PROPOSAL)
    with nullcontext() if recorded else pytest.raises(ValidationError, match="presumption to disclose"):
        ledger.add(made, Kind.DECISION, answer="refuse", presumption_reason=reason)
    made.refresh_from_db()
    assert made.status == (
        "unratified" if recorded else "proposed"
    )  # in an emergency: it waits for the panel
    assert made.state.awaits_ratification == recorded


def test_the_decider_did_not_make_the_proposal(ledger):
    made = ledger.add(ledger.open(), Kind.PROPOSAL, by=ledger.chair)
    with pytest.raises(ValidationError, match="Somebody else must decide"):
        ledger.add(made, Kind.DECISION)


def test_who_decides_has_read_the_whole_trail(ledger):
    made = ledger.proposed()
    ledger.add(made, Kind.VIEW)
    with pytest.raises(ValidationError, match="Somebody added"):
        ledger.add(made, Kind.DECISION, seen=2)
    assert ledger.add(made, Kind.DECISION, seen=3).status == "unratified"


WHO = [
    ("camden_administrator", Kind.PROPOSAL, None),
    ("camden_mappa_chair", Kind.PROPOSAL, None),
    ("camden_administrator", Kind.DECISION, PermissionDenied),
    ("camden_board_chair", Kind.PROPOSAL, PermissionDenied),
    ("camden_police_spoc", Kind.CARRIED_OUT, PermissionDenied),
    ("hackney_mappa_chair", Kind.DECISION, PermissionDenied),
    ("smb_chair", Kind.DECISION, PermissionDenied),
    ("co_ordinator", Kind.PROPOSAL, PermissionDenied),
]


@pytest.mark.parametrize("who, kind, error", WHO)
def test_who_records(ledger, world, who, kind, error):
    person, made = getattr(world, who), getattr(ledger, BEFORE[kind])()
    with pytest.raises(error) if error else nullcontext():
        ledger.add(made, kind, by=person)
    seen = Disclosure.objects.for_user(person).exists()
    assert seen == who.startswith(("camden_administrator", "camden_mappa")), "for others there is none"


# -- What stands in the database --


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE referrals_disclosureentry SET happened_on = '2020-01-01'",
        "UPDATE referrals_disclosureentry SET number = 9",
        "UPDATE referrals_disclosureentry SET digest = ''",
        "DELETE FROM referrals_disclosureentry",
    ],
)
def test_an_entry_is_neither_changed_nor_deleted(ledger, statement):
    ledger.open()
    with (
        pytest.raises(IntegrityError, match="stays as it was"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        DisclosureEntry.objects.all().delete()


def test_other_content_under_the_same_digest_is_found_out(ledger):
    made = ledger.open()
    other = DisclosureEntry(number=1)
    other.say({"why": "something else"})
    made.entries.update(content=other.content)
    with pytest.raises(Exception, match="not what was recorded"):
        made.cache()


def test_nothing_personal_lies_open(ledger):
    made = ledger.add(ledger.decided(), Kind.CARRIED_OUT)
    find_by_recipient([ledger.unit], name=NAME, by=ledger.chair)
    known_on(ledger.case, DAY, by=ledger.chair)
    rows = [*Draft.objects.values(), *Change.objects.values(), *Disclosure.objects.values()]
    rows += [*DisclosureEntry.objects.values(), *RecipientToken.objects.values()]
    assert "canary" not in str(rows).lower()
    assert "canary words" in unseal(made.entries.get(kind="carried_out").content)
    named = set(Draft.objects.filter(name__startswith="disclosure").values_list("name", flat=True))
    assert {"disclosure.requested", "disclosure.carried_out", "disclosures.knowledge_viewed"} <= named


# -- Finding, knowing, correcting --


def test_a_recipient_is_found_by_name_or_sound_in_ones_own_borough(ledger, world):
    made = ledger.proposed(recipients=[{"name": "Siân O'Hara-Smith", "role": "parent"}])
    found = {
        n: find_by_recipient([ledger.unit], name=n, by=ledger.chair) for n in ("sian smith", "Smyth", "Jones")
    }
    assert found == {"sian smith": [made], "Smyth": [made], "Jones": []}
    other = [world.organisation("hackney-mappa-unit")]
    assert find_by_recipient(other, name="Smith", by=world.hackney_mappa_chair) == []


def test_who_knew_what_on_this_day(ledger):
    told = ledger.add(ledger.decided(), Kind.CARRIED_OUT, on=date(2026, 4, 1))
    outside = ledger.open(Kind.OUTSIDE, on=date(2026, 5, 1))
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)]
    knew = [[t.disclosure for t in known_on(ledger.case, day, by=ledger.chair)] for day in days]
    assert knew == [[], [told], [told, outside]]
    number = told.entries.get(kind="carried_out").number
    ledger.add(told, Kind.CORRECTION, of=number, strike=True)
    assert [t.disclosure for t in known_on(ledger.case, days[2], by=ledger.chair)] == [outside]


def test_a_mistake_is_taken_out_of_the_count_and_recorded_again(ledger):
    made = ledger.add(ledger.decided(), Kind.CARRIED_OUT)
    with pytest.raises(ValidationError, match="Later entries build on this one"):
        ledger.add(made, Kind.CORRECTION, of=3, strike=True)
    ledger.add(made, Kind.CORRECTION, of=4, strike=True)
    assert made.state.untold and made.entries.count() == 5
    with pytest.raises(ValidationError, match="Only a MAPPA chair"):
        ledger.add(made, Kind.CORRECTION, of=3, strike=True)
    ledger.add(made, Kind.CARRIED_OUT)
    assert not made.state.untold


def test_the_clocks_of_a_scheme(ledger):
    made = ledger.open(Kind.SCHEME, on=date(2026, 11, 20))
    assert (made.status, made.due_on) == ("scheme", date(2026, 11, 21))
    ledger.add(made, Kind.STEP, on=date(2026, 11, 22))
    assert made.due_on == date(2026, 11, 30)
    with pytest.raises(ValidationError, match="not recorded yet"):
        ledger.add(made, Kind.STEP, on=date(2026, 11, 22))
    with pytest.raises(Conflict, match="only its dates and its outcome"):
        ledger.add(made, Kind.PROPOSAL)
    assert ledger.add(made, Kind.OUTCOME, on=date(2026, 11, 22)).status == "closed"


def test_a_case_with_a_disclosure_stays_in_the_register(ledger):
    ledger.open()
    with pytest.raises(Conflict, match="A disclosure is recorded"):
        actions.withdraw(ledger.case, reason="Mistake", by=ledger.administrator)
