"""The letters about one agency's invitation: what to do by when, the facts, one link (ux section 6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.timezone import localdate

from boards.agencies import GRADES
from boards.models import AreaSettings
from mappa_portal.words import clock, long_date, weekday_date
from meetings.links import new_link
from meetings.mail import calendar_parts
from meetings.models import Invitation, Meeting, Person, ReplyLink
from meetings.notice import Notice
from outbox.mail import send
from outbox.models import Message

ANSWER_DAYS = 7  # before the meeting


def reply_by(meeting: Meeting, today: date) -> date:
    """Seven days before; when that is over, tomorrow, and never after the meeting."""
    return max(meeting.held_on - timedelta(days=ANSWER_DAYS), min(today + timedelta(days=1), meeting.held_on))


def reply_day(meeting: Meeting, today: date) -> str:
    """That day in words, for who may read them when it has come."""
    day = reply_by(meeting, today)
    return f"{'today, ' if day == today else ''}{weekday_date(day)}"


def day_and_month(day: date) -> str:
    return f"{day.day} {day:%B}"


def hours(meeting: Meeting) -> str:
    if not meeting.starts_at:
        return ""
    return f"{clock(meeting.starts)} to {clock(meeting.starts + timedelta(minutes=meeting.minutes_long))}"


def seniority(grade: int) -> str:
    """The lowest grade that counts, in words."""
    name = dict(GRADES)[grade]
    return name if grade == GRADES[-1][0] else f"{name} or above"


def grade_needed(invitation: Invitation, rules: AreaSettings) -> int:
    return rules.lowest_grade(invitation.agency, invitation.meeting.level)


def rules_of(meeting: Meeting) -> AreaSettings:
    return AreaSettings.objects.get(territory=meeting.territory.area)


@dataclass(frozen=True)
class Letters:
    """For all agencies of one meeting at one moment; the area's settings are read once."""

    meeting: Meeting
    rules: AreaSettings
    at: datetime

    def invite(self, invitation: Invitation, to: Person) -> Message:
        notice = Notice(self.meeting.held_on, self.today, self.rules.notice_days)
        by = day_and_month(self.reply_by)
        return self._ask(
            "meeting_invitation",
            invitation,
            to,
            f"Short notice: {self._what}, {self._when}"
            if notice.short_by
            else f"MAPPA Level {self.meeting.level} meeting, {self.meeting.territory}, {self._when}: reply by {by}",
            first=f"{notice.of_letter} We will also phone you." if notice.short_by else "",
        )

    def change(self, invitation: Invitation, to: Person, was: datetime) -> Message:
        """``was``: the start that the agency knows."""
        moved, old, new = was != self.meeting.starts, localdate(was), self.meeting.held_on
        said = f"The place or length of the meeting on {long_date(new)} has changed."
        if old != new:
            said = f"The meeting on {self._of_year(old)} is now on {long_date(new)}."
        elif moved:
            said = f"The meeting on {long_date(new)} is now at {clock(self.meeting.starts)}."
        subject = f"{'New date' if old != new else 'New time' if moved else 'Changed'}: {self._what}"
        return self._ask("meeting_change", invitation, to, subject, first=said, asks=moved)

    def add_case(self, invitation: Invitation, to: Person) -> Message:
        """Nothing for a calendar: when and where stay as they are."""
        row, link = self._link(invitation, to, None)
        return self._send(
            "meeting_change",
            invitation,
            to,
            f"Changed: {self._what}, {self._when}",
            key=f"cases:{row.pk}",
            link=link,
            first=f"{invitation.agency} is asked to more cases at the meeting on {self._when}."
            " Sign in to the portal to see which.",
        )

    def remind(self, invitation: Invitation, to: Person, key: str) -> Message:
        return self._send(
            "meeting_reminder",
            invitation,
            to,
            f"Reply needed: {self._what}, {self._when}",
            key=f"reminder:{key}",
            link=self._link(invitation, to, None)[1],
        )

    def cancel(self, invitation: Invitation, to: Person) -> Message:
        meeting, day_is = self.meeting, "Planned for"
        said = f"The meeting on {self._when} will not take place."
        if meeting.is_planned:
            day_is = "Date"
            said = f"{invitation.agency} is no longer expected at the meeting on {self._when}."
        elif meeting.postponed_to:
            new, day_is = meeting.postponed_to.held_on, "Old date"
            said = (
                f"The meeting on {self._of_year(meeting.held_on, new)} is now on {long_date(new)}."
                " An invitation to the new date comes in a letter of its own."
            )
        return self._send(
            "meeting_cancelled",
            invitation,
            to,
            f"{self._why_not()}: {self._what}",
            key=f"cancel:{meeting.sequence}",
            calendar=calendar_parts.cancel(invitation, to_email=to.email, at=self.at),
            first=said,
            day_is=day_is,
        )

    # -- Parts --

    def _why_not(self) -> str:
        if self.meeting.is_planned:
            return "Not needed"
        return "New date" if self.meeting.postponed_to else "Cancelled"

    def _ask(self, template: str, invitation: Invitation, to: Person, subject: str, **more) -> Message:
        row, link = self._link(invitation, to, self.meeting.sequence)
        return self._send(
            template,
            invitation,
            to,
            subject,
            key=f"request:{row.pk}",
            calendar=calendar_parts.request(invitation, to_email=to.email, at=self.at),
            link=link,
            **more,
        )

    def _link(self, invitation: Invitation, to: Person, sequence: int | None) -> tuple[ReplyLink, str]:
        token, digest = new_link(self.meeting.territory)
        row = ReplyLink.objects.create(
            territory_id=invitation.territory_id,
            invitation=invitation,
            token_digest=digest,
            starts=self.meeting.starts,
            sequence=sequence,
            to_email=to.email,
        )
        return row, f"{settings.PUBLIC_URL}/r/{token}/"

    def _send(
        self,
        template: str,
        invitation: Invitation,
        to: Person,
        subject: str,
        *,
        key: str,
        calendar="",
        **more,
    ) -> Message:
        context = {
            "invitation": invitation,
            "agency": invitation.agency,
            "meeting": self.meeting,
            "borough": self.meeting.territory,
            "unit": self.meeting.organisation,
            "day": weekday_date(self.meeting.held_on),
            "hours": hours(self.meeting),
            "reply_by": reply_day(self.meeting, self.today),
            "seniority": seniority(grade_needed(invitation, self.rules)),
            **more,
        }
        return send(
            template,
            to,
            context,
            key=f"invitation:{invitation.pk}:{key}",
            subject=subject,
            territory=self.meeting.territory,
            calendar=calendar,
            reply_to=calendar_parts.reply_address(invitation) if calendar else "",
        )

    @property
    def today(self) -> date:
        return localdate(self.at)

    @property
    def reply_by(self) -> date:
        return reply_by(self.meeting, self.today)

    @property
    def _what(self) -> str:
        return f"MAPPA meeting, {self.meeting.territory}"

    @property
    def _when(self) -> str:
        return long_date(self.meeting.held_on)

    def _of_year(self, old: date, new: date | None = None) -> str:
        """The year is said once when it is the same."""
        return day_and_month(old) if old.year == (new or self.meeting.held_on).year else long_date(old)
