"""Frozen at signing: each of the register's figures can be derived again, whatever the register says by then."""

import io
import json
from dataclasses import fields, make_dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from html import unescape
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from audit.events import record
from boards.models import Organisation
from data_returns import evidence
from data_returns import register as register_
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content
from data_returns.actions.opening import open_return
from data_returns.actions.signing import sign, signed_data, sums_of
from data_returns.content import parse
from data_returns.evidence import derived, digest, fingerprint, rates_of
from data_returns.models import Figure, Return
from data_returns.register import Fact
from mappa_portal.exceptions import Conflict
from meetings.performance import kpis
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
    assert signed.evidence["kpi6"] == {"version": 1, "target": 90, "agencies": {}}
    assert signed.evidence["taken_at"] == AT.isoformat()


def test_the_file_carries_the_digest_alone(signed):
    run_jobs()
    data = reread(signed).document.latest.read()
    [embedded] = PdfReader(io.BytesIO(data)).attachments[f"{signed.reference}.json"]
    assert json.loads(embedded)["evidence"] == digest(reread(signed).evidence)
    assert b"CMD-C-2020" not in embedded


LATER = [  # what later code may do to facts, and to the target of KPI 6
    make_dataclass("Fact", [*((f.name, f.type) for f in fields(Fact)), ("gender", str)], frozen=True),
    make_dataclass("Fact", [(f.name, f.type) for f in fields(Fact)[:2]], frozen=True),
]


@pytest.mark.parametrize("later", LATER)
def test_other_fields_of_facts_and_another_target_leave_old_evidence_as_it_was(signed, monkeypatch, later):
    signed.evidence["kpi6"]["agencies"] = {"CSC": [90, 100]}
    for module in (register_, evidence):
        monkeypatch.setattr(module, "Fact", later)
    monkeypatch.setattr(kpis, "KPI6_TARGET", 95)
    assert {k: c.number for k, c in derived(signed).items()} == REGISTER
    assert rates_of(signed)["CSC"].met is True


def test_evidence_of_the_first_days_is_read_still(signed):
    """As version 1 wrote it: who changes what a source means makes a version of it."""
    columns = ["reference", "level", "since", "category", "manager", "under_18"]
    rows = [
        ["A", 1, "2020-01-01", 1, "PRB", True],
        ["B", 1, "2020-01-01", 4, "HSG", None],
        ["C", 3, "2021-02-03", None, "", False],
    ]
    kpi6 = {"version": 1, "agencies": {"CSC": [9, 10]}}
    signed.evidence = {
        "version": 1,
        "taken_at": AT.isoformat(),
        "columns": columns,
        "facts": rows,
        "kpi6": kpi6,
    }
    found = {key: count.in_words for key, count in derived(signed).items()}
    assert (found["q1_l1"], found["q1_l1_probation"], found["q1_l1_other"]) == ("2", "1", "1")
    assert (found["q2_l1"], found["q4_l1"]) == ("at least 1; age of 1 not recorded", "1")
    assert found["q4_l3"] == "at least 0; category of 1 not recorded"
    assert rates_of(signed)["CSC"].target == 90


# -- A figure that differs needs a reason, also when the register changed after it was entered --


def test_a_register_that_moved_on_stops_the_signature_until_somebody_says_why(world, cases, draft):
    ready = pass_check(draft, by=None)
    late = cases.add("7", since=TURNED_ON)
    with pytest.raises(Conflict, match="2 problems must be fixed"):
        sign(ready, by=world.camden_mappa_chair, at=AT)
    explain("q1_l1", 4), explain("q1_l1_police", 3)
    assert sign(ready, by=world.camden_mappa_chair, at=AT).evidence["register"]["q1_l1"] == 4
    assert late.reference in str(reread(ready).evidence)


def explain(key: str, register: int | None, reason: str = "Entered after the day.") -> None:
    Figure.objects.filter(key=key).update(register=register, reason=reason)


NOW = "Enter why Level 1, 3, differs from the case register, 5 now. “Entered after the day.” was written when it"


