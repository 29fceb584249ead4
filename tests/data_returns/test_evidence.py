"""Frozen at signing: each of the register's figures can be derived again, whatever the register says by then."""

import io
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pypdf import PdfReader

from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content
from data_returns.actions.opening import open_return
from data_returns.actions.signing import sign
from data_returns.content import parse
from data_returns.evidence import derived, digest
from data_returns.models import Figure, Return
from mappa_portal.exceptions import Conflict
from outbox.jobs import run_jobs
from referrals.models import LevelPeriod
from tests.data_returns.conftest import ADULT, CHILD
from tests.data_returns.samples import good

AT = datetime(2025, 6, 2, 10, tzinfo=UTC)
TURNED_ON = date(2025, 1, 1)
REGISTER = {"q1_l1": 3, "q1_l1_police": 2, "q1_l1_csc": 1, "q1_l1_yos": 0, "q1_l1_probation": 0}
REGISTER |= {"q1_l1_other": 0, "q1_l2": 2, "q1_l3": 0, "q2_l1": 1, "q2_l2": 0, "q2_l3": 0}
REGISTER |= {"q4_l1": 0, "q4_l2": 1, "q4_l3": 0}
REST = {f"q{n}_l{level}": 0 for n in (3, 5, 6) for level in (1, 2, 3)}
REST |= {f"q7_l{level}_{band}": 0 for level in (1, 2, 3) for band in ("low", "medium", "high", "veryhigh")}


@pytest.fixture
def register(cases):
    """Five cases of Camden."""
    return [
        cases.add("1"),
        cases.add("2", born=CHILD),
        cases.add("3", lead="camden-childrens-services"),
        cases.add("4", level=2, category=4),
        cases.add("5", level=2),
    ]


@pytest.fixture
def draft(world, register) -> Return:
    made = open_return(world.territory("camden"), 2024, by=None, at=AT)
    said = good(REGISTER | REST, texts={"q4": "One.", "q2": "The youth panel."})
    import_content(made, parse(said, made.form)[0], by=None, at=AT)
    made.sections.update(is_done=True)
    return made


@pytest.fixture
def signed(world, draft) -> Return:
    return sign(pass_check(draft, by=None), by=world.camden_mappa_chair, at=AT)


def reread(data_return: Return) -> Return:
    return Return.objects.get(pk=data_return.pk)


def test_every_figure_is_derived_again_after_the_register_changed(world, cases, register, signed):
    assert {k: c.number for k, c in derived(reread(signed)).items()} == REGISTER
    one, two, three, four, five = register
    LevelPeriod.objects.filter(case=one).update(level=3)  # with effect from before the day
    two.personal = ""
    two.save()
    three.responsible_agency = world.organisation("metropolitan-police")
    three.save()
    four.category = 1
    four.save()
    five.delete()
    cases.add("6", born=ADULT)
    again = derived(reread(signed))
    assert {k: c.number for k, c in again.items()} == REGISTER == reread(signed).evidence["register"]
    assert not any(count.unknown for count in again.values())


def test_what_is_frozen_names_nobody(signed):
    kept = json.dumps(signed.evidence)
    assert "1980-05-05" not in kept and "CMD-C-2020-001" in kept
    assert signed.evidence["kpi6"] == {"version": 1, "agencies": {}}
    assert signed.evidence["taken_at"] == AT.isoformat()


def test_the_file_carries_the_digest_alone(signed):
    run_jobs()
    data = reread(signed).document.latest.read()
    [embedded] = PdfReader(io.BytesIO(data)).attachments[f"{signed.reference}.json"]
    assert json.loads(embedded)["evidence"] == digest(reread(signed).evidence)
    assert b"CMD-C-2020" not in embedded


def test_a_return_that_changed_hands_with_other_evidence_has_another_hash(world, cases, signed, draft):
    first = signed.content_hash
    changed = reread(signed)
    changed.evidence["facts"][0][1] = 2
    assert (
        digest(changed.evidence) != digest(reread(signed).evidence) and first == reread(signed).content_hash
    )


# -- A figure that differs needs a reason, also when the register changed after it was entered --


def test_a_register_that_moved_on_stops_the_signature_until_somebody_says_why(world, cases, draft):
    ready = pass_check(draft, by=None)
    late = cases.add("7", since=TURNED_ON)
    with pytest.raises(Conflict, match="2 problems must be fixed"):
        sign(ready, by=world.camden_mappa_chair, at=AT)
    Figure.objects.filter(key__in=["q1_l1", "q1_l1_police"]).update(reason="Entered after the day.")
    assert sign(ready, by=world.camden_mappa_chair, at=AT).evidence["register"]["q1_l1"] == 4
    assert late.reference in str(reread(ready).evidence)


