"""A pack shows what is held about a person; what is withheld of it is nowhere in the file."""

from datetime import date
from io import BytesIO
from subprocess import run

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate, now

from audit.models import Event
from boards.scope import scope
from mappa_portal.exceptions import Conflict, StaleEdit
from meetings.models import Discussion, Meeting
from meetings.record import Record
from referrals import actions
from referrals.actions import packs, transfers
from referrals.actions.addresses import Stay, add_address
from referrals.models import Case, Pack
from referrals.personal import Person
from referrals.records.redaction import Piece, pieces, sentences
from tests.pages import text

TODAY = localdate()
NAME, SECRET, OTHER = "Zebulon Quillfeather", "Wilhelmina Oddfellow", "the red boathouse"
SAID = f"He works nights. {SECRET} told the police of {OTHER}. She lives near.\nNothing else."


@pytest.fixture
def case(world):
    unit, by = world.organisation("camden-mappa-unit"), world.camden_administrator
    made = actions.add_case(unit, person=Person(NAME), today=TODAY, by=by)
    add_address(made, Stay("home", f"With {SECRET}", made.territory), today=TODAY, by=by)
    meeting = Meeting.objects.create(
        territory=made.territory, organisation=unit, reference="CMD-M-2024-001", level=2, held_on=TODAY
    )
    Discussion.objects.create(
        territory=made.territory, meeting=meeting, case=made, record=Record(risk=SAID).sealed()
    )
    return Case.objects.get(pk=made.pk)


def started(world, case, **values):
    usual = {"kind": "subject", "parts": ["particulars", "discussions"], "requested_on": TODAY}
    common = {"today": TODAY, "by": world.camden_administrator, "at": now()}
    return packs.start(case, **usual | common | values)


def block_of(pack, part: str, wanted: str) -> str:
    return next(str(n) for n, (_, said) in enumerate(pack.said[part]) if wanted in said)


def marked(world, case, **values):
    pack, by = started(world, case, **values), world.camden_administrator
    number = block_of(pack, "discussions", OTHER)
    pack = packs.mark(pack, "particulars", {}, revision=1, by=by)
    chosen = {number: {"sentences": [1], "reason": "crime"}}
    pack = packs.mark(pack, "discussions", chosen, revision=2, by=by)
    return packs.mark(pack, "words", {"third": [SECRET.lower()]}, revision=3, by=by)


MASKS = [
    ("One. Two! Three?", {1: "crime"}, {}, [Piece("One."), Piece(withheld="crime"), Piece(" Three?")]),
    ("One. Two. Three.", {0: "third", 1: "third"}, {}, [Piece(withheld="third"), Piece(" Three.")]),
    ("Jo\nBlack was in", {}, {"third": ["jo black"]}, [Piece(withheld="third"), Piece(" was in")]),
    ("Ann-Marie is", {}, {"third": ["ann marie"]}, [Piece(withheld="third"), Piece(" is")]),
    ("a.b", {}, {"third": ["."]}, [Piece("a"), Piece(withheld="third"), Piece("b")]),
    ("nothing", {}, {"third": [""]}, [Piece("nothing")]),
]


@pytest.mark.parametrize("said, marks, words, shown", MASKS)
def test_what_is_withheld_is_left_out(said, marks, words, shown):
    assert pieces(said, marks, words) == shown


def test_sentences_and_lines_are_chosen_one_by_one():
    assert sentences("One. Two!\nThree") == ["One.", "Two!", "Three"]


DUE = [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 3, 5), date(2026, 4, 5))]


@pytest.mark.parametrize("asked, due", DUE)
def test_a_pack_is_due_one_month_after_the_request(world, case, asked, due):
    assert started(world, case, requested_on=asked).due_on == due


def test_a_pack_holds_what_stood_there_when_it_was_started(world, case):
    pack = started(world, case)
    said = str(pack.said)
    assert NAME in said and OTHER in said
    actions.edit_case(
        case, revision=1, person=Person("Other"), category=None, responsible_agency=None, responsible_csc=None,
        by=world.camden_administrator,
    )  # fmt: skip
    assert NAME in str(Pack.objects.get().said)


def test_the_file_has_no_trace_of_what_is_withheld(world, case, tmp_path):
    pack = packs.finish(marked(world, case), by=world.camden_administrator, at=now())
    path = tmp_path / "pack.pdf"
    path.write_bytes(pack.pdf)
    read = " ".join(run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())
    assert NAME in read and "He works nights" in read and "She lives near" in read
    assert "Withheld: another person" in read and "Withheld: would prejudice" in read
    everything = read.encode() + raw(pack.pdf)
    for hidden in (SECRET, *SECRET.split(), OTHER, "boathouse", "told the police"):
        for form in (hidden, hidden.lower(), hidden.upper()):
            for code in ("utf-8", "utf-16-be", "utf-16-le"):
                assert form.encode(code) not in everything
                assert form.encode(code).hex().encode() not in everything.lower()


