"""The parts of a pack: each says what is held about a case as blocks of text. The rooms below add theirs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from audit.history import FINGERPRINT, READING
from audit.words import action_in_words, actor_of
from boards.models import Organisation
from mappa_portal.words import long_date, lower_first, moment, plural
from referrals.actions.referrals import opened
from referrals.disclosing.words import trail as trail_of
from referrals.models import Case
from referrals.personal import Person
from referrals.records.looks import events_about, in_words, looks_at
from referrals.records.redaction import plain
from referrals.referring.answers import rows
from referrals.referring.form_a import SECTIONS
from referrals.transferring.hand_over import HandOver

Block = tuple[str, str]  # label, text
MOST = 500  # events in one part, the newest


@dataclass(frozen=True)
class Part:
    title: str
    blocks: Callable[[Case], Iterator[Block]]
    for_inspection_only: bool = False


PARTS: dict[str, Part] = {}


def part(code: str, title: str, **more):
    """Registers ``blocks(case)`` of a room."""

    def registered(blocks):
        PARTS[code] = Part(title, blocks, **more)
        return blocks

    return registered


def held(case: Case, codes: list[str]) -> dict:
    """As it stands now, part by part; empty blocks are left out."""
    return {
        code: [
            [label, text]
            for each in case.whole
            for label, said in PARTS[code].blocks(each)
            if (text := plain(str(said)).strip())
        ]
        for code in codes
    }


@part("particulars", "Particulars")
def particulars(case: Case) -> Iterator[Block]:
    person = Person.opened(case.personal)
    yield "Name", person.name
    yield "Other names", "\n".join(person.aliases)
    yield "Date of birth", long_date(person.birth_date) if person.birth_date else ""
    for address in case.addresses.select_related("borough"):
        until = f" to {long_date(address.ends_on)}" if address.ends_on else ""
        since = f", from {long_date(address.starts_on)}{until}" if address.starts_on else until
        yield f"{address.get_kind_display()}{since}", "\n".join(filter(None, (address.lines, address.place)))
    yield "Category", case.get_category_display() or ""
    yield "Lead agency", case.responsible_agency or ""
    yield "Responsible Children’s Services", case.responsible_csc or ""
    yield "Why the case ended", case.why_ended


@part("levels", "Levels")
def levels(case: Case) -> Iterator[Block]:
    for period in case.levels.order_by("starts_on", "pk"):
        until = f" to {long_date(period.ends_on)}" if period.ends_on else ""
        place = f"Level {period.level}, from {long_date(period.starts_on)}{until}"
        yield place, period.why or "No reason recorded"
        yield (
            f"{place}: why it ended",
            ". ".join(filter(None, (period.get_ending_display(), period.why_ended))),
        )


@part("transfers", "Transfers")
def transfers(case: Case) -> Iterator[Block]:
    for transfer in case.transfers.select_related("to_unit__territory").order_by("offered_at", "pk"):
        place = f"{transfer.reference}, offered to {transfer.to} on {long_date(transfer.offered_at)}"
        yield f"{place}: why", transfer.why
        yield f"{place}: answer", ". ".join(filter(None, (transfer.get_status_display(), transfer.answered)))
        for row in HandOver.opened(transfer.hand_over).rows():
            yield f"{place}: {lower_first(row.key)}", str(row.value)


@part("referrals", "Referrals")
def referrals(case: Case) -> Iterator[Block]:
    names = dict(Organisation.objects.filter(coverage__borough=case.territory_id).values_list("slug", "name"))
    for referral in case.referrals.order_by("started_at", "pk"):
        yield f"{referral.reference}: reason of the decision", referral.why
        said = opened(referral)
        for section in SECTIONS:
            for row in rows(section, said.get(section.number, {}), names):
                yield f"{referral.reference}, {section.title}: {row.key}", row.value
        for file in referral.attachments.listed():
            yield f"{referral.reference}: file", f"{file.name}: {file.what}"


@part("disclosures", "Disclosures")
def disclosures(case: Case) -> Iterator[Block]:
    for disclosure in case.disclosures.filter(erased_at=None).order_by("opened_on", "pk"):
        for line in trail_of(disclosure):
            for row in line.rows:
                yield f"{disclosure.reference}, entry {line.number}, {line.title}: {row.key}", row.value


@part("looks", "Who looked at the record")
def looks(case: Case) -> Iterator[Block]:
    """Recipients are bodies: who sat there is not the person's data."""
    found = looks_at(case)
    for look in in_words(case, found.order_by("-at", "-pk")[:MOST]):
        yield moment(look.at), ". ".join(filter(None, (look.organisation or "The portal", look.what)))
    yield from _left_out(found)


@part("trail", "What was done, and by whom", for_inspection_only=True)
def trail(case: Case) -> Iterator[Block]:
    events = events_about(case).exclude(READING).select_related("actor")
    for event in events.order_by("-at", "-pk")[:MOST]:
        said = FINGERPRINT.sub("", event.reason)
        yield moment(event.at), ". ".join(filter(None, (actor_of(event), action_in_words(event.name), said)))
    yield from _left_out(events)


def _left_out(events: QuerySet) -> Iterator[Block]:
    if (number := events.count()) > MOST:
        older = plural(number - MOST, "older entry", "older entries")
        yield "Not in this pack", f"{older}: only the newest {MOST} are included."
