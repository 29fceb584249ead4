"""Making a pack: chosen, read part by part, finished as a PDF that never changes, released to somebody."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.vault import seal
from audit.events import record
from boards.dates import add_months
from boards.models import AreaSettings
from documents.apart import render_apart
from mappa_portal.exceptions import StaleEdit
from mappa_portal.words import long_date
from referrals.actions.cases import look
from referrals.models import Case, Pack
from referrals.records.parts import PARTS, held
from referrals.records.redaction import LAW, REASONS, Piece, pieces
from referrals.rules import CASE_RULES, PACK_RULES

WORDS = "words"


@transaction.atomic
def start(
    case: Case, *, kind: str, parts: list[str], requested_on: date, today: date, by, at: datetime
) -> Pack:
    """From what is held now; due one month after the request."""
    case = Case.objects.select_for_update(of=["self"]).select_related("organisation").get(pk=case.pk)
    CASE_RULES.require("pack", case, by=by)
    if requested_on > today:
        raise ValidationError({"requested_on": "Day of the request must be today or in the past"})
    look(case, by=by)
    last = case.packs.aggregate(last=Max("number"))["last"] or 0
    pack = Pack(
        territory_id=case.territory_id, organisation_id=case.organisation_id, case=case, number=last + 1
    )
    pack.kind, pack.parts, pack.requested_on = kind, parts, requested_on
    pack.due_on, pack.started_at, pack.started_by = add_months(requested_on, 1), at, by
    pack.say(held(case, parts))
    pack.save()
    record(
        "pack.started", pack, by=by, reference=case.reference, after={"parts": parts, "due_on": pack.due_on}
    )
    return pack


@transaction.atomic
def mark(pack: Pack, part: str, marks: dict, *, revision: int, by) -> Pack:
    """What is withheld of one part, or the words that are blacked out wherever they stand; the part is read then."""
    pack = _take(pack, "review", by)
    if pack.revision != revision:
        raise StaleEdit(pack)
    pack.withhold(pack.withheld | {part: marks})
    pack.revision += 1
    pack.save(update_fields=["marks", "revision"])
    record("pack.reviewed", pack, by=by, reference=pack.case.reference)
    return pack


@transaction.atomic
def finish(pack: Pack, *, by, at: datetime) -> Pack:
    """The PDF is made of what is not withheld: the rest never reaches it."""
    pack = _take(pack, "review", by)
    if left := [PARTS[code].title for code in pack.parts if code not in pack.withheld]:
        raise ValidationError(f"Read {', '.join(left)} first")
    marking = AreaSettings.objects.get(territory=pack.territory.area.pk).marking
    document = {"unit": pack.organisation.name, "kind": pack.get_kind_display(), "case": pack.case.reference}
    document |= {"requested": long_date(pack.requested_on), "parts": redacted(pack), "law": law(pack)}
    pdf = render_apart(
        "pdf/pack.html",
        {"document": document},
        title=str(pack),
        marking=marking,
        identifier=f"{pack.case.reference}-pack-{pack.number}",
        reference=str(pack),
        created=at,
    )
    pack.freeze(pdf)
    pack.status, pack.finished_at = Pack.Status.FINISHED, at
    pack.save(update_fields=["document", "digest", "status", "finished_at"])
    record("pack.finished", pack, by=by, reference=pack.case.reference, reason=pack.digest[:12])
    return pack


@transaction.atomic
def reopen(pack: Pack, *, by) -> Pack:
    """Before it is released something else is to be withheld after all."""
    pack = _take(pack, "reopen", by)
    pack.status, pack.document, pack.digest, pack.finished_at = Pack.Status.REVIEW, "", "", None
    pack.save(update_fields=["status", "document", "digest", "finished_at"])
    record("pack.reopened", pack, by=by, reference=pack.case.reference)
    return pack


@transaction.atomic
def release(pack: Pack, *, to: str, recipient: str, by, at: datetime) -> Pack:
    """``to`` is what kind of recipient it is, for the event; who it is stands sealed."""
    pack = _take(pack, "release", by)
    pack.status, pack.released_at, pack.recipient = Pack.Status.RELEASED, at, seal(recipient)
    pack.save(update_fields=["status", "released_at", "recipient"])
    record("pack.released", pack, by=by, reference=pack.case.reference, recipient=to, reason=pack.digest[:12])
    return pack


@transaction.atomic
def open_pack(pack: Pack, *, by, name: str = "pack.viewed") -> Pack:
    """The one way to its text for somebody who reads: it asks why as the case does, and leaves an event (H1)."""
    look(pack.case, by=by)
    record(name, pack, by=by, reference=pack.case.reference)
    return pack


def redacted(pack: Pack) -> list[tuple[str, list[tuple[list[Piece], list[Piece]]]]]:
    """(title, blocks) of each part, label and text of each block in pieces."""
    marks = pack.withheld
    words = marks.get(WORDS, {})
    return [
        (PARTS[code].title, [_block(n, block, marks.get(code, {}), words) for n, block in enumerate(blocks)])
        for code, blocks in pack.said.items()
    ]


def _block(number: int, block: list[str], marks: dict, words: dict) -> tuple[list[Piece], list[Piece]]:
    mine = marks.get(str(number), {})
    marked = dict.fromkeys(mine.get("sentences", ()), mine.get("reason", ""))
    return pieces(block[0], {}, words), pieces(block[1], marked, words)


def law(pack: Pack) -> list[tuple[str, str]]:
    """The reasons that the pack uses, in words."""
    used = {p.withheld for _, blocks in redacted(pack) for b in blocks for side in b for p in side} - {""}
    return [(REASONS[code], LAW[code]) for code in REASONS if code in used]


def _take(pack: Pack, rule: str, by) -> Pack:
    held_now = Pack.objects.select_for_update(of=["self"]).select_related(
        "case__organisation", "organisation", "territory__parent"
    )
    pack = held_now.get(pk=pack.pk)
    PACK_RULES.require(rule, pack, by=by)
    return pack
