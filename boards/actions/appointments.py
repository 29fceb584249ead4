"""Who sits where: appointed, changed, confirmed, ended. Each takes effect with the next request (A6)."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from accounts.actions import create_account, invite
from accounts.models import User
from boards.access import forget_seats
from boards.actions.chain import record_in
from boards.area_rules import APPOINTMENT_RULES, ORGANISATION_RULES, seats_in
from boards.dates import add_months
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from mappa_portal.exceptions import StaleEdit
from mappa_portal.words import long_date
from outbox import mail

CONFIRM_EVERY = 6  # months: how long single points of contact are taken to be right without asking


@transaction.atomic
def appoint_by_email(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    starts_on: date,
    by,
    instead_of: Iterable[Appointment] = (),
    **values,
) -> Appointment:
    """Whoever has no account yet gets one, and an invitation to it. ``instead_of``: these end the day before."""
    for former in instead_of:
        end_appointment(former, last_day=starts_on - timedelta(days=1), by=by)
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user:
        return appoint(organisation, user=user, starts_on=starts_on, by=by, **values)
    ORGANISATION_RULES.require("appoint", organisation, by=by)
    user = create_account(email, name=name, area=organisation.territory.area, by=by)
    appointment = _appoint(organisation, user=user, starts_on=starts_on, by=by, **values)
    invite(user, by=by)
    return appointment


@transaction.atomic
def appoint(organisation: Organisation, *, user, by, **values) -> Appointment:
    """Give a person a seat, and tell him or her."""
    appointment = _appoint(organisation, user=user, by=by, **values)
    _tell(appointment)
    return appointment


def _appoint(
    organisation: Organisation,
    *,
    user,
    seat: str,
    starts_on: date,
    by,
    job_title: str = "",
    boroughs: Collection[Territory] = (),
    confirm_by: date | None = None,
) -> Appointment:
    """No ``boroughs`` means all that the organisation covers."""
    organisation = Organisation.objects.select_for_update(of=["self"]).get(pk=organisation.pk)
    ORGANISATION_RULES.require("appoint", organisation, by=by)
    _check_seat(organisation, user, seat, starts_on)
    _check_boroughs(organisation, boroughs)
    appointment = Appointment(
        user=user,
        organisation=organisation,
        seat=seat,
        starts_on=starts_on,
        job_title=job_title,
        confirm_by=confirm_by or add_months(max(starts_on, localdate()), CONFIRM_EVERY),
    )
    appointment.full_clean()
    appointment.save()
    appointment.boroughs.set(boroughs)
    forget_seats(user)
    _record("appointment.made", appointment, by, {}, {"seat": seat, **_values(appointment)})
    return appointment


@transaction.atomic
def change_appointment(
    appointment: Appointment,
    *,
    job_title: str,
    boroughs: Collection[Territory],
    confirm_by: date | None,
    revision: int,
    by,
) -> Appointment:
    appointment = _lock(appointment, "change", by)
    if appointment.revision != revision:
        raise StaleEdit(appointment)
    _check_boroughs(appointment.organisation, boroughs)
    before = _values(appointment)
    appointment.job_title, appointment.confirm_by = job_title, confirm_by
    appointment.boroughs.set(boroughs)
    _save(appointment, "appointment.changed", by, before, "job_title", "confirm_by")
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, last_day: date, by) -> Appointment:
    """The seat opens nothing from the day after ``last_day``."""
    appointment = _lock(appointment, "end", by)
    if last_day < appointment.starts_on:
        first = appointment.starts_on
        raise ValidationError(
            {"last_day": f"Last day must be the same as or after {long_date(first)}, the first day"}
        )
    before = _values(appointment)
    appointment.ends_on = last_day
    _save(appointment, "appointment.ended", by, before, "ends_on")
    return appointment


@transaction.atomic
def withdraw_appointment(appointment: Appointment, *, by) -> None:
    """One made by mistake: it ends at once, as if it had not been."""
    appointment = _lock(appointment, "withdraw", by)
    _record("appointment.withdrawn", appointment, by, {"seat": appointment.seat, **_values(appointment)}, {})
    user = appointment.user
    appointment.delete()
    forget_seats(user)


@transaction.atomic
def confirm_in_post(appointments: Iterable[Appointment], *, today: date, by) -> int:
    """All of them or none."""
    chosen = sorted(appointments, key=lambda a: a.pk)
    for appointment in chosen:
        appointment = _lock(appointment, "confirm", by)
        before = _values(appointment)
        appointment.confirmed_on = today
        appointment.confirm_by = add_months(today, CONFIRM_EVERY)
        _save(appointment, "appointment.confirmed", by, before, "confirmed_on", "confirm_by")
    return len(chosen)


def _lock(appointment: Appointment, rule: str, by) -> Appointment:
    locked = (
        Appointment.objects.select_for_update(of=["self"])
        .select_related("organisation__territory__parent", "user")
        .get(pk=appointment.pk)
    )
    APPOINTMENT_RULES.require(rule, locked, by=by)
    return locked


def _save(appointment: Appointment, event: str, by, before: dict, *fields: str) -> None:
    appointment.revision += 1
    appointment.full_clean()
    appointment.save(update_fields=[*fields, "revision"])
    forget_seats(appointment.user)
    after = _values(appointment)
    changed = [name for name in after if before[name] != after[name]]
    _record(event, appointment, by, {n: before[n] for n in changed}, {n: after[n] for n in changed})


def _check_seat(organisation: Organisation, user, seat: str, starts_on: date) -> None:
    if seat not in seats_in(organisation):
        raise ValidationError({"seat": f"Select a seat that {organisation} has"})
    if not user.is_active:
        raise ValidationError({"email": "This account is switched off"})
    pair = {Seat.REPRESENTATIVE, Seat.SUBSTITUTE}
    held = Appointment.objects.filter(user=user, organisation=organisation).exclude(ends_on__lt=starts_on)
    if seat in pair and held.filter(seat__in=pair - {seat}).exists():
        raise ValidationError({"seat": "Representative and substitute must be different people"})


def _check_boroughs(organisation: Organisation, boroughs: Collection[Territory]) -> None:
    covered = set(organisation.coverage.values_list("borough", flat=True))
    if any(b.pk not in covered for b in boroughs):
        raise ValidationError({"boroughs": f"Select boroughs that {organisation} covers"})


def _values(appointment: Appointment) -> dict:
    days = {"starts_on", "ends_on", "confirm_by", "confirmed_on"}
    return {
        **{name: str(getattr(appointment, name) or "") for name in sorted(days)},
        "job_title": appointment.job_title,
        "boroughs": sorted(b.name for b in appointment.boroughs.all()),
    }


def _tell(appointment: Appointment) -> None:
    """In words that name nobody but the recipient."""
    territory = appointment.organisation.territory
    mail.send(
        "appointment",
        appointment.user,
        {"organisation": appointment.organisation, "seat": appointment.get_seat_display()},
        key=f"appointment:{appointment.reference}",
        subject=f"You have a seat in {appointment.organisation}",
        territory=territory.area,
        about=territory if territory.kind == Territory.Kind.BOROUGH else None,
    )


def _record(event: str, appointment: Appointment, by, before: dict, after: dict) -> None:
    where = appointment.organisation
    record_in(
        where.territory.area, event, appointment, by=by, before=before, after=after, reference=where.slug
    )
