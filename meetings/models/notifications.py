"""An agency told of a case before a panel hears it: what it may know, and what its own records say."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Least

from boards.access import Grant, SharedQuerySet, seats_with
from boards.models import Organisation
from boards.owned import Owned, OwnedKey
from meetings.models.attendance import Attendance
from meetings.models.meetings import Discussion, Meeting
from referrals.models import Case


class NotificationQuerySet(SharedQuerySet):
    def read_by(self, user):
        """Those of the agencies, and in the boroughs, for which the person answers."""
        mine = Q(pk__in=[])
        for seating in seats_with(user, "answer_for_agency"):
            there = {} if seating.only is None else {"territory__in": seating.only}
            mine |= Q(agency=seating.organisation, **there)
        return self.for_user(user).filter(mine)

    def open(self):
        return self.filter(withdrawn_at=None)

    def unanswered(self):
        return self.open().filter(answer="")

    def overdue(self, today: date):
        """As ``is_overdue`` says, of those that still can be checked."""
        due = Least("check_by", Coalesce("discussion__meeting__held_on", "check_by"))
        return self.unanswered().coming().annotate(due=due).filter(due__lt=today)

    def coming(self):
        """Its meeting is still planned, or the agency was told outside any meeting."""
        return self.open().filter(
            Q(discussion=None) | Q(discussion__meeting__status=Meeting.Status.SCHEDULED)
        )

    def unexpected(self):
        """The agency is no longer asked to the case: it was stood down, or never told of the meeting."""
        return self.with_asked().open().filter(is_asked=False, discussion__isnull=False)

    def with_asked(self):
        """Each with ``is_asked``: the agency is asked to the case at the meeting now."""
        asked = Attendance.objects.required().filter(
            territory=OuterRef("territory"),
            discussion=OuterRef("discussion"),
            organisation=OuterRef("agency"),
        )
        return self.annotate(is_asked=Exists(asked))

    def full(self):
        """With what the rules and the pages ask of each; ``told_again``: outside any meeting, and open."""
        again = Notification.objects.open().filter(
            *(Q(territory=OuterRef("territory")), Q(case=OuterRef("case")), Q(agency=OuterRef("agency"))),
            discussion=None,
        )
        return (
            self.with_asked()
            .annotate(told_again=Exists(again))
            .select_related(
                *("agency", "organisation", "territory", "case__responsible_agency"),
                *("discussion__meeting__organisation", "discussion__meeting__territory"),
            )
        )


class Notification(Owned):
    """One agency and one case. ``known`` is frozen and sealed; a grant opens it, and its end closes the page.

    Without ``discussion`` the agency was told by the lead agency's word alone. ``answer`` is the agency's own check.
    """

    MAY_KNOW = [
        ("name", "Name and other names"),
        ("birth_date", "Date of birth"),
        ("address", "Address"),
        ("category", "Category"),
        ("level", "Level"),
    ]

    class Answer(models.TextChoices):
        KNOWN = "known", "Known to us"
        RELATED = "related", "Related to a family we work with"
        UNKNOWN = "unknown", "Not known to us"

    MET = {Answer.KNOWN, Answer.RELATED}
    ANSWERED = (
        *("answer", "answered_at", "answered_by", "invited_email"),
        *("worker", "worker_job_title", "worker_email", "worker_phone"),
    )

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    case = OwnedKey(Case, related_name="notifications")
    discussion = OwnedKey(Discussion, null=True, blank=True, related_name="notifications")
    key = models.UUIDField(db_default=RandomUUID(), editable=False)
    may_know = ArrayField(models.CharField(max_length=10, choices=MAY_KNOW), default=list)
    known = models.TextField(editable=False)  # sealed: meetings.notifications.known.Known
    word_by = models.CharField("who of the lead agency said so", max_length=120, blank=True)
    word_on = models.DateField(null=True, blank=True)
    notified_at = models.DateTimeField()
    notified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    check_by = models.DateField()
    chased_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=7, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    worker = models.CharField("worker to invite", max_length=120, blank=True)
    worker_job_title = models.CharField("worker's job title", max_length=120, blank=True)
    worker_email = models.EmailField("worker's work email", blank=True)
    worker_phone = models.CharField("worker's work telephone", max_length=40, blank=True)
    invited_email = models.EmailField(blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "key"], name="notification_key"),
            models.UniqueConstraint(fields=["territory", "discussion", "agency"], name="notified_once"),
            models.UniqueConstraint(
                fields=["territory", "case", "agency"],
                condition=Q(discussion=None, withdrawn_at=None),
                name="notified_once_outside",
            ),
            models.CheckConstraint(
                condition=Q(discussion__isnull=False)
                | Q(withdrawn_at__isnull=False)
                | (Q(word_on__isnull=False) & ~Q(word_by="")),
                name="told_outside_by_word",
            ),
        ]
        indexes = [
            models.Index(fields=["check_by"], condition=Q(answer="", withdrawn_at=None), name="checks_due")
        ]

    def __str__(self):
        return f"{self.case} to {self.agency}"

    @property
    def parties(self):
        return [self.organisation, self.agency]

    @property
    def meeting(self) -> Meeting | None:
        return self.discussion.meeting if self.discussion_id else None

    @property
    def reference(self) -> str:
        """Under which its events stand."""
        return self.meeting.reference if self.meeting else self.case.reference

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None

    @property
    def due_on(self) -> date:
        """A meeting that was moved forward does not wait for the check."""
        return min(self.check_by, self.meeting.held_on) if self.meeting else self.check_by

    @property
    def is_worker_invited(self) -> bool:
        return bool(self.invited_email) and self.invited_email == self.worker_email

    def is_overdue(self, today: date) -> bool:
        return self.is_open and not self.answer and self.due_on < today

    def can_be_checked(self, at: datetime) -> bool:
        meeting = self.meeting
        return self.is_open and (meeting is None or (meeting.is_planned and not meeting.has_begun(at)))


class NotificationGrant(Grant):
    """Opens one notification to its agency; withdrawing ends it."""

    content_object = OwnedKey(Notification, on_delete=models.CASCADE, related_name="grants")
