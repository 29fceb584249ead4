"""Who sees what: a person's seats, the scope they open, and the grants that share one object with one organisation."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate
from guardian.managers import GroupObjectPermissionManager
from guardian.models import GroupObjectPermissionBase

from boards.models import Appointment, Coverage, Organisation, Reach, Territory
from boards.owned import Owned, OwnedQuerySet
from boards.roles import SEATS
from boards.scope import Scope

LimitedTo = Appointment.boroughs.through


@dataclass(frozen=True)
class Seating:
    """A current appointment. ``only`` are the boroughs it is limited to, None when it is for all that are covered.

    ``areas`` stand above its boroughs; ``reached`` is where its organisation was given something.
    """

    organisation: Organisation
    seat: str
    boroughs: frozenset[int]
    only: frozenset[int] | None
    covered: frozenset[int]
    areas: frozenset[int]
    reached: frozenset[int]


def seats_of(user, on: date | None = None) -> tuple[Seating, ...]:
    """Read once per request: a seat that ended yesterday opens nothing today (A6)."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return ()
    if on is None and hasattr(user, "_seats"):
        return user._seats
    seats = tuple(_seating(a) for a in _appointments(user, on or localdate()))
    if on is None:
        user._seats = seats
    return seats


def _appointments(user, on: date):
    """All that a request asks about a person's seats, in one query."""
    its = {"organisation": OuterRef("organisation")}
    covered = Coverage.objects.filter(**its).order_by("pk")
    return (
        Appointment.objects.current(on)
        .filter(user=user)
        .select_related("organisation__territory__parent")
        .annotate(
            named=ArraySubquery(LimitedTo.objects.filter(appointment=OuterRef("pk")).values("territory_id")),
            covered=ArraySubquery(covered.values("borough_id")),
            parents=ArraySubquery(covered.values("borough__parent_id")),
            reached=ArraySubquery(Reach.objects.filter(**its, count__gt=0).values("territory_id")),
        )
    )


def _seating(appointment) -> Seating:
    only, covered = frozenset(appointment.named) or None, frozenset(appointment.covered)
    boroughs = only & covered if only else covered
    above = zip(appointment.covered, appointment.parents, strict=True)
    areas = frozenset(area for borough, area in above if borough in boroughs)
    reached = frozenset(appointment.reached)
    return Seating(appointment.organisation, appointment.seat, boroughs, only, covered, areas, reached)


def forget_seats(user) -> None:
    user.__dict__.pop("_seats", None)


def seats_with(user, verb: str) -> tuple[Seating, ...]:
    """Those of the person's seats that allow it."""
    return tuple(s for s in seats_of(user) if verb in SEATS[s.seat])


def units_with(user, verb: str) -> list[Organisation]:
    """The boroughs' MAPPA units for which the person may do it, by borough; the area's office is none of them."""
    found = {s.organisation for s in seats_with(user, verb)}
    units = [o for o in found if o.kind == Organisation.Kind.UNIT and not o.is_area_seat]
    return sorted(units, key=lambda unit: unit.territory.name)


def areas_of(user) -> set[Territory]:
    return {s.organisation.territory.area for s in seats_of(user)}


def areas_across(user) -> set[Territory]:
    """Those whose boroughs the person looks across."""
    return {s.organisation.territory for s in seats_of(user) if s.organisation.is_area_seat}


def organisations_of(user) -> dict[int, Organisation]:
    return {s.organisation.pk: s.organisation for s in seats_of(user)}


def scope_of(user) -> Scope:
    """Seats' territories, their boroughs, the areas above, and where one of the organisations was given something."""
    forget_seats(user)
    seats = seats_of(user)
    if not seats:
        return Scope()
    territories = set(_reached(seats))
    for seating in seats:
        territories |= {seating.organisation.territory_id, seating.organisation.territory.area.pk}
        territories |= seating.boroughs | seating.areas
    return Scope(frozenset(territories), frozenset(area.pk for area in areas_across(user)))


def _reached(seats: Iterable[Seating]) -> Iterator[int]:
    """Where their organisations were given something; a seat for some boroughs is not for the others it covers."""
    closed = {s.organisation.pk: s.covered - s.boroughs for s in seats}
    for seating in seats:
        closed[seating.organisation.pk] &= seating.covered - seating.boroughs
    for seating in seats:
        yield from seating.reached - closed[seating.organisation.pk]


# -- Grants: one object, one organisation --


