"""Meeting → discussion of one case → attendance of one agency; and the stored figures of each day."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from boards.models import Organisation
from boards.owned import AboutOwned, Owned, OwnedKey, OwnedQuerySet
from referrals.models import Case, Registered, RegisteredQuerySet


class MeetingQuerySet(RegisteredQuerySet):
    def listed(self):
        """With ``cases``, and of how many attendances ``expected`` the record is missing; counted for the page."""
        expected = Attendance.objects.required().filter(discussion__meeting=models.OuterRef("pk"))
        return self.annotate(
            cases=_count(Discussion.objects.filter(meeting=models.OuterRef("pk")), "meeting"),
            expected=_count(expected, "discussion__meeting"),
            unrecorded=_count(expected.filter(attended=None), "discussion__meeting"),
        )


def _count(rows, of: str) -> Coalesce:
    counted = rows.order_by().values(of).annotate(number=models.Count("pk")).values("number")
    return Coalesce(models.Subquery(counted), 0)


class Meeting(Registered):
    """One sitting at level 2 or 3, of one borough, about one or several cases."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"
        POSTPONED = "postponed", "Postponed"
        ABANDONED = "abandoned", "Abandoned"

    LEVELS = [(2, "Level 2"), (3, "Level 3")]

    held_on = models.DateField("date")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    status = models.CharField(max_length=9, choices=Status, default=Status.SCHEDULED)

    objects = MeetingQuerySet.as_manager()

    class Meta(Registered.Meta):
        indexes = [
            models.Index(
                fields=["territory", "held_on"],
                include=["id", "level"],
                condition=Q(status="held"),
                name="held_meetings",
            ),
            models.Index(fields=["territory", "-held_on", "-id"], name="meetings_by_day"),
        ]


class DiscussionQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(meeting__in=Meeting.objects.for_user(user))


class Discussion(Owned):
    """One case in one meeting: the unit of every figure (C1)."""

    meeting = OwnedKey(Meeting, related_name="discussions")
    case = OwnedKey(Case, related_name="discussions")
    position = models.PositiveSmallIntegerField(default=1)
    under_18 = models.BooleanField("under 18 on the day", null=True, blank=True)
    responsible_csc = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "meeting", "case"], name="case_once_a_meeting")
        ]
        indexes = [
            models.Index(
                fields=["meeting"], include=["id", "under_18", "territory"], name="discussions_counted"
            )
        ]

    @property
    def parties(self):
        return self.meeting.parties


class AttendanceQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(discussion__in=Discussion.objects.for_user(user))

    def required(self):
        """In KPI 6: invited and not stood down (C3)."""
        return self.filter(invited=True, stood_down=False)


class Attendance(Owned):
    """One agency's part in one discussion.

    ``attended`` None is not recorded yet (C13); a report is not attendance (C9).
    """

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        VIDEO = "video", "By video"
        PHONE = "phone", "By phone"

    class Outcome(models.TextChoices):
        """How one agency's part in one discussion reads; first letters differ, for the keyboard."""

        NOT_RECORDED = "", "Not recorded"
        ATTENDED = "attended", "Attended"
        REPORT = "report", "Report only"
        EXPLAINED = "explained", "Explained absence"
        UNEXPLAINED = "unexplained", "Unexplained absence"

    GRADES = [
        (1, "Practitioner"),
        (2, "Team manager"),
        (3, "Service manager"),
        (4, "Head of service or above"),
    ]

    discussion = OwnedKey(Discussion, on_delete=models.CASCADE, related_name="attendances")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    invited = models.BooleanField(default=True)
    stood_down = models.BooleanField(default=False)
    attended = models.BooleanField(null=True, blank=True)
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
            return self.Outcome.ATTENDED
        if self.report:
            return self.Outcome.REPORT
        return self.Outcome.EXPLAINED if self.explained else self.Outcome.UNEXPLAINED


class Recount(Owned):
    """The days of a borough whose stored figures a change has touched; none while the job has counted everything."""

    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    number = models.PositiveIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory"], name="one_recount_per_borough"),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(first_day__lte=models.F("last_day")),
                name="recount_from_day_to_day",
            ),
        ]


class DayFigures(AboutOwned):
    """What one borough counted on one day at one level: whole numbers that add up over any period (C2).

    The three arrays run in parallel: agency, discussions it was required in, discussions it attended (KPI 6).
    """

    held_on = models.DateField()
    level = models.PositiveSmallIntegerField()
    counted_at = models.DateTimeField()
    discussions = models.PositiveIntegerField()
    recorded = models.PositiveIntegerField()
    missing_birth_dates = models.PositiveIntegerField()
    under_18 = models.PositiveIntegerField()
    yot = models.PositiveIntegerField()
    csc = models.PositiveIntegerField()
    joint = models.PositiveIntegerField()
    not_invited = models.PositiveIntegerField()
    organisations = ArrayField(models.BigIntegerField())
    required = ArrayField(models.IntegerField())
    attended = ArrayField(models.IntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "about", "held_on", "level"], name="one_row_per_day")
        ]
