"""How an area works: its settings, and who approves its protocols in which order."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from boards import minima
from boards.actions.chain import record_in
from boards.area_rules import AREA_RULES
from boards.directory import in_post
from boards.models import ApprovingBody, AreaSettings, Organisation
from boards.roles import Seat
from mappa_portal.exceptions import StaleEdit
from outbox import mail

PARKED = 100  # added to positions while they move, since each is unique at every moment


@transaction.atomic
def change_settings(settings: AreaSettings, *, revision: int, by, **values) -> AreaSettings:
    """Refused as stale when somebody saved meanwhile."""
    settings = _lock(settings, revision, by)
    before = {name: getattr(settings, name) for name in values if getattr(settings, name) != values[name]}
    if not before:
        return settings
    _refuse_lower_threshold(settings, values)
    _refuse_reminders_out_of_order(settings, values)
    for name in before:
        setattr(settings, name, values[name])
    settings.revision += 1
    settings.full_clean()
    settings.save(update_fields=[*before, "revision"])
    after = {name: values[name] for name in before}
    record_in(settings.territory, "settings.changed", settings, by=by, before=before, after=after)
    if {"level2_grade", "level3_grade"} & set(before):
        minima.changed(settings)
    return settings


@transaction.atomic
def set_approving_bodies(
    settings: AreaSettings,
    *,
    bodies: Sequence[tuple[Organisation, str]],
    revision: int,
    by,
    reason: str = "",
) -> AreaSettings:
    """``bodies`` in their order, each with what it sees. Submitted versions keep the order they have."""
    settings = _lock(settings, revision, by)
    for body, _ in bodies:
        if body.kind not in Organisation.AREA_BOARDS or body.territory_id != settings.territory_id:
            raise ValidationError(f"{body} is not a board of the whole area.")
    before = _order(settings)
    if before == [_named(body, sees) for body, sees in bodies]:
        return settings
    left = leaving(settings, [body for body, _ in bodies])
    if left and not reason.strip():
        raise ValidationError({"reason": "Enter why this body no longer approves"})
    there = ApprovingBody.objects.filter(territory=settings.territory_id)
    there.filter(organisation__in=left).delete()
    there.update(position=F("position") + PARKED)
    for position, (body, sees) in enumerate(bodies, 1):
        ApprovingBody.objects.update_or_create(
            territory_id=settings.territory_id,
            organisation=body,
            defaults={"position": position, "sees": sees},
        )
    settings.revision += 1
    settings.save(update_fields=["revision"])
    record_in(
        settings.territory,
        "approving_bodies.changed",
        settings,
        by=by,
        before={"approving_bodies": before},
        after={"approving_bodies": _order(settings)},
        reason=reason,
    )
    if left:
        _tell_co_ordinators(settings, left)
    return settings


def leaving(settings: AreaSettings, bodies: Sequence[Organisation]) -> list[Organisation]:
    """Those that approve now and would not if only ``bodies`` did."""
    now = ApprovingBody.objects.filter(territory=settings.territory_id).select_related("organisation")
    return [approving.organisation for approving in now if approving.organisation not in bodies]


def _tell_co_ordinators(settings: AreaSettings, left: Sequence[Organisation]) -> None:
    area = settings.territory
    remaining = list(ApprovingBody.objects.filter(territory=area).select_related("organisation"))
    offices = Organisation.objects.units_in(area)
    for held in in_post(offices, localdate()).filter(seat=Seat.CO_ORDINATOR):
        mail.send(
            "approving_bodies",
            held.user,
            {"area": area, "left": left, "remaining": remaining, "organisation": held.organisation},
            key=f"approving_bodies:{settings.revision}:{held.user_id}",
            subject=f"Who approves MAPPA protocols in {area} has changed",
            territory=area,
        )


def _lock(settings: AreaSettings, revision: int, by) -> AreaSettings:
    settings = AreaSettings.objects.select_for_update().get(pk=settings.pk)
    AREA_RULES.require("set_up", settings, by=by)
    if settings.revision != revision:
        raise StaleEdit(settings)
    return settings


def _refuse_lower_threshold(settings: AreaSettings, values: dict) -> None:
    """What was hidden once stays hidden (assurance S1)."""
    lowest = settings.suppression_threshold
    if values.get("suppression_threshold", lowest) < lowest:
        raise ValidationError(
            {"suppression_threshold": f"Smallest count shown must be {lowest} or more: it may only rise"}
        )


def _refuse_reminders_out_of_order(settings: AreaSettings, values: dict) -> None:
    first, last = (values.get(n, getattr(settings, n)) for n in ("first_reminder_days", "last_reminder_days"))
    if first <= last:
        raise ValidationError(
            {"first_reminder_days": f"The first reminder must be {last + 1} days before or more"}
        )


def _order(settings: AreaSettings) -> list[str]:
    rows = ApprovingBody.objects.filter(territory=settings.territory_id).select_related("organisation")
    return [_named(body.organisation, body.sees) for body in rows.order_by("position")]


def _named(body: Organisation, sees: str) -> str:
    return f"{body} ({ApprovingBody.Sees(sees).label})"