@pytest.mark.parametrize("then, said", [(4, "counted 4"), (None, "could not say"), (5, "")])
def test_a_reason_stands_for_the_count_that_it_was_written_about(world, cases, draft, browser, then, said):
    ready = pass_check(draft, by=None)
    for name in ("7", "8"):
        cases.add(name, since=TURNED_ON)
    explain("q1_l1", then), explain("q1_l1_police", 4)
    page = unescape(browser.get("/returns/camden/2024-25/check/").content.decode())
    assert (f"{NOW} {said}" in page) == bool(said)
    if said:
        with pytest.raises(Conflict, match="1 problem must be fixed"):
            sign(ready, by=world.camden_mappa_chair, at=AT)
    else:
        assert sign(ready, by=world.camden_mappa_chair, at=AT).evidence["reasons"]["q1_l1"][0] == 5


def test_the_page_asks_for_the_reason_again_and_takes_the_new_one(cases, draft, browser):
    cases.add("7", level=3, since=TURNED_ON)
    explain("q1_l3", 2)
    address, sent = "/returns/camden/2024-25/q/1/", {"revision": draft.sections.get(question=1).revision}
    page = browser.get(address)
    form = page.context["form"]
    assert form["reason-q1_l3"].value() == "" and "written when it counted 2" in unescape(
        page.content.decode()
    )
    sent |= {name: form[name].value() for name in form.fields if form[name].value() is not None}
    cases.add("8", level=3, since=TURNED_ON)  # while it is being written
    browser.post(address, sent | {"reason-q1_l3": "One came late.", "then": "later"})
    assert Figure.objects.get(key="q1_l3").register == 1
    assert (
        "differs from the case register, 2 now. “One came late.” was written when it counted 1"
        in unescape(browser.get(address).content.decode())
    )


@pytest.mark.parametrize(
    "register, said", [(3, "The register counted 3. One came late."), (None, "One came late.")]
)
def test_a_reason_stands_also_where_the_register_cannot_say(draft, register, said):
    Figure.objects.filter(key="q1_l1").update(register=register, reason="One came late.")
    assert Return.objects.get(pk=draft.pk).said().reasons == {"q1_l1": said}


def test_a_reason_stays_with_the_count_that_it_explained(draft):
    Figure.objects.filter(key="q1_l1").update(register=9, reason="One came late.")
    import_content(draft, draft.said(), by=None, at=AT)
    kept = Figure.objects.get(key="q1_l1")
    assert (kept.register, kept.reason) == (9, "One came late.")


def test_the_check_names_it_and_leads_to_its_reason(browser, cases, draft):
    cases.add("7", level=3, since=TURNED_ON)
    page = browser.get("/returns/camden/2024-25/check/").content.decode()
    assert "Enter why Level 3, 0, differs from the case register, 1" in page
    assert "/returns/camden/2024-25/q/1/#id_reason-q1_l3" in page


UNKNOWN = {"lead": "", "born": None, "category": None, "since": TURNED_ON}


def test_what_the_register_cannot_tell_asks_for_no_reason(world, cases, draft):
    cases.add("7", **UNKNOWN)
    explain("q1_l1", 4)
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
    ({"value": 5}, "q1_l2 5 2 no"),
    ({"value": 5, "reason": "Three transfers."}, "q1_l2 5 2 explained: Three transfers."),
    ({"value": 5, "reason": "Three transfers.", "register": 1}, "q1_l2 5 2 no"),
    ({"value": None, "blank": "not_known"}, "q1_l2 not known 2 not held against it"),
]


@pytest.mark.parametrize("figure, line", CHANGED)
def test_a_figure_that_is_not_what_was_counted(signed, figure, line):
    Figure.objects.filter(key="q1_l2").update(**figure)
    out, stopped = derive(signed.reference)
    assert line in out and f"content hash of the return: {CONTENT}" in out and stopped == 1


def test_a_figure_that_was_explained_as_it_was_signed(world, draft):
    Figure.objects.filter(key="q1_l2").update(value=5, register=2, reason="Three transfers.")
    out, status = derive(sign(pass_check(draft, by=None), by=world.camden_mappa_chair, at=AT).reference)
    assert "q1_l2 5 2 explained: Three transfers." in out and status == 0


CONTENT = "figures, comments, answers or evidence are not what was signed"


def another_hash(found: Return) -> None:
    """Figures and hash agree with each other, and with nothing else."""
    Figure.objects.filter(key="q3_l1").update(value=1)
    found.content_hash = fingerprint(signed_data(reread(found)))


