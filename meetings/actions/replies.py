"""What an agency answers, whatever the way it came: one history, in which the last answer holds."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now

from audit.events import record
from mappa_portal.exceptions import StaleEdit
from meetings.models import Invitation, Reply
from meetings.rules import INVITATION_RULES

SAID = ("name", "job_title", "grade", "mode", "reason")


@transaction.atomic
def reply(
    invitation: Invitation,
    *,
    answer: str,
    channel: str,
    by=None,
    at: datetime | None = None,
    starts: datetime | None = None,
    **said,
) -> Reply:
    """Add an answer; the one that holds already is given back as it is. ``by`` None: the link or the calendar.

    ``starts``: the start to which this answers, as the form showed it.
    """
    invitation = locked(invitation)
    rule = "note_answer" if channel == Reply.Channel.PHONE else "answer"
    INVITATION_RULES.require(rule, invitation, by=by)
    if starts and starts != invitation.meeting.starts:
        raise StaleEdit(invitation)
    values = {"answer": answer} | _values(invitation, answer, said)
    before = invitation.answer
    if before and all(getattr(before, name) == value for name, value in values.items()):
        return before
    last = next(iter(invitation.replies.all()), None)
    made = Reply.objects.create(
        territory_id=invitation.territory_id,
        invitation=invitation,
        number=last.number + 1 if last else 1,
        channel=channel,
        answered_at=at or now(),
        answered_by=by,
        **values,
    )
    record(
        "reply.recorded",
        invitation,
        by=by,
        organisation=invitation.agency if by is None else None,
        reference=invitation.meeting.reference,
        before={"answer": before.answer} if before else None,
        after={"answer": answer, "channel": channel},
    )
    return made


def locked(invitation: Invitation) -> Invitation:
    found = Invitation.objects.select_for_update(of=["self"]).select_related(
        "agency", "contact", "territory__parent", "meeting__organisation", "meeting__territory__parent"
    )
    invitation = found.get(pk=invitation.pk)
    invitation.meeting.refresh_from_db(
        fields=["status", "held_on", "starts_at"]
    )  # as of the lock, not before
    return invitation


def _values(invitation: Invitation, answer: str, said: dict) -> dict:
    """Only what belongs to the answer: who comes, or why nobody does."""
    values = dict.fromkeys(SAID, "") | {"grade": None}
    if answer in Reply.ABSENT:
        return values | {"reason": said.get("reason", "").strip()}
    if answer == Reply.Answer.ATTENDING and not said.get("name"):
        usual = invitation.contact.usual
        said = said | {"name": usual.name, "job_title": usual.job_title, "grade": usual.grade}
    missing = {}
    if not said.get("name", "").strip():
        missing["name"] = "Enter the representative's full name"
    if answer == Reply.Answer.SUBSTITUTE and not said.get("grade"):
        missing["grade"] = "Select the representative's seniority"
    if missing:
        raise ValidationError(missing)
    return values | {name: said[name] for name in ("name", "job_title", "grade", "mode") if said.get(name)}
