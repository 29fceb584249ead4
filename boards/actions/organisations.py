"""The directory: organisations, their dated names, the boroughs they cover."""

from collections.abc import Collection
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate

from boards import minima
from boards.actions.chain import record_in
from boards.area_rules import AREA_RULES, ORGANISATION_RULES
from boards.models import AreaSettings, Coverage, Organisation, OrganisationName, Territory
from mappa_portal.exceptions import StaleEdit
from mappa_portal.words import long_date

Kind = Organisation.Kind
ONE_OF_THEM = {
    Kind.BOARD: "safeguarding board",
    Kind.UNIT: "MAPPA unit",
}  # of which a borough has exactly one


@transaction.atomic
def add_organisation(
    settings: AreaSettings,
    *,
    kind: str,
    name: str,
    by,
    agency_type: str = "",
    boroughs: Collection[Territory] = (),
    since: date | None = None,
) -> Organisation:
    """It stands in its only borough; with several, or none, in the area."""
    settings = AreaSettings.objects.select_for_update().get(pk=settings.pk)
    AREA_RULES.require("set_up", settings, by=by)
    area = settings.territory
    _check_new(area, kind, name, boroughs, since)
    slug = _free_slug(name)
    organisation = Organisation(
        territory=next(iter(boroughs)) if len(boroughs) == 1 else area,
        kind=kind,
        agency_type=agency_type,
        slug=slug,
        name=name,
        group=Group.objects.create(name=f"organisation:{slug}"),
    )
    organisation.full_clean()
    organisation.save()
    OrganisationName.objects.create(organisation=organisation, name=name, valid_from=since)
    _set_coverage(organisation, boroughs)
    _record(
        "organisation.added",
        organisation,
        by,
        {},
        {"name": name, "kind": kind, "boroughs": _names(boroughs)},
    )
    return organisation


@transaction.atomic
def rename(organisation: Organisation, *, name: str, since: date, by) -> Organisation:
    """Records of earlier days keep the earlier name. Asking again for the name that holds changes nothing."""
    organisation = _lock(organisation, "rename", by)
    present = organisation.names.filter(valid_to__isnull=True).first()
    if present and (present.name, present.valid_from) == (name, since):
        return organisation
    _check_date(since)
    if present and present.valid_from and since <= present.valid_from:
        raise ValidationError(
            {"since": f"First day of the new name must be after {long_date(present.valid_from)}"}
        )
    if present:
        present.valid_to = since - timedelta(days=1)
        present.save(update_fields=["valid_to"])
    OrganisationName.objects.create(organisation=organisation, name=name, valid_from=since)
    before = organisation.name
    organisation.name = name
    organisation.save(update_fields=["name"])
    _record(
        "organisation.renamed", organisation, by, {"name": before}, {"name": name, "since": since.isoformat()}
    )
    return organisation


@transaction.atomic
def cover(organisation: Organisation, *, boroughs: Collection[Territory], revision: int, by) -> Organisation:
    """Whoever sits in it sees what belongs to these boroughs, and from now on no others."""
    organisation = _lock(organisation, "cover", by)
    if organisation.revision != revision:
        raise StaleEdit(organisation)
    before = _names(c.borough for c in organisation.coverage.select_related("borough"))
    if before == _names(boroughs):
        return organisation
    _check_coverage(organisation, boroughs)
    _set_coverage(organisation, boroughs)
    organisation.revision += 1
    organisation.save(update_fields=["revision"])
    _record(
        "organisation.coverage_changed",
        organisation,
        by,
        {"boroughs": before},
        {"boroughs": _names(boroughs)},
    )
    return organisation


@transaction.atomic
def set_grades(
    organisation: Organisation, *, level2_grade: int | None, level3_grade: int | None, revision: int, by
) -> Organisation:
    """Of whoever speaks for the agency; None: as the area has it."""
    organisation = _lock(organisation, "set_grades", by)
    if organisation.revision != revision:
        raise StaleEdit(organisation)
    before, after = _grades(organisation), {"level2_grade": level2_grade, "level3_grade": level3_grade}
    if before == after:
        return organisation
    organisation.level2_grade, organisation.level3_grade = level2_grade, level3_grade
    organisation.revision += 1
    organisation.full_clean()
    organisation.save(update_fields=[*after, "revision"])
    _record("organisation.grades_changed", organisation, by, before, after)
    minima.changed(organisation)
    return organisation


