"""Frozen at signing: each of the register's figures can be derived again, whatever the register says by then."""

import io
import json
from dataclasses import fields, make_dataclass

import pytest
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from data_returns import evidence
from data_returns import register as register_
from data_returns.actions.checking import pass_check
from data_returns.actions.signing import sign
from data_returns.evidence import derived, digest, rates_of
from data_returns.register import Fact
from meetings.performance import kpis
from outbox.jobs import run_jobs
from referrals.models import LevelPeriod
from tests.data_returns.conftest import ADULT
from tests.data_returns.frozen import AT, REGISTER, explain, reread


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
