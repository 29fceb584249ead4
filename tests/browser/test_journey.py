"""The issue in one walk: from a Word file to a signed protocol that an independent program accepts."""

import json
import re
import shutil
import subprocess
import time
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.protocols.files import word

pytestmark = pytest.mark.xdist_group("browser")
REAL = Path(__file__).resolve().parents[3] / "shared/inputs/london-mappa-lscb-protocol-march-2013.docx"
NAME = "London protocol 2026"


def template_file(folder: Path) -> Path:
    """London's own document where it lies beside the checkout, else one of the same shape."""
    if REAL.exists():
        return REAL
    path = folder / "template.docx"
    path.write_bytes(
        word.docx(
            word.p("Protocol between the SMB and (Name of Borough) LSCB", style="H1"),
            word.p("Introduction", style="H2"),
            word.p("The SMB and the (name of Borough) LSCB have agreed this protocol."),
            word.p("Local Operational Management Arrangements", style="H2"),
            word.p("Contact the administrator in (Name of Borough ..... )."),
            word.p("Telephone: ____________"),
        )
    )
    return path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_word_to_a_signed_protocol(visitor, portal, tmp_path, scripts):
    name = f"{NAME}{'' if scripts else ', scripts off'}"
    co_ordinator = visitor(scripts=scripts).sign_in("co-ordinator", "London MAPPA")
    _import_and_publish(co_ordinator, name, template_file(tmp_path))
    co_ordinator.press("Give boroughs")
    co_ordinator.page.get_by_label(re.compile("All 33 boroughs")).check()
    co_ordinator.press("Continue").press("Create 33 drafts")
    assert "33" in co_ordinator.page.locator("main").inner_text()

    administrator = visitor(scripts=scripts).sign_in("administrator", "Camden MAPPA")
    reference = _newest_draft(administrator)
    _edit_a_clause(administrator, reference)
    administrator.go(f"/protocols/{reference}/draft/submit/")
    administrator.page.get_by_label("I have looked at these").check()  # the file's blanks and signature block
    administrator.press("Submit version 1")
    assert "Camden" in administrator.heading()

    for body in ("London SCB", "LSCB Chairs", "SMB"):
        chair = visitor(scripts=scripts).sign_in("chair", BODIES[body])
        _approve(chair, reference)

    pdf = _sign_both(visitor, portal, reference, scripts)
    _check_everywhere(visitor, portal, pdf, tmp_path, reference)


BODIES = {
    "London SCB": "London Safeguarding Children",
    "LSCB Chairs": "Chairs",
    "SMB": "Strategic Management Board",
}


def _import_and_publish(person, name: str, file: Path) -> None:
    person.go("/protocols/templates/import/")
    person.page.get_by_label("File", exact=True).set_input_files(file)
    person.page.get_by_label("Name of the template").fill(name)
    person.press("Import")
    assert name in person.page.locator("main").inner_text()
    person.press("Publish").press("Publish")
    assert "Published" in person.page.locator("main").inner_text()


def _newest_draft(person) -> str:
    person.go("/protocols/?status=draft")
    text = person.page.locator("main").inner_text()
    return sorted(re.findall(r"CMD-P-\d{4}-\d{3}", text))[-1]


def _edit_a_clause(person, reference: str) -> None:
    person.go(f"/protocols/{reference}/draft/1/")
    person.page.get_by_label("Text", exact=True).fill(
        "Camden's own words, with <b>no</b> markup & no surprises."
    )
    person.press("Save and continue")
    person.go(f"/protocols/{reference}/draft/")
    assert "Changed" in person.page.locator("main").inner_text()


def _approve(person, reference: str) -> None:
    person.go(f"/protocols/{reference}/approve/")
    person.page.get_by_label("Approve", exact=True).check()
    for field, value in (("Day", "14"), ("Month", "11"), ("Year", "2026")):  # a Saturday
        person.page.get_by_label(field, exact=True).fill(value)
    person.press("Record decision")
    assert "Approved" in person.page.locator("main").inner_text()


def _sign_both(visitor, portal, reference: str, scripts: bool) -> bytes:
    for seat, organisation in (("chair", "Camden MAPPA"), ("chair", "Camden Safeguarding")):
        chair = visitor(scripts=scripts).sign_in(seat, organisation)
        chair.go(f"/protocols/{reference}/sign/")
        chair.press("Sign protocol")
        assert "Select both statements to sign" in chair.page.locator("main").inner_text()
        for box in chair.page.get_by_role("checkbox").all():
            box.check()
        if chair.page.get_by_label(re.compile("code")).count():  # not within ten minutes of the last one
            chair.give_code()
        chair.press("Sign protocol")
        assert "signed" in chair.page.locator("main").inner_text().lower()
    return _sealed_pdf(chair, reference)


def _sealed_pdf(person, reference: str) -> bytes:
    """Downloaded once both signatures stand in the file, which is the worker's doing."""
    for _ in range(600):  # behind the demonstration documents, if they are still being made
        answer = person.context.request.get(f"/protocols/{reference}/pdf/")
        if answer.ok and len(signatures(answer.body())) == 2:
            return answer.body()
        time.sleep(1)
    raise AssertionError("the worker has not sealed the file")


def signatures(pdf: bytes) -> list:
    fields = PdfReader(BytesIO(pdf)).get_fields() or {}
    return [f for f in fields.values() if f.get("/FT") == "/Sig" and f.get("/V")]


def _check_everywhere(visitor, portal, pdf: bytes, folder: Path, reference: str) -> None:
    good, bad = folder / "protocol.pdf", folder / "changed.pdf"
    good.write_bytes(pdf)
    middle = len(pdf) // 2
    bad.write_bytes(pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :])

    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", "-nocert", good], capture_output=True, text=True, check=False).stdout
        assert said.count("Signature is Valid") == 2, said
    verdict = portal.manage("verify_document", str(good))
    assert verdict.returncode == 0, verdict.stderr
    said = json.loads(verdict.stdout)
    assert (said["genuine"], said["kind"], said["reference"], said["version"]) == (
        True,
        "protocol",
        reference,
        1,
    )
    assert [s["valid"] for s in said["signatures"]] == [True, True]
    assert portal.manage("verify_document", str(bad)).returncode == 1

    public = visitor()
    for file, words in ((good, "complete and unchanged"), (bad, "not the document that was signed")):
        public.go("/verify/")
        public.page.locator("input[type=file]").set_input_files(file)
        public.page.locator("form", has=public.page.locator("input[type=file]")).get_by_role(
            "button"
        ).last.click()
        assert words in public.page.locator("main").inner_text()