@transaction.atomic
def set_reach(organisation: Organisation, *, phone: str, email: str, revision: int, by) -> Organisation:
    """How agencies reach a MAPPA unit: its letters and the reply slip say so."""
    organisation = _lock(organisation, "set_reach", by)
    if organisation.revision != revision:
        raise StaleEdit(organisation)
    before = {"phone": organisation.phone, "email": organisation.email}
    after = {"phone": phone, "email": email}
    if before == after:
        return organisation
    organisation.phone, organisation.email = phone, email
    organisation.revision += 1
    organisation.full_clean()
    organisation.save(update_fields=[*after, "revision"])
    _record("organisation.reach_changed", organisation, by, before, after)
    return organisation


def _grades(organisation: Organisation) -> dict[str, int | None]:
    return {"level2_grade": organisation.level2_grade, "level3_grade": organisation.level3_grade}


def _lock(organisation: Organisation, rule: str, by) -> Organisation:
    organisation = Organisation.objects.select_for_update(of=["self"]).get(pk=organisation.pk)
    ORGANISATION_RULES.require(rule, organisation, by=by)
    return organisation


def _check_new(
    area: Territory, kind: str, name: str, boroughs: Collection[Territory], since: date | None
) -> None:
    if kind == Kind.SMB:
        raise ValidationError({"kind": f"{area} has its Strategic Management Board"})
    if kind == Kind.REGIONAL_BOARD and boroughs:
        raise ValidationError({"boroughs": "A regional board looks across the area: select no boroughs"})
    if kind == Kind.UNIT and len(boroughs) > 1:
        raise ValidationError({"boroughs": "Select one borough: a MAPPA unit is for one"})
    if kind != Kind.REGIONAL_BOARD and not boroughs:
        raise ValidationError({"boroughs": "Select at least one borough"})
    _check_boroughs(area, boroughs)
    _check_only_one(kind, boroughs)
    if since:
        _check_date(since)
    places = [area, *area.children.all()]
    if Organisation.objects.filter(territory__in=places, name__iexact=name).exists():
        raise ValidationError({"name": f"{area} has an organisation of this name already"})


def _check_coverage(organisation: Organisation, boroughs: Collection[Territory]) -> None:
    stands_in = organisation.territory
    if not boroughs:
        raise ValidationError({"boroughs": "Select at least one borough"})
    if stands_in.kind == Territory.Kind.BOROUGH and stands_in not in boroughs:
        raise ValidationError({"boroughs": f"Select {stands_in}: this organisation stands there"})
    _check_boroughs(stands_in.area, boroughs)
    if not organisation.is_area_seat:
        _check_only_one(organisation.kind, boroughs, but=organisation)


def _check_boroughs(area: Territory, boroughs: Collection[Territory]) -> None:
    if any(b.parent_id != area.pk for b in boroughs):
        raise ValidationError({"boroughs": f"Select boroughs of {area}"})


def _check_only_one(kind: str, boroughs: Collection[Territory], but: Organisation | None = None) -> None:
    if kind not in ONE_OF_THEM:
        return
    others = Coverage.objects.filter(organisation__kind=kind, borough__in=boroughs)
    others = others.exclude(organisation__territory__kind=Territory.Kind.AREA, organisation__kind=Kind.UNIT)
    taken = others.exclude(organisation=but).select_related("organisation", "borough").first()
    if taken:
        raise ValidationError(
            {"boroughs": f"{taken.borough} has a {ONE_OF_THEM[Kind(kind)]} already: {taken.organisation}"}
        )


def _check_date(since: date) -> None:
    if since > localdate():
        raise ValidationError({"since": "First day of the name must be today or in the past"})


def _set_coverage(organisation: Organisation, boroughs: Collection[Territory]) -> None:
    Coverage.objects.filter(organisation=organisation).exclude(borough__in=boroughs).delete()
    Coverage.objects.bulk_create(
        (Coverage(organisation=organisation, borough=b) for b in boroughs), ignore_conflicts=True
    )


def _free_slug(name: str) -> str:
    slug = slugify(name)[:70].strip("-") or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbers = (f"{slug}-{n}" for n in range(2, len(taken) + 3))
    return slug if slug not in taken else next(s for s in numbers if s not in taken)


def _names(boroughs) -> list[str]:
    return sorted(b.name for b in boroughs)


def _record(name: str, organisation: Organisation, by, before: dict, after: dict) -> None:
    area, slug = organisation.territory.area, organisation.slug
    record_in(area, name, organisation, by=by, before=before, after=after, reference=slug)