@pytest.mark.parametrize(
    "register, said", [(3, "The register counts 3. One came late."), (None, "One came late.")]
)
def test_a_reason_stands_also_where_the_register_cannot_say(draft, register, said):
    Figure.objects.filter(key="q1_l1").update(register=register, reason="One came late.")
    assert Return.objects.get(pk=draft.pk).said().reasons == {"q1_l1": said}


def test_a_reason_goes_with_the_count_that_it_explained(draft):
    Figure.objects.filter(key="q1_l1").update(register=9, reason="One came late.")
    import_content(draft, draft.said(), by=None, at=AT)
    assert Figure.objects.get(key="q1_l1").reason == ""


def test_the_check_names_it_and_leads_to_its_reason(browser, cases, draft):
    cases.add("7", level=3, since=TURNED_ON)
    page = browser.get("/returns/camden/2024-25/check/").content.decode()
    assert "Enter why Level 3, 0, differs from the case register, 1" in page
    assert "/returns/camden/2024-25/q/1/#id_reason-q1_l3" in page


UNKNOWN = {"lead": "", "born": None, "category": None, "since": TURNED_ON}


def test_what_the_register_cannot_tell_asks_for_no_reason(world, cases, draft):
    cases.add("7", **UNKNOWN)
    Figure.objects.filter(key="q1_l1").update(reason="One came on the day.")
    made = sign(pass_check(draft, by=None), by=world.camden_mappa_chair, at=AT)
    assert "q2_l1" not in made.evidence["register"] and "q1_l1_police" not in made.evidence["register"]
    assert derived(reread(made))["q2_l1"].in_words == "at least 1; age of 1 not recorded"


def test_a_file_without_reasons_leaves_the_question_open(draft):
    said = good(REGISTER | REST | {"q2_l1": 0}, texts={"q4": "One."})
    import_content(draft, parse(said, draft.form)[0], by=None, at=timezone.now())
    assert not draft.sections.get(question=2).is_done
    with pytest.raises(Conflict, match="2 things must be fixed"):
        pass_check(draft, by=None)


# -- The command --


def derive(reference: str) -> tuple[str, int]:
    out, status = StringIO(), 0
    try:
        call_command("derive_return", reference, stdout=out)
    except SystemExit as stopped:
        status = stopped.code
    return " ".join(out.getvalue().split()), status


def test_the_command_prints_each_figure_again(world, signed):
    out, status = derive(signed.reference)
    assert status == 0 and f"evidence sha256 {digest(reread(signed).evidence)}" in out
    assert "q1_l1_police 2 2 yes" in out and "q4_l2 1 1 yes" in out


CHANGED = [
    ({"value": 5}, "q1_l2 5 2 no", 1),
    ({"value": 5, "reason": "Three transfers."}, "q1_l2 5 2 explained: Three transfers.", 0),
    ({"value": None, "blank": "not_known"}, "q1_l2 not known 2 not held against it", 0),
]


@pytest.mark.parametrize("figure, line, status", CHANGED)
def test_a_figure_that_is_not_what_was_counted(signed, figure, line, status):
    Figure.objects.filter(key="q1_l2").update(**figure)
    out, stopped = derive(signed.reference)
    assert line in out and stopped == status


def test_evidence_that_was_changed_is_found(signed):
    signed.evidence["facts"][0][1] = 2
    signed.save()
    out, status = derive(signed.reference)
    assert "q1_l1 3 2 no" in out and status == 1


def test_what_was_not_signed_cannot_be_derived(draft):
    with pytest.raises(CommandError, match="Camden has no signed return"):
        call_command("derive_return", draft.reference)
    with pytest.raises(CommandError, match="No borough’s references begin like"):
        call_command("derive_return", "XXX-R-2025-001")


# -- Cost --


@pytest.mark.parametrize("more", [0, 20])
def test_signing_costs_the_same_with_more_cases(world, cases, draft, more, django_assert_max_num_queries):
    for number in range(more):
        cases.add(str(100 + number), level=3)
    Figure.objects.filter(key="q1_l3").update(reason="Entered later.")
    ready = pass_check(draft, by=None)
    with django_assert_max_num_queries(35) as seen:
        sign(ready, by=world.camden_mappa_chair, at=AT)
    COSTS.add(len(seen))
    assert len(COSTS) == 1


COSTS: set[int] = set()
