"""The command derives each figure of a signed return again, and says in words whatever was tampered with."""

from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.events import record
from boards.models import Organisation
from data_returns.actions.checking import pass_check
from data_returns.actions.signing import sign, signed_data, sums_of
from data_returns.evidence import digest, fingerprint
from data_returns.models import Figure, Return
from outbox.jobs import run_jobs
from tests.data_returns.frozen import AT, reread


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
