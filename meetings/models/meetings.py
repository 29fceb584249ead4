"""Meeting → discussion of one case; the monthly series that meetings come from, and whom they always invite."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import make_aware

from boards.access import Grant, SharedQuerySet, organisations_of
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from mappa_portal.words import upper_first
from meetings.notice import NoticeGiven
from referrals.models import Case, Registered, RegisteredQuerySet

LEVELS = [(2, "Level 2"), (3, "Level 3")]


class KeptByUnit(Owned):
    """What a borough's MAPPA unit keeps; ``organisation`` is the unit."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @property
    def parties(self):
        return [self.organisation]


class OfUnitQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(organisation__in=list(organisations_of(user)))


class StandingInvitee(KeptByUnit):
    """An agency that every meeting of the borough at this level invites, for all its cases."""

    level = models.PositiveSmallIntegerField(choices=LEVELS)
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta(KeptByUnit.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["territory", "level", "agency"], name="standing_invitee_once")
        ]


class Sitting(models.Model):
    """When and where: what a meeting has in common with the series that it comes from."""

    level = models.PositiveSmallIntegerField(choices=LEVELS)
    starts_at = models.TimeField("start time", null=True, blank=True)
    minutes_long = models.PositiveSmallIntegerField(
        "length in minutes", default=120, validators=[MinValueValidator(15), MaxValueValidator(600)]
    )
    place = models.CharField(max_length=200, blank=True)
    video = models.URLField("video link", max_length=400, blank=True)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class Series(KeptByUnit, Sitting):
    """Monthly panels on the same weekday of each month, until it is stopped."""

    class Week(models.IntegerChoices):
        FIRST = 1, "first"
        SECOND = 2, "second"
        THIRD = 3, "third"
        FOURTH = 4, "fourth"
        LAST = 5, "last"

    WEEKDAYS = [(n, day) for n, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))]

    week = models.PositiveSmallIntegerField(choices=Week)
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    starts_on = models.DateField("first month from")
    stopped_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = OfUnitQuerySet.as_manager()

    class Meta(KeptByUnit.Meta):
        abstract = False
        verbose_name_plural = "series"

    def __str__(self):
        return upper_first(f"{self.get_week_display()} {self.get_weekday_display()} of each month")


class MeetingQuerySet(RegisteredQuerySet):
    def for_user(self, user):
        """Of one's own unit, and those in which one's agency was given a discussion."""
        given = DiscussionGrant.objects.filter(
            territory_id=OuterRef("territory_id"),
            content_object__meeting_id=OuterRef("pk"),
            group_id__in=[o.group_id for o in organisations_of(user).values()],
        )
        return self.filter(Q(organisation__in=list(organisations_of(user))) | Exists(given))

    def listed(self):
        """With ``cases``, and of how many attendances ``expected`` the record is missing; counted for the page."""
        from meetings.models.attendance import Attendance

        expected = Attendance.objects.required().filter(discussion__meeting=models.OuterRef("pk"))
        return self.annotate(
            cases=_count(Discussion.objects.filter(meeting=models.OuterRef("pk")), "meeting"),
            expected=_count(expected, "discussion__meeting"),
            unrecorded=_count(expected.filter(attended=None), "discussion__meeting"),
        )

    def with_replies(self):
        """How many agencies were ``invited`` and are still expected, and how many of them ``replied``."""
        from meetings.models.invitations import Invitation, Reply

        sent = Invitation.objects.standing().sent().filter(meeting=OuterRef("pk"))
        answered = Exists(
            Reply.objects.holding().filter(territory_id=OuterRef("territory_id"), invitation=OuterRef("pk"))
        )
        return self.annotate(
            invited=_count(sent, "meeting"), replied=_count(sent.filter(answered), "meeting")
        )

    def notice_given(self, start: date, end: date, needed: int) -> NoticeGiven:
        """Our own promise: of the meetings held from ``start`` to ``end``, which were invited in time.

        Meetings that an import brought along were not invited through the portal and count nowhere.
        """
        from meetings.models.invitations import Invitation

        in_time = Q(held_on__gte=F("invited_on") + timedelta(days=needed))
        held = self.filter(held_on__range=(start, end), status=Meeting.Status.HELD, invited_on__isnull=False)
        meetings = held.aggregate(all=models.Count("pk"), good=models.Count("pk", filter=in_time))
        sent = Invitation.objects.filter(meeting__in=held, sent_at__isnull=False).annotate(
            sent_on=Coalesce(F("told_on"), TruncDate("sent_at"))
        )
        in_time = Q(meeting__held_on__gte=F("sent_on") + timedelta(days=needed))
        letters = sent.aggregate(all=models.Count("pk"), good=models.Count("pk", filter=in_time))
        return NoticeGiven(meetings["all"], meetings["good"], letters["all"], letters["good"])


