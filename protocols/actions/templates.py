"""Templates: imported, corrected, published."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from audit.events import record
from boards.models import Organisation, Territory
from boards.references import next_reference
from mappa_portal.exceptions import Conflict
from protocols.actions import clauses
from protocols.importer import ImportedProtocol
from protocols.models import Clause, Template, TemplateVersion
from protocols.rules import TEMPLATE_OWNER_RULES, TEMPLATE_RULES
from protocols.text import MERGE_FIELD


def executive_office(area: Territory) -> Organisation:
    """The unit that keeps the area's templates."""
    office = Organisation.objects.unit_of(area)
    if office is None:
        raise ValidationError(f"{area} has no executive office yet. Load or set up the area first.")
    return office


def name_of(imported: ImportedProtocol) -> str:
    """The document's title, with words where the borough's name goes."""
    return imported.title.replace(MERGE_FIELD, "(name of borough)")[:160]


@transaction.atomic
def import_template(
    area: Territory, *, name: str, imported: ImportedProtocol, source_name: str, by
) -> TemplateVersion:
    """A draft version from an imported file: of a new template, or the next one of the template with this name."""
    office = executive_office(area)
    template = Template.objects.select_for_update().filter(territory=area, name__iexact=name).first()
    TEMPLATE_OWNER_RULES.require("create", template or Template(organisation=office, territory=area), by=by)
    version = _new_draft(
        template or _new_template(office, name),
        source_name=source_name,
        left_out=list(imported.left_out),
        warnings=list(imported.warnings),
    )
    _write_clauses(version, [(c.depth, c.heading, c.body, False) for c in imported.clauses])
    record(
        "template.imported",
        version,
        by=by,
        after={"file": source_name},
    )
    return version


def _new_template(office: Organisation, name: str) -> Template:
    area = office.territory
    reference = next_reference(area, "T", timezone.localdate().year)
    try:
        with transaction.atomic():
            return Template.objects.create(
                territory=area, organisation=office, reference=reference, name=name
            )
    except IntegrityError:
        raise Conflict(f"Somebody else is importing “{name}” now. Look at their draft first.") from None


def _new_draft(template: Template, **fields) -> TemplateVersion:
    if template.versions.filter(status=TemplateVersion.Status.DRAFT).exists():
        raise Conflict(f"“{template}” has a draft already. Publish or discard it before you start another.")
    latest = template.versions.first()
    return TemplateVersion.objects.create(
        territory=template.territory,
        template=template,
        number=latest.number + 1 if latest else 1,
        **fields,
    )


def _write_clauses(version: TemplateVersion, rows: Iterable[tuple[int, str, str, bool]]) -> None:
    Clause.objects.bulk_create(
        Clause(
            territory_id=version.territory_id,
            template_version=version,
            position=place,
            depth=depth,
            heading=heading,
            body=body,
            locked=locked,
        )
        for place, (depth, heading, body, locked) in enumerate(rows, start=1)
    )


def _lock(version: TemplateVersion, rule: str, by) -> TemplateVersion:
    version = TemplateVersion.objects.select_for_update().get(pk=version.pk)
    TEMPLATE_RULES.require(rule, version, by=by)
    return version


@transaction.atomic
def edit_clause(clause: Clause, *, heading: str, body: str, locked: bool, revision: int, by) -> Clause:
    """Refused as stale when somebody saved another revision meanwhile."""
    clause = clauses.reread(clause, _lock(clause.template_version, "edit", by))
    return clauses.edit(clause, revision=revision, by=by, heading=heading, body=body, locked=locked)


@transaction.atomic
def add_clause(version: TemplateVersion, *, after: int, depth: int, heading: str, body: str, by) -> Clause:
    """Put a clause behind the place ``after``; 0 is the beginning."""
    version = _lock(version, "edit", by)
    return clauses.add(version, after=after, by=by, depth=depth, heading=heading, body=body)


