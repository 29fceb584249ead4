"""Is a meeting ready: who was asked, who answered, what is still missing. Read once for its page."""

from dataclasses import dataclass

from boards.models import Organisation
from meetings.models import Contact, Invitation, Meeting, PhoneCall


@dataclass(frozen=True)
class Readiness:
    invitations: list[Invitation]  # standing, by name of the agency
    stood_down: list[Invitation]
    calls: list[PhoneCall]
    without_contact: list[Organisation]

    @property
    def sent(self) -> list[Invitation]:
        return [i for i in self.invitations if i.sent_at]

    @property
    def unsent(self) -> list[Invitation]:
        return [i for i in self.invitations if not i.sent_at]

    @property
    def silent(self) -> list[Invitation]:
        return [i for i in self.sent if i.answer is None]

    @property
    def said(self) -> str:
        return f"{len(self.sent) - len(self.silent)} of {len(self.sent)} replied"

    @property
    def calls_due(self) -> list[PhoneCall]:
        return [call for call in self.calls if call.made_at is None]


def readiness_of(meeting: Meeting) -> Readiness:
    found = meeting.invitations.select_related("agency", "contact").prefetch_related(
        "replies", "agency__names"
    )
    invitations = sorted(found, key=lambda i: i.agency.name)
    for invitation in invitations:
        invitation.meeting = meeting
    reached = (
        Contact.objects.current().filter(organisation=meeting.organisation).values_list("agency", flat=True)
    )
    known = set(reached)
    standing = [i for i in invitations if not i.stood_down_at]
    calls = PhoneCall.objects.filter(invitation__meeting=meeting).select_related(
        "invitation__agency", "made_by"
    )
    return Readiness(
        standing,
        [i for i in invitations if i.stood_down_at],
        sorted(calls, key=lambda c: (c.invitation.agency.name, c.pk)),
        [i.agency for i in standing if i.agency_id not in known],
    )


def reply_of(invitation: Invitation) -> str:
    """The last answer in a line; who comes is said by name, for the people of the unit and of the agency itself."""
    answer = invitation.answer
    if answer is None:
        return "No reply yet" if invitation.sent_at else "Not invited yet"
    said = " ".join(filter(None, [answer.get_answer_display(), answer.by_phone]))
    who = ", ".join(filter(None, [answer.name, answer.job_title, answer.get_grade_display()]))
    return f"{said}: {who}" if who else said
