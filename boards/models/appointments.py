"""Who sits where, from a day to a day."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from boards.models.directory import Organisation, Territory
from boards.roles import Seat


class AppointmentQuerySet(models.QuerySet):
    def current(self, on: date):
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)

    def overdue(self, on: date):
        """Current ones that nobody has confirmed in time."""
        return self.current(on).filter(confirm_by__lt=on)


class Appointment(models.Model):
    """A person's seat in an organisation, last day included. No boroughs named means all that it covers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="appointments")
    seat = models.CharField(max_length=18, choices=Seat)
    reference = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    boroughs = models.ManyToManyField(Territory, blank=True, related_name="+")
    job_title = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    confirm_by = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "seat"],
                condition=Q(ends_on__isnull=True),
                name="seat_held_once",
                violation_error_message="This person already holds this seat.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="appointment_ends_after_start",
                violation_error_message="End date must be the same as or after the start date.",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_seat_display()}, {self.organisation}"

    @property
    def parties(self):
        return self.organisation.parties

    @property
    def territory_id(self) -> int:
        return self.organisation.territory_id

    def has_ended(self, on: date) -> bool:
        return self.ends_on is not None and self.ends_on < on
