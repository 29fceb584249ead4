"""Making an area from its facts. What is there already stays as it is: twice is the same as once."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from audit.events import record
from boards.areas.facts import AREAS, STEPS, AreaFacts, Plan
from boards.models import (
    ApprovingBody,
    AreaSettings,
    Coverage,
    Organisation,
    OrganisationName,
    Territory,
)
from boards.scope import scope
from mappa_portal.words import plural


@dataclass(frozen=True)
class Loaded:
    area: Territory
    boroughs: int
    organisations: int
    bodies: int
    added: int

    def __str__(self):
        return (
            f"{self.area.name}: {self.boroughs} boroughs, {self.organisations} organisations,"
            f" {plural(self.bodies, 'approving body', 'approving bodies')}; {self.added} rows added"
        )


def portal_territory() -> Territory:
    """The root row: it owns what belongs to no area, such as signing in."""
    portal, _ = Territory.objects.get_or_create(
        slug="portal", defaults={"kind": Territory.Kind.PORTAL, "code": "PTL", "name": "MAPPA portal"}
    )
    return portal


@transaction.atomic
def load(facts: AreaFacts) -> Loaded:
    portal = portal_territory()
    Territory.objects.select_for_update().get(pk=portal.pk)  # one load at a time
    before = Territory.objects.count()
    territories = _territories(facts, portal)
    added = Territory.objects.count() - before
    area = territories[facts.slug]
    with scope({t.pk for t in territories.values()}, {area.pk}):
        added += _organisations(list(facts.organisations), territories)
        added += _settings(facts, area)
        if added:
            record("area.loaded", area, by=None, territory=area)
        return _count(area, added)


def _territories(facts: AreaFacts, portal: Territory) -> dict[str, Territory]:
    area, _ = Territory.objects.get_or_create(
        slug=facts.slug,
        defaults={
            "kind": Territory.Kind.AREA,
            "parent": portal,
            "code": facts.code,
            "name": facts.name,
        },
    )
    wanted = [Territory(kind=Territory.Kind.BOROUGH, parent=area, **vars(b)) for b in facts.boroughs]
    there = set(Territory.objects.filter(parent=area).values_list("slug", flat=True))
    Territory.objects.bulk_create(t for t in wanted if t.slug not in there)
    return {facts.slug: area} | {t.slug: t for t in Territory.objects.filter(parent=area)}


def _organisations(plans: list[Plan], territories: dict[str, Territory]) -> int:
    there = set(Organisation.objects.values_list("slug", flat=True))
    missing = [p for p in plans if p.slug not in there]
    groups = Group.objects.bulk_create(Group(name=f"organisation:{p.slug}") for p in missing)
    made = Organisation.objects.bulk_create(
        Organisation(
            territory=territories[plan.stands_in],
            kind=plan.kind,
            agency_type=plan.agency_type,
            slug=plan.slug,
            name=plan.name,
            group=group,
        )
        for plan, group in zip(missing, groups, strict=True)
    )
    pairs = list(zip(missing, made, strict=True))
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=o, name=name, valid_from=since, valid_to=until)
        for plan, o in pairs
        for since, until, name in plan.dated_names
    )
    Coverage.objects.bulk_create(
        Coverage(organisation=o, borough=territories[slug]) for plan, o in pairs for slug in plan.covers
    )
    return len(missing)


def _settings(facts: AreaFacts, area: Territory) -> int:
    """An area that has settings keeps them and its approving bodies, whatever was changed since."""
    _, created = AreaSettings.objects.get_or_create(
        territory=area, defaults={"escalation_days": STEPS, **facts.settings}
    )
    if not created:
        return 0
    for position, (slug, sees) in enumerate(facts.approving, 1):
        body = Organisation.objects.get(slug=slug)
        ApprovingBody.objects.create(territory=area, organisation=body, position=position, sees=sees)
    return 1 + len(facts.approving)


def _count(area: Territory, added: int) -> Loaded:
    return Loaded(
        area,
        boroughs=area.children.count(),
        organisations=Organisation.objects.filter(territory__in=[area, *area.children.all()]).count(),
        bodies=ApprovingBody.objects.filter(territory=area).count(),
        added=added,
    )


__all__ = ["AREAS", "Loaded", "load", "portal_territory"]
