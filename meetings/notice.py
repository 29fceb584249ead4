"""The notice clock: civil days from sending the invitations to the meeting. No database here."""

from dataclasses import dataclass
from datetime import date, timedelta

from mappa_portal.words import plural, weekday_date


@dataclass(frozen=True)
class Notice:
    """``sent_on`` is the day of sending, or today while nothing has been sent."""

    held_on: date
    sent_on: date
    needed: int

    @property
    def days(self) -> int:
        return (self.held_on - self.sent_on).days

    @property
    def short_by(self) -> int:
        return max(0, self.needed - self.days)

    @property
    def last_day(self) -> date:
        """On which sending still gives enough notice."""
        return self.held_on - timedelta(days=self.needed)

    @property
    def given(self) -> str:
        if self.days == 0:
            return f"Notice on the day of the meeting, {plural(self.needed, 'day')} needed"
        days = "1 day's" if self.days == 1 else f"{self.days} days'"
        return f"{days} notice, {self.needed} needed"

    @property
    def of_letter(self) -> str:
        """How short it is, for who reads it on the day of sending."""
        near = {0: "The meeting is today.", 1: "The meeting is tomorrow."}
        return near.get(self.days, f"This is {self.days} days' notice.")

    def __str__(self):
        """Before sending: what it would be today, and until when that is enough."""
        if self.days < 0:
            return "The day of the meeting has passed."
        if self.short_by:
            return f"{self.given}: {self.short_by} short."
        return f"{self.given}. Send by {weekday_date(self.last_day)}"

    @property
    def why(self) -> str:
        short = f"Notice is {plural(self.days, 'day')}, {self.short_by} short"
        return f"{short if self.days else 'The meeting is today'}. Enter why this meeting cannot wait"


@dataclass(frozen=True)
class NoticeGiven:
    """Of a period: how many were invited in time."""

    meetings: int
    meetings_in_time: int
    invitations: int
    invitations_in_time: int
