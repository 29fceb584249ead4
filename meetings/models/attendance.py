"""Who was at the table: each agency's part in each discussion, and the people who came for it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from boards.access import organisations_of
from boards.agencies import GRADES
from boards.models import Organisation, Territory
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from meetings.models.meetings import Discussion, Meeting


class Mode(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"


class AttendanceQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """All of it for the MAPPA unit; an agency sees its own, in the discussions that it was given."""
        mine = list(organisations_of(user))
        given = Q(organisation__in=mine, discussion__in=Discussion.objects.for_user(user))
        return self.filter(Q(discussion__meeting__organisation__in=mine) | given)

    def required(self):
        """In KPI 6: invited and not stood down (C3)."""
        return self.filter(invited=True, stood_down=False)


class Attendance(Owned):
    """One agency's part in one discussion.

    ``attended`` None is not recorded yet (C13); a report is not attendance (C9).
    """

    class Outcome(models.TextChoices):
        """How one agency's part in one discussion reads; first letters differ, for the keyboard."""

        NOT_RECORDED = "", "Not recorded"
        ATTENDED = "attended", "Attended"
        SUBSTITUTE = "substitute", "Substitute attended"
        REPORT = "report", "Report only"
        EXPLAINED = "explained", "Explained absence"
        UNEXPLAINED = "unexplained", "No explanation"

    # Many rows: what the composite key to the discussion and the indexes below do is not done twice.
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="+", editable=False, db_constraint=False, db_index=False
    )
    discussion = OwnedKey(Discussion, on_delete=models.CASCADE, related_name="attendances", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    invited = models.BooleanField(default=True)
    stood_down = models.BooleanField(default=False)
    attended = models.BooleanField(null=True, blank=True)
    substitute = models.BooleanField("a substitute attended", default=False, db_default=False)
    mode = models.CharField(max_length=9, choices=Mode, blank=True)
    grade = models.PositiveSmallIntegerField(
        choices=GRADES, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    report = models.BooleanField("sent a report", default=False)
    explained = models.BooleanField("absence explained", null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "discussion", "organisation"], name="agency_once_a_discussion"
            )
        ]
        indexes = [
            models.Index(
                fields=["discussion"],
                include=["organisation", "territory", "invited", "stood_down", "attended", "grade"],
                name="attendances_counted",
            )
        ]

    @property
    def is_expected(self) -> bool:
        return self.invited and not self.stood_down

    @property
    def outcome(self) -> Outcome:
        if self.attended is None:
            return self.Outcome.NOT_RECORDED
        if self.attended:
            return self.Outcome.SUBSTITUTE if self.substitute else self.Outcome.ATTENDED
        if self.report:
            return self.Outcome.REPORT
        return self.Outcome.EXPLAINED if self.explained else self.Outcome.UNEXPLAINED


class Attendee(Owned):
    """Who came for an agency, as its representative or as the substitute; the grade of its attendances follows."""

    meeting = OwnedKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    is_substitute = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    mode = models.CharField(max_length=9, choices=Mode, blank=True)
    grade = models.PositiveSmallIntegerField(choices=GRADES, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "meeting", "organisation", "is_substitute"], name="attendee_of_agency"
            )
        ]

    def __str__(self):
        return self.name