def raw(pdf: bytes) -> bytes:
    """Every object and stream of the file, unpacked, and the file itself."""
    found = [pdf]
    with pikepdf.open(BytesIO(pdf)) as opened:
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Stream):
                found.append(thing.read_bytes())
            found.append(thing.unparse(resolved=False) if not isinstance(thing, pikepdf.Stream) else b"")
        unpacked = BytesIO()
        opened.save(unpacked, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
        found.append(unpacked.getvalue())
    return b"\n".join(found)


def test_a_part_that_nobody_read_stops_the_pack(world, case):
    pack = packs.mark(started(world, case), "particulars", {}, revision=1, by=world.camden_administrator)
    with pytest.raises(ValidationError, match="What meetings decided"):
        packs.finish(pack, by=world.camden_administrator, at=now())


def test_two_people_marking_at_once_are_told(world, case):
    pack, by = started(world, case), world.camden_administrator
    packs.mark(pack, "particulars", {}, revision=1, by=by)
    with pytest.raises(StaleEdit):
        packs.mark(pack, "particulars", {}, revision=1, by=by)


def test_a_released_pack_is_frozen_and_its_recipient_sealed(world, case):
    by = world.camden_administrator
    pack = packs.finish(marked(world, case), by=by, at=now())
    with pytest.raises(Conflict):
        packs.mark(pack, "particulars", {}, revision=4, by=by)
    pack = packs.finish(marked_again(world, packs.reopen(pack, by=by)), by=by, at=now())
    pack = packs.release(pack, to="The person", recipient=NAME, by=by, at=now())
    for again in (lambda: packs.release(pack, to="A court", recipient="x", by=by, at=now()),
                  lambda: packs.reopen(pack, by=by)):  # fmt: skip
        with pytest.raises(Conflict):
            again()
    with world.acting(by):
        event = Event.objects.get(name="pack.released")
    assert event.recipient == "The person" and NAME not in str(event.__dict__) + pack.recipient
    assert pack.pdf.startswith(b"%PDF-")


def marked_again(world, pack):
    return packs.mark(pack, "particulars", {}, revision=pack.revision, by=world.camden_administrator)


@pytest.mark.parametrize("who", ["camden_csc_spoc", "hackney_administrator", "co_ordinator"])
def test_packs_are_made_by_chair_and_administrator(world, case, who):
    with pytest.raises(PermissionDenied):
        packs.start(
            case, kind="subject", parts=["particulars"], requested_on=TODAY, today=TODAY,
            by=getattr(world, who), at=now(),
        )  # fmt: skip


def test_from_start_to_release_on_pages(world, case, browser_of):
    browser, home = browser_of("camden_administrator"), f"/cases/{case.reference}/packs/"
    day = {f"requested_on_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}
    asked = day | {"kind": "subject", "parts": ["discussions"]}
    refused = browser.post(f"{home}new/", asked | {"parts": ["trail"]})
    assert "for an inspection only" in text(refused)
    assert browser.post(f"{home}new/", asked).status_code == 302
    part, pack = f"{home}1/parts/discussions/", Pack.objects.get()
    number = block_of(pack, "discussions", OTHER)
    assert SECRET in text(browser.get(part))
    sent = {"revision": 1, f"withhold_{number}": ["1"]}
    assert "Select why the selected sentences are withheld" in text(browser.post(part, sent))
    assert browser.post(part, sent | {f"why_{number}": "third"}).status_code == 302
    assert browser.post(f"{home}1/words/", {"revision": 2, "crime": "nights"}).status_code == 302
    preview = text(browser.get(f"{home}1/preview/"))
    assert SECRET not in preview and "nights" not in preview and "Withheld: Another" not in preview
    assert "pack 1 of case" in text(browser.get("/"))
    assert browser.post(f"{home}1/preview/").status_code == 302
    assert browser.get(f"{home}1/pdf/").content.startswith(b"%PDF-")
    assert "Select who gets it" in text(browser.post(f"{home}1/release/", {}))
    released = browser.post(f"{home}1/release/", {"to": "The person", "recipient": "By hand"})
    assert released.status_code == 302 and "Released" in text(browser.get(f"{home}1/"))
    assert "pack 1 of case" not in text(browser.get("/"))


def test_a_pack_says_why_levels_ended_and_what_was_handed_over(world, case):
    by = world.camden_administrator
    actions.change_level(case, level=2, starts_on=TODAY, reason="High risk", today=TODAY, by=by)
    actions.recall(case, on=TODAY, reason=f"Seen with {SECRET}", today=TODAY, by=by)
    to = world.organisation("hackney-mappa-unit")
    transfers.offer(case, to_unit=to, reason="He moved", note="Near the boathouse", by=by, at=now())
    said = str(started(world, case, parts=["levels", "transfers"]).said)
    for words in ("High risk", f"Recalled. Seen with {SECRET}", "He moved", "Near the boathouse", "Offered"):
        assert words in said, words


def test_a_pack_says_how_much_of_the_trail_it_leaves_out(world, case, monkeypatch):
    monkeypatch.setattr("referrals.records.parts.MOST", 2)
    actions.change_level(
        case, level=2, starts_on=TODAY, reason="x", today=TODAY, by=world.camden_administrator
    )
    with scope([case.territory_id]):
        pass  # what waits for the commit is done
    trail = started(world, case, kind="inspection", parts=["trail"]).said["trail"]
    assert [said for label, said in trail if label == "Not in this pack"] == [
        "1 older entry: only the newest 2 are included."
    ]