@transaction.atomic
def remove_clause(clause: Clause, *, by) -> None:
    """Again is the same as once."""
    version = _lock(clause.template_version, "edit", by)
    if found := version.clauses.filter(pk=clause.pk).first():
        clauses.remove(found, version, by=by)


@transaction.atomic
def move_clause(clause: Clause, *, by_places: int, by) -> Clause:
    """Swap places with the neighbour above (-1) or below (1)."""
    version = _lock(clause.template_version, "edit", by)
    clause = clauses.reread(clause, version)
    neighbour = version.clauses.filter(position=clause.position + by_places).first()
    if neighbour is None:
        return clause
    clause.position, neighbour.position = neighbour.position, clause.position
    Clause.objects.bulk_update([clause, neighbour], ["position"])
    record("clause.moved", clause, by=by, after={"position": clause.position})
    return clause


@transaction.atomic
def indent_clause(clause: Clause, *, by_levels: int, by) -> Clause:
    """Make it a sub-clause (1) or lift it a level (-1), between chapter and three levels below."""
    version = _lock(clause.template_version, "edit", by)
    clause = clauses.reread(clause, version)
    clause.depth = min(max(clause.depth + by_levels, 1), 4)
    clause.save(update_fields=["depth"])
    record("clause.moved", clause, by=by, after={"depth": clause.depth})
    return clause


@transaction.atomic
def lock_clauses(version: TemplateVersion, *, clauses: Iterable[Clause], locked: bool, by) -> int:
    """Make the chosen clauses the same in every borough, or leave them to the boroughs."""
    version = _lock(version, "edit", by)
    chosen = version.clauses.filter(pk__in=[c.pk for c in clauses]).exclude(locked=locked)
    places = list(chosen.values_list("position", flat=True))
    chosen.update(locked=locked, revision=F("revision") + 1)
    if places:
        record(
            "template.clauses_locked",
            version,
            by=by,
            after={"locked": locked, "positions": places},
        )
    return len(places)


@transaction.atomic
def publish(version: TemplateVersion, *, by) -> TemplateVersion:
    """From now on boroughs can be given this version; the one before it is replaced."""
    version = _lock(version, "publish", by)
    if not version.clauses.exclude(heading="", body="").exists():
        raise ValidationError("This template has no text. Add at least one clause before publishing it.")
    version.template.versions.published().update(status=TemplateVersion.Status.REPLACED)
    version.status = TemplateVersion.Status.PUBLISHED
    version.published_at, version.published_by = timezone.now(), by
    version.save(update_fields=["status", "published_at", "published_by"])
    record(
        "template.published",
        version,
        by=by,
        reference=version.reference,
    )
    return version


@transaction.atomic
def start_next(version: TemplateVersion, *, by) -> TemplateVersion:
    """A draft that begins with this version's text."""
    version = _lock(version, "start_next", by)
    draft = _new_draft(version.template)
    _write_clauses(draft, version.clauses.values_list("depth", "heading", "body", "locked"))
    record("template.version_started", draft, by=by, reference=version.template.reference)
    return draft


@transaction.atomic
def rename(version: TemplateVersion, *, name: str, by) -> Template:
    """The template's name in lists; its clauses and its boroughs' protocols are not touched."""
    template = Template.objects.select_for_update().get(pk=version.template_id)
    TEMPLATE_OWNER_RULES.require("create", template, by=by)
    others = Template.objects.filter(territory=template.territory_id).exclude(pk=template.pk)
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": "Another template of your area has this name"})
    before, template.name = template.name, name
    if before != name:
        template.save(update_fields=["name"])
        record("template.renamed", template, by=by, before={"name": before}, after={"name": name})
    return template


@transaction.atomic
def discard(version: TemplateVersion, *, by) -> None:
    """Throw a draft away; a template that was never published goes with it."""
    version = _lock(version, "edit", by)
    template = version.template
    record("template.draft_discarded", template, by=by, reference=version.reference)
    version.delete()
    if not template.versions.exists():
        template.delete()
