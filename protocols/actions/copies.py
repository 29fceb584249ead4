"""Giving boroughs their copy of a published template version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from audit.events import record
from boards.access import share_many
from boards.models import ApprovingBody, Coverage, Organisation, Territory
from boards.references import next_reference
from protocols import text
from protocols.models import Protocol, TemplateVersion, Version, VersionClause
from protocols.rules import TEMPLATE_RULES


@dataclass(frozen=True)
class Copies:
    """What came of it: protocols made, and for each borough left out the reason."""

    made: tuple[Protocol, ...]
    left_out: tuple[tuple[Territory, str], ...]


@transaction.atomic
def give_copies(template_version: TemplateVersion, *, boroughs: Iterable[Territory], by, on: date) -> Copies:
    """A draft protocol for each borough that has none of this template yet; all or nothing."""
    template_version = (
        TemplateVersion.objects.select_for_update(of=["self"])
        .select_related("template__organisation", "territory")
        .get(pk=template_version.pk)
    )  # two people giving copies at once: the second finds what the first made
    TEMPLATE_RULES.require("copy", template_version, by=by)
    clauses = list(template_version.clauses.all())
    taken = set(template_version.template.protocols.standing().values_list("about", flat=True))
    regional = _regional_parties(template_version)
    boroughs = list(boroughs)
    units, boards = _units(boroughs), _boards(boroughs)
    wanted, left_out = [], []
    for borough in boroughs:
        unit, board = units.get(borough.pk), boards.get(borough.pk)
        if borough.pk in taken:
            left_out.append((borough, "has a copy of this template already"))
        elif unit is None:
            left_out.append((borough, "has no MAPPA unit: add one in the area's organisations"))
        elif board is None:
            left_out.append((borough, "has no safeguarding board: add one in the area's organisations"))
        else:
            wanted.append(_protocol(template_version, borough, unit, board, on))
    made = Protocol.objects.bulk_create(wanted)
    share_many((protocol, party) for protocol in made for party in [protocol.board, *regional])
    versions = Version.objects.bulk_create(_first(protocol, template_version) for protocol in made)
    VersionClause.objects.bulk_create(c for version in versions for c in from_template(version, clauses))
    for protocol in made:
        record("protocol.drafted", protocol, by=by)
    return Copies(tuple(made), tuple(left_out))


def _regional_parties(template_version: TemplateVersion) -> list[Organisation]:
    area = template_version.territory
    bodies = [
        b.organisation for b in ApprovingBody.objects.filter(territory=area).select_related("organisation")
    ]
    smb = Organisation.objects.filter(territory=area, kind=Organisation.Kind.SMB)
    return list(dict.fromkeys([template_version.template.organisation, *bodies, *smb]))


def _units(boroughs: list[Territory]) -> dict[int, Organisation]:
    """Of several in one borough, the first."""
    found = Organisation.objects.filter(kind=Organisation.Kind.UNIT, territory__in=boroughs)
    return {unit.territory_id: unit for unit in reversed(found)}


def _boards(boroughs: list[Territory]) -> dict[int, Organisation]:
    found = Coverage.objects.filter(borough__in=boroughs, organisation__kind=Organisation.Kind.BOARD)
    found = found.select_related("organisation").order_by("-organisation__name")
    return {covered.borough_id: covered.organisation for covered in found}


def _protocol(template_version: TemplateVersion, borough, unit, board, on: date) -> Protocol:
    return Protocol(
        territory=template_version.territory,
        about=borough,
        organisation=unit,
        board=board,
        template=template_version.template,
        reference=next_reference(template_version.territory, "P", on.year, about=borough),
    )


def _first(protocol: Protocol, template_version: TemplateVersion) -> Version:
    return Version(
        territory_id=protocol.territory_id,
        about=protocol.about,
        protocol=protocol,
        number=1,
        template_version=template_version,
    )


def from_template(version: Version, clauses) -> list[VersionClause]:
    """The template's clauses with the borough's name filled in, not saved yet."""
    return [_from_clause(version, clause) for clause in clauses]


def _from_clause(version: Version, clause) -> VersionClause:
    heading = text.merge(clause.heading, version.about.name)
    body = text.merge(clause.body, version.about.name)
    return VersionClause(
        territory_id=version.territory_id,
        about_id=version.about_id,
        version=version,
        clause=clause,
        position=clause.position,
        depth=clause.depth,
        heading=heading,
        body=body,
        locked=clause.locked,
        template_hash=text.clause_hash(heading, body),
    )