def _count(rows, of: str) -> Coalesce:
    counted = rows.order_by().values(of).annotate(number=models.Count("pk")).values("number")
    return Coalesce(models.Subquery(counted), 0)


class Meeting(Registered, Sitting):
    """One sitting at level 2 or 3, of one borough, about one or several cases.

    ``uid`` and ``sequence`` name it to calendars; ``invited_on`` is the day from which notice counts.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"
        POSTPONED = "postponed", "Postponed"
        ABANDONED = "abandoned", "Abandoned"

    held_on = models.DateField("date")
    status = models.CharField(max_length=9, choices=Status, default=Status.SCHEDULED)
    status_reason = models.CharField("reason", max_length=300, blank=True)
    postponed_to = OwnedKey("self", null=True, blank=True, related_name="postponed_from")
    series = OwnedKey(Series, null=True, blank=True, related_name="meetings")
    is_emergency = models.BooleanField("single-subject emergency meeting", default=False)
    short_notice_reason = models.CharField("why this meeting cannot wait", max_length=300, blank=True)
    invited_on = models.DateField(null=True, blank=True)
    uid = models.UUIDField(db_default=RandomUUID(), editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

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

    @property
    def starts(self) -> datetime:
        """A meeting without a start time is a whole day's."""
        return make_aware(datetime.combine(self.held_on, self.starts_at or time.min))

    @property
    def is_planned(self) -> bool:
        return self.status == self.Status.SCHEDULED

    def has_begun(self, at: datetime) -> bool:
        return self.starts <= at


class DiscussionQuerySet(SharedQuerySet):
    owner = "meeting__organisation"


class Discussion(Owned):
    """One case in one meeting: the unit of every figure (C1). An agency sees those that it was given."""

    class RiskOfHarm(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"
        VERY_HIGH = "very_high", "Very high"

    DECISIONS = [(3, "Level 3"), (2, "Level 2"), (1, "Level 1: active management by a meeting ends")]

    meeting = OwnedKey(Meeting, related_name="discussions")
    case = OwnedKey(Case, related_name="discussions")
    position = models.PositiveSmallIntegerField(default=1)
    under_18 = models.BooleanField("under 18 on the day", null=True, blank=True)
    under_18_stated = models.BooleanField(
        "stated, not worked out from a birth date", default=False, db_default=False
    )
    responsible_csc = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    risk_of_harm = models.CharField(max_length=9, choices=RiskOfHarm, blank=True, default="", db_default="")
    disclosure_considered = models.BooleanField(null=True, blank=True)
    level_decided = models.PositiveSmallIntegerField(choices=DECISIONS, null=True, blank=True)
    next_review_on = models.DateField(null=True, blank=True)
    record = models.TextField(
        blank=True, editable=False, default="", db_default=""
    )  # sealed: meetings.record.Record
    revision = models.PositiveIntegerField(default=1, db_default=1, editable=False)

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


class DiscussionGrant(Grant):
    """Opens one discussion to one invited agency; its invitation writes it, standing down ends it."""

    content_object = OwnedKey(Discussion, on_delete=models.CASCADE, related_name="grants")
