from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from boards.directory import in_post
from boards.models import AreaSettings, Organisation, Territory
from boards.roles import Seat
from boards.scope import scope
from protocols.actions import approval, copies, drafting, signing, templates
from protocols.importer import read_protocol
from protocols.models import Approval, Protocol, Signature, TemplateVersion, Version

TEXT = Path(__file__).with_name("protocol.md")
SHARED = {"What it rests on", "Both sides", "The Strategic Management Board", "Review"}

# How far a borough has come: in the order of the boroughs, again and again.
STAGES = (
    "in force",
    "in force",
    "in force",
    "to sign",
    "in force",
    "one signature",
    "in approval",
    "draft",
    "in force",
)


def load(today: date) -> int:
    """Protocols of all areas that have people to act; the PDFs are made by jobs. Returns how many protocols."""
    made = 0
    for area in Territory.objects.filter(kind=Territory.Kind.AREA).order_by("pk"):
        boroughs = list(area.children.order_by("name"))
        with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]):
            made += _load_area(area, boroughs, today)
    return made


class _Chairs(dict):
    """By organisation's id; looked up once, so that each person's seats are read once too."""

    def __missing__(self, organisation_id: int):
        self[organisation_id] = _holder(Organisation.objects.get(pk=organisation_id), Seat.CHAIR)
        return self[organisation_id]


def _load_area(area: Territory, boroughs: list[Territory], today: date) -> int:
    office = templates.executive_office(area)
    staff = _holder(office, Seat.CO_ORDINATOR, Seat.ADMINISTRATOR)
    if staff is None:
        return 0
    version = _template(area, staff)
    given = copies.give_copies(version, boroughs=boroughs, by=staff, on=today - timedelta(days=500))
    chairs = _Chairs()
    for place, protocol in enumerate(given.made):
        stage = "in force" if protocol.about.slug == "camden" else STAGES[place % len(STAGES)]
        days_ago = 290 + 31 * (place % 6)  # first reviews fall due from three months ago to two months ahead
        _bring_to(stage, protocol, staff, chairs, today - timedelta(days=days_ago))
    return len(given.made)


def _template(area: Territory, staff) -> TemplateVersion:
    settings = AreaSettings.objects.get(territory=area)
    text = TEXT.read_text()
    for blank, value in (
        ("(AREA)", area.name),
        ("(TERM)", settings.board_term),
        ("(FIRST)", _months(settings.first_review_months)),
        ("(LATER)", _months(settings.review_months)),
    ):
        text = text.replace(blank, value)
    imported = read_protocol(text.encode(), "protocol.md")
    name = f"{area} MAPPA and {settings.board_term} protocol"
    draft = templates.import_template(area, name=name, imported=imported, source_name="protocol.md", by=staff)
    shared = draft.clauses.filter(heading__in=SHARED)
    templates.lock_clauses(draft, clauses=shared, locked=True, by=staff)
    return templates.publish(draft, by=staff)


def _months(number: int) -> str:
    years, rest = divmod(number, 12)
    if rest:
        return f"{number} months"
    return "a year" if years == 1 else f"{years} years"


def _bring_to(stage: str, protocol: Protocol, staff, chairs: _Chairs, day: date) -> None:
    version = protocol.versions.get()
    if protocol.about.slug == "camden":
        _edit_locally(version, staff)
    if stage == "draft":
        return
    version = drafting.submit(version, by=staff)
    Version.objects.filter(pk=version.pk).update(submitted_at=_noon(day))
    bodies = list(version.approvals.all())
    for place, one in enumerate(bodies if stage != "in approval" else bodies[:1]):
        _approve(one, chairs[one.organisation_id], day + timedelta(days=7 * place))
    version.refresh_from_db()
    signatures = {"in force": 2, "one signature": 1}.get(stage, 0)
    for place, signature in enumerate(version.signatures.all()[:signatures]):
        _sign(signature, chairs[signature.organisation_id], _noon(day + timedelta(days=30 + 3 * place)))


def _edit_locally(version: Version, staff) -> None:
    clause = version.clauses.get(heading="Local contacts")
    body = (
        clause.body + "\n\nOut of hours, the police control room passes urgent matters to the duty manager."
    )
    drafting.edit_clause(clause, heading=clause.heading, body=body, revision=clause.revision, by=staff)


def _approve(one: Approval, by, day: date) -> None:
    if by and one.version.status == Version.Status.CONSULTATION:
        approval.decide(
            one, decision="approved", decided_on=day, comment="", by=by, today=timezone.localdate()
        )


def _sign(signature: Signature, by, at: datetime) -> None:
    if by:
        signing.sign(signature, by=by, at=at)


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _holder(organisation: Organisation, *seats: Seat):
    """Somebody in one of these seats, or None: an organisation without people decides nothing."""
    appointment = in_post([organisation], timezone.localdate(), seats=seats).first()
    return appointment.user if appointment else None