class Grant(Owned, GroupObjectPermissionBase):
    """Base of each room's direct-key grant table; the room adds ``content_object`` (django-guardian)."""

    objects = GroupObjectPermissionManager.from_queryset(OwnedQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        unique_together = [("territory", "group", "permission", "content_object")]

    @classmethod
    def of(cls, opened: Owned, organisation: Organisation, permission: Permission):
        """Belongs to the territory of the object that it opens, and is about the same borough."""
        about = {"about_id": opened.about_id} if hasattr(opened, "about_id") else {}
        return cls(
            territory_id=opened.territory_id,
            group_id=organisation.group_id,
            permission=permission,
            content_object=opened,
            **about,
        )


class SharedQuerySet(OwnedQuerySet):
    """Of things that belong to an ``organisation`` and may be shared: their model names its ``grants``."""

    owner = "organisation"

    def for_user(self, user):
        mine = organisations_of(user)
        if not mine:
            return self.none()
        groups = [o.group_id for o in mine.values()]
        grants = self.model.grants.rel.related_model.objects
        shared = grants.filter(
            territory_id=OuterRef("territory_id"),
            content_object_id=OuterRef("pk"),
            group_id__in=groups,
        )
        return self.filter(Q(**{f"{self.owner}__in": list(mine)}) | Exists(shared))


def share(obj, *, with_: Organisation) -> None:
    """Open one object to one organisation; again is the same as once."""
    share_many([(obj, with_)])


@transaction.atomic
def share_many(pairs: Iterable[tuple[Owned, Organisation]]) -> None:
    """Open each object, all of one kind, to its organisation: thirty pairs cost no more queries than three."""
    pairs = list(pairs)
    if not pairs:
        return
    for obj, organisation in pairs:
        _refuse_across_area(obj, organisation)
    reaches = _held_reaches(pairs)
    model, permission = pairs[0][0].grants.model, _view_permission(pairs[0][0])
    there = set(
        model.objects.filter(
            permission=permission, content_object__in=[obj.pk for obj, _ in pairs]
        ).values_list("content_object_id", "group_id")
    )
    new = {(obj.pk, o.group_id): (obj, o) for obj, o in pairs if (obj.pk, o.group_id) not in there}.values()
    model.objects.bulk_create(model.of(obj, o, permission) for obj, o in new)
    _count(Counter(reaches[o.pk, obj.territory_id] for obj, o in new))


def _refuse_across_area(obj, organisation: Organisation) -> None:
    if organisation.kind in Organisation.AREA_BOARDS and obj.territory.kind == Territory.Kind.BOROUGH:
        raise ValidationError(
            f"{organisation} looks across the area: a borough's own records are never shared with it."
        )


def _held_reaches(pairs) -> dict[tuple[int, int], int]:
    """Their ids, held to the end of the transaction: two people sharing at once wait for each other."""
    wanted = {(o.pk, obj.territory_id) for obj, o in pairs}
    Reach.objects.bulk_create(
        (Reach(organisation_id=o, territory_id=t) for o, t in sorted(wanted)), ignore_conflicts=True
    )
    found = Reach.objects.filter(
        organisation__in={o for o, _ in wanted}, territory__in={t for _, t in wanted}
    )
    held = found.order_by("pk").select_for_update().values_list("organisation", "territory", "pk")
    return {(o, t): pk for o, t, pk in held}


def _count(by_reach: Counter) -> None:
    for count in set(by_reach.values()):
        grown = [pk for pk, more in by_reach.items() if more == count]
        Reach.objects.filter(pk__in=grown).update(count=F("count") + count)


def unshare(obj, *, with_: Organisation) -> None:
    """End the organisation's sight of the object from the next request on."""
    unshare_many([(obj, with_)])


@transaction.atomic
def unshare_many(pairs: Iterable[tuple[Owned, Organisation]]) -> None:
    """End it for each pair, all objects of one kind; what was not shared is left as it is."""
    ended = {(obj.pk, o.group_id): (obj, o) for obj, o in pairs}
    if not ended:
        return
    reaches = _held_reaches(ended.values())
    one, _ = next(iter(ended.values()))
    there = one.grants.model.objects.filter(
        permission=_view_permission(one),
        content_object__in={pk for pk, _ in ended},
        group_id__in={group for _, group in ended},
    ).values_list("pk", "content_object_id", "group_id")
    gone = {pk: ended[obj, group] for pk, obj, group in there if (obj, group) in ended}
    one.grants.model.objects.filter(pk__in=gone).delete()
    _count(
        Counter(
            {
                reach: -n
                for reach, n in Counter(reaches[o.pk, obj.territory_id] for obj, o in gone.values()).items()
            }
        )
    )


def _view_permission(obj) -> Permission:
    return _permission_to_see(type(obj))


@cache
def _permission_to_see(model) -> Permission:
    """Written by migrate and never again: read once in the life of a process."""
    meta = model._meta
    try:
        return Permission.objects.get(
            content_type__app_label=meta.app_label, codename=f"view_{meta.model_name}"
        )
    except ObjectDoesNotExist:
        raise RuntimeError(f"Run migrate: the permission to see a {meta.verbose_name} is missing.") from None


# -- Mixins of the web and REST doors --


class ForUserMixin:
    """Fetches through ``for_user``: what a person may not see does not exist."""

    def get_queryset(self):
        return super().get_queryset().for_user(self.request.user)


class RuledMixin:
    """Puts ``allowed`` into the page and refuses the view's own ``rule`` early; the action asks again."""

    rules = None
    rule = ""

    def get_object(self, queryset=None):
        obj = super().get_object(queryset)
        if self.rule:
            self.rules.require(self.rule, obj, by=self.request.user)
        return obj

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.rules and getattr(self, "object", None):
            context["allowed"] = self.rules.allowed(self.request.user, self.object)
        return context
