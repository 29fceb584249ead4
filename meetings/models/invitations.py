"""An agency's contact → its invitation to a meeting → its replies, whatever the channel."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from boards.access import organisations_of
from boards.agencies import GRADES
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from meetings.models.attendance import Mode
from meetings.models.meetings import KeptByUnit, Meeting, OfUnitQuerySet
from outbox.models import Message

LINK_HOLDS = timedelta(days=30)  # to confirm a contact's details


@dataclass(frozen=True)
class Person:
    """Somebody of an agency, as letters address and replies name him or her."""

    name: str
    email: str = ""
    job_title: str = ""
    grade: int | None = None


class ContactQuerySet(OfUnitQuerySet):
    def current(self):
        return self.filter(ended_on=None)


class Contact(KeptByUnit):
    """The single point of contact (SPOC) of an agency for one borough, and who usually comes for it.

    ``token_digest`` is of the link by which the contact confirms these details, every few months.
    """

    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField("email address")
    phone = models.CharField("telephone number", max_length=40, blank=True)
    representative = models.CharField("usual representative", max_length=120, blank=True)
    representative_job_title = models.CharField("representative's job title", max_length=120, blank=True)
    representative_grade = models.PositiveSmallIntegerField(
        "representative's seniority", choices=GRADES, null=True, blank=True
    )
    cover_name = models.CharField("name of the cover", max_length=120, blank=True)
    cover_email = models.EmailField("email address of the cover", blank=True)
    cover_from = models.DateField(null=True, blank=True)
    cover_until = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    asked_on = models.DateField(null=True, blank=True, editable=False)
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    ended_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta(KeptByUnit.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "agency"],
                condition=Q(ended_on=None),
                name="one_contact_of_agency",
                violation_error_message="This agency has a contact already. Change it or end it first.",
            ),
            models.UniqueConstraint(
                fields=["territory", "token_digest"], condition=~Q(token_digest=""), name="contact_link"
            ),
            models.CheckConstraint(
                condition=Q(cover_until=None)
                | Q(cover_from=None)
                | Q(cover_until__gte=models.F("cover_from")),
                name="cover_ends_after_start",
                violation_error_message="Cover must end the same day as or after it starts.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.agency}"

    def link_holds(self, on: date) -> bool:
        """The link of the letter that asked for these details."""
        return bool(self.asked_on) and self.ended_on is None and on <= self.asked_on + LINK_HOLDS

    def addressee(self, on: date) -> Person:
        """Who gets the letters of that day: the cover, while there is one."""
        covered = self.cover_email and (self.cover_from or date.max) <= on <= (self.cover_until or date.max)
        return Person(self.cover_name, self.cover_email) if covered else Person(self.name, self.email)

    @property
    def usual(self) -> Person:
        """Who is known to come: the usual representative, else the contact."""
        if self.representative:
            return Person(
                self.representative,
                job_title=self.representative_job_title,
                grade=self.representative_grade,
            )
        return Person(self.name, job_title=self.job_title, grade=self.representative_grade)


class InvitationQuerySet(OwnedQuerySet):
    def for_user(self, user):
        mine = list(organisations_of(user))
        return self.filter(Q(meeting__organisation__in=mine) | Q(agency__in=mine, sent_at__isnull=False))

    def standing(self):
        return self.filter(stood_down_at=None)

    def sent(self):
        return self.filter(sent_at__isnull=False)

    def unanswered(self):
        """An answer from before the meeting was moved is none."""
        return self.filter(~Exists(Reply.objects.holding().filter(invitation=OuterRef("pk"))))


class Invitation(Owned):
    """One agency asked to one meeting, for the cases that its attendances name.

    ``letter`` is the newest email about it; ``sent_at`` when it was asked, anew when the meeting is moved;
    ``told_on`` the day on which it heard of the present date, from which notice counts.
    """

    meeting = OwnedKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    contact = OwnedKey(Contact, null=True, blank=True, related_name="invitations")
    letter = OwnedKey(Message, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    told_on = models.DateField(null=True, blank=True, editable=False)
    reminded_on = models.DateField(null=True, blank=True)
    stood_down_at = models.DateTimeField(null=True, blank=True)
    stood_down_reason = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "meeting", "agency"], name="agency_invited_once")
        ]

    def __str__(self):
        return f"{self.agency} to {self.meeting}"

    @property
    def parties(self):
        return [self.meeting.organisation, self.agency]

    @property
    def is_open(self) -> bool:
        """It can be answered as far as anybody decided; the start of the meeting is a matter of the clock."""
        return bool(self.sent_at) and self.stood_down_at is None and self.meeting.is_planned

    def is_for(self, email: str) -> bool:
        """One of the addresses at which the agency's contact is reached now."""
        contact = self.contact
        if contact is None or contact.ended_on or not email:
            return False
        return email.casefold() in {contact.email.casefold(), contact.cover_email.casefold()}

    @property
    def answer(self) -> "Reply | None":
        """The last reply, unless the meeting was moved after it."""
        last = next(iter(self.replies.all()), None)
        return last if last and self.sent_at and last.answered_at >= self.sent_at else None


class OfInvitationQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(invitation__in=Invitation.objects.for_user(user))


class ReplyLink(Owned):
    """The way from one letter to the reply slip (L1): only the token's digest, and what the letter says: the start,
    and the sequence if it has a calendar part.

    All links of an invitation open the same slip; they end when the meeting is moved or the contact is replaced.
    Those of a moved meeting say to which day.
    """

    invitation = OwnedKey(Invitation, on_delete=models.CASCADE, related_name="links")
    token_digest = models.CharField(max_length=64, editable=False)
    starts = models.DateTimeField()
    sequence = models.PositiveIntegerField(null=True)
    to_email = models.EmailField()

    objects = OfInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "token_digest"], name="reply_link_digest")
        ]

    def still_asks(self) -> bool:
        """The letter says what holds: the meeting was not moved or ended, nor the contact replaced."""
        asked = self.invitation
        return asked.is_open and self.starts == asked.meeting.starts and asked.is_for(self.to_email)

    def moved_to(self) -> Meeting | None:
        """When the meeting takes place instead: for whoever the newest letter about it went to."""
        asked: Invitation | None = self.invitation
        while asked and asked.meeting.postponed_to:
            asked = asked.meeting.postponed_to.invitations.filter(agency=asked.agency).first()
        if asked and asked.is_open and asked.is_for(self.to_email) and asked.meeting.starts != self.starts:
            return asked.meeting
        return None


class ReplyQuerySet(OfInvitationQuerySet):
    def holding(self):
        """Given to the question as it stands: since the invitation, or since the meeting was moved."""
        return self.filter(answered_at__gte=models.F("invitation__sent_at"))


class Reply(Owned):
    """What an agency answered. Rows are never changed: a new answer is the next number, and the last one holds."""

    class Answer(models.TextChoices):
        ATTENDING = "attending", "Representative will attend"
        SUBSTITUTE = "substitute", "Substitute will attend"
        APOLOGIES_REPORT = "apologies_report", "Apologies, with a report"
        APOLOGIES = "apologies", "Apologies"

    class Channel(models.TextChoices):
        LINK = "link", "Reply link"
        CALENDAR = "calendar", "Calendar"
        PHONE = "phone", "Telephone"
        PORTAL = "portal", "Portal"

    ABSENT = {Answer.APOLOGIES_REPORT, Answer.APOLOGIES}

    invitation = OwnedKey(Invitation, on_delete=models.CASCADE, related_name="replies")
    number = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=16, choices=Answer)
    name = models.CharField(max_length=120, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    grade = models.PositiveSmallIntegerField(choices=GRADES, null=True, blank=True)
    mode = models.CharField(max_length=9, choices=Mode, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "invitation", "number"], name="reply_number")
        ]

    @property
    def is_coming(self) -> bool:
        return self.answer not in self.ABSENT

    @property
    def by_phone(self) -> str:
        """What is said beside an answer that the unit wrote down."""
        return "by telephone" if self.channel == self.Channel.PHONE else ""


class CalendarMail(Owned):
    """An answer that an agency's calendar sent: read once, by the digest of its Message-ID, and taken or refused."""

    invitation = OwnedKey(Invitation, on_delete=models.CASCADE, related_name="calendar_mails")
    digest = models.CharField(max_length=64, editable=False)
    said = models.CharField(max_length=20, blank=True)
    refused = models.CharField("why it was refused", max_length=200, blank=True)
    arrived_at = models.DateTimeField()

    objects = OfInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["territory", "digest"], name="calendar_mail_once")]

    @property
    def note(self) -> str:
        """What does not stand among the replies."""
        return "The calendar answered “maybe”: this is no reply" if self.said == "TENTATIVE" else ""


class PhoneCall(Owned):
    """Notice was too short for a letter alone: a call to the SPOC, who and when, and what came of it.

    Each short notice has its own; one that was not made yet is about the newest date.
    """

    invitation = OwnedKey(Invitation, on_delete=models.CASCADE, related_name="calls")
    due_on = models.DateField()
    made_at = models.DateTimeField(null=True, blank=True)
    spoke_to = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "invitation"], condition=Q(made_at=None), name="one_call_due"
            )
        ]
