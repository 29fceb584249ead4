"""An attendance file that waits to be imported: kept sealed, so that nobody hands it in twice."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.timezone import now

from mappa_portal.words import plural
from meetings.models.meetings import KeptByUnit, OfUnitQuerySet

KEPT = timedelta(days=3)  # as long as an old SECRET_KEY goes on opening what it sealed


class AttendanceFileQuerySet(OfUnitQuerySet):
    def expired(self):
        return self.filter(uploaded_at__lt=now() - KEPT)


class AttendanceFile(KeptByUnit):
    """``content`` goes as soon as it is imported; the row when somebody closes it, or after three days."""

    class Status(models.TextChoices):
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        REFUSED = "refused", "Not imported"

    UNDER_WAY = {Status.CHECKING, Status.IMPORTING}

    key = models.UUIDField(db_default=RandomUUID(), editable=False)
    name = models.CharField("file", max_length=200)
    rows = models.PositiveIntegerField()
    content = models.TextField(editable=False)  # sealed: meetings.kept_file
    faults = models.TextField(blank=True, editable=False)  # sealed, as they quote the file
    said = models.CharField("what it gives", max_length=300, blank=True)
    status = models.CharField(max_length=9, choices=Status)
    uploaded_at = models.DateTimeField(default=now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AttendanceFileQuerySet.as_manager()

    class Meta(KeptByUnit.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["territory", "key"], name="attendance_file_key")]

    @property
    def size(self) -> str:
        return plural(self.rows, "row")

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY

    @property
    def expires_on(self):
        return self.uploaded_at + KEPT