def other_evidence(found: Return) -> None:
    found.evidence["kpi6"]["agencies"]["CSC"] = [1, 1]
    found.content_hash = fingerprint(signed_data(found))


def another_form(found: Return) -> None:
    found.content["questions"][0]["cells"][0]["label"] = "Something else"


def another_reason(found: Return) -> None:
    Figure.objects.filter(key="q1_l1").update(reason="Made up.")


def other_bytes(found: Return) -> None:
    revision = found.document.latest
    data = revision.read()
    with open(revision.file.path, "wb") as file:
        file.write(data.replace(b"%%EOF", b"%%EOG"))


def other_bytes_and_digest(found: Return) -> None:
    other_bytes(found)
    revision = found.document.latest
    revision.sha256 = sha256(revision.read()).hexdigest()
    revision.save()


def no_file(found: Return) -> None:
    found.document = None


TAMPERED = [
    (
        another_hash,
        ["event of the signing: it names another hash of the content", "data in the sealed file: it says"],
    ),
    (other_evidence, ["it names another hash of the content; it names another digest of the evidence"]),
    (another_form, ["words beside the figures: the form is not the one"]),
    (another_reason, ["words beside the figures: reasons for differing figures"]),
    (
        other_bytes,
        ["sealed file: This file is not the document", "data in the sealed file: This file is not"],
    ),
    (other_bytes_and_digest, ["sealed file: The signatures in this file do not hold."]),
    (no_file, ["sealed file: there is none"]),
]


@pytest.mark.parametrize("tamper, says", TAMPERED)
def test_whatever_was_tampered_with_is_said_in_words(signed, tamper, says):
    run_jobs()
    found = reread(signed)
    tamper(found)
    found.save()
    out, status = derive(signed.reference)
    assert [said for said in says if said not in out] == [] and status == 1


def test_a_sealed_return_is_what_was_signed_also_when_its_board_has_another_name(signed):
    assert "sealed file: not made yet" in derive(signed.reference)[0]
    run_jobs()
    Organisation.objects.filter(pk=signed.board_id).update(name="Camden Partnership")
    out, status = derive(signed.reference)
    assert out.count(": the same") == 5 and status == 0


def test_a_second_event_of_the_signing_proves_nothing(world, signed):
    assert "event of the signing: the same" in derive(signed.reference)[0]
    record("return.signed", signed, by=world.camden_mappa_chair, after=sums_of(signed))
    out, status = derive(signed.reference)
    assert "event of the signing: the audit trail has 2" in out and status == 1


def test_evidence_that_was_changed_is_found(signed):
    signed.evidence["facts"][0][1] = 2
    signed.save()
    out, status = derive(signed.reference)
    assert "q1_l1 3 2 no" in out and f"content hash of the return: {CONTENT}" in out and status == 1


def test_what_was_not_signed_cannot_be_derived(draft):
    with pytest.raises(CommandError, match="Camden has no signed return"):
        call_command("derive_return", draft.reference)
    with pytest.raises(CommandError, match="No borough’s references begin like"):
        call_command("derive_return", "XXX-R-2025-001")


# -- Cost --


def test_signing_costs_the_same_with_more_cases(world, cases, draft):
    def cost() -> int:
        ready = pass_check(draft, by=None)
        with atomic(), CaptureQueriesContext(connection) as seen:
            sign(ready, by=world.camden_mappa_chair, at=AT)
            set_rollback(True)
        return len(seen)

    before = cost()
    for number in range(20):
        cases.add(str(100 + number), level=3)
    explain("q1_l3", 20)
    assert cost() == before <= 35


def test_a_save_for_another_field_keeps_the_reason_that_no_longer_stands(world, cases, draft, browser):
    for name in ("7", "8"):
        cases.add(name, since=TURNED_ON)
    explain("q1_l1", 4)
    sent = {f"figure-{f.key}": f.value for f in draft.figures.all() if f.key.startswith("q1_")}
    sent |= {"revision": draft.sections.get(question=1).revision, "then": "later", "seen-q1_l1": "9" * 99}
    assert browser.post("/returns/camden/2024-25/q/1/", sent).status_code == 302
    kept = Figure.objects.get(key="q1_l1")
    assert (kept.register, kept.reason) == (4, "Entered after the day.")
