"""Asking why an agency was not there: the agency, then its line manager, then the SMB."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.events import record
from boards.dates import add_working_days
from boards.models import AreaSettings, Organisation
from boards.references import next_reference
from mappa_portal.exceptions import Conflict
from meetings import absences
from meetings.actions import locks
from meetings.mail import follow_up_letters
from meetings.models import Contact, Escalation, FollowUp, Meeting, Person, Step
from meetings.rules import ESCALATION_RULES, FOLLOW_UP_RULES, MEETING_RULES

GRACE = 1  # working days in which a drafted letter can be changed before it goes out by itself


@transaction.atomic
def open_follow_up(meeting: Meeting, agency: Organisation, *, today: date, by) -> FollowUp:
    """Draft the letter to the agency's contact. Once for each meeting and agency: again finds the first one."""
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("territory").get(pk=meeting.pk)
    MEETING_RULES.require("follow_up", meeting, by=by)
    if there := FollowUp.objects.filter(meeting=meeting, agency=agency).first():
        return there
    if not absences.of(meeting, agency).exists():
        raise Conflict(f"{agency} was not recorded as absent without explanation from this meeting.")
    follow_up = FollowUp.objects.create(
        territory=meeting.territory,
        organisation_id=meeting.organisation_id,
        reference=next_reference(meeting.territory, "F", today.year),
        meeting=meeting,
        agency=agency,
        opened_on=today,
    )
    contact = Contact.objects.current().filter(territory=meeting.territory, agency=agency).first()
    to = contact.addressee(today) if contact else Person("")
    _take(follow_up, Step.Number.AGENCY, to.name, to.email, today)
    record("follow_up.opened", follow_up, by=by, after={"agency": agency.name, "meeting": meeting.reference})
    return follow_up


@transaction.atomic
def send(follow_up: FollowUp, *, letter: str, to_name: str, to_email: str, today: date, by) -> FollowUp:
    """The present step's letter goes out; from now its deadline runs."""
    follow_up = _locked(follow_up)
    FOLLOW_UP_RULES.require("send", follow_up, by=by)
    _must_stand(follow_up)
    if not to_email:
        raise ValidationError({"to_email": "Enter the email address that the request goes to"})
    step = follow_up.step
    step.letter, step.to_name, step.to_email = letter, to_name, to_email
    step.sent_at, step.taken_by = timezone.now(), by
    days = answer_days(follow_up, step.number)
    step.due_on = add_working_days(today, days)
    step.save()
    follow_up_letters.send(step, days)
    record("follow_up.asked", follow_up, by=by, after={"step": step.number, "due_on": step.due_on})
    return follow_up


@transaction.atomic
def answer(follow_up: FollowUp, *, answer: str, today: date, by) -> FollowUp:
    """What the agency itself says; the MAPPA unit decides whether it explains the absence."""
    follow_up = _locked(follow_up)
    FOLLOW_UP_RULES.require("answer", follow_up, by=by)
    _answered(follow_up.step, answer, today)
    record("follow_up.answered", follow_up, by=by, organisation=follow_up.agency)
    return follow_up


@transaction.atomic
def record_explanation(follow_up: FollowUp, *, answer: str, accepted: bool, today: date, by) -> FollowUp:
    """Accepted, the absence counts as explained in the register; else the next step may be taken."""
    meeting = locks.take(follow_up.meeting)  # the grid writes the same cells, and waits for the same meeting
    follow_up = _locked(follow_up)
    FOLLOW_UP_RULES.require("record_explanation", follow_up, by=by)
    _answered(follow_up.step, answer, today, accepted=accepted)
    record("follow_up.decided", follow_up, by=by, after={"accepted": accepted})
    if accepted:
        absences.of(follow_up.meeting, follow_up.agency).update(explained=True)
        locks.keep(meeting)
        _end(follow_up, FollowUp.Status.EXPLAINED, today)
    return follow_up


@transaction.atomic
def escalate(follow_up: FollowUp, *, today: date, by, to_name: str = "", to_email: str = "") -> FollowUp:
    """To the line manager as a drafted letter; from there to the SMB, at once, if the agency stayed away before."""
    follow_up = _locked(follow_up)
    FOLLOW_UP_RULES.require("escalate", follow_up, by=by)
    _must_stand(follow_up)
    if follow_up.step.number == Step.Number.AGENCY:
        if not to_email:
            to_name, to_email = line_manager_before(follow_up)
        _take(follow_up, Step.Number.LINE_MANAGER, to_name, to_email, today)
    else:
        _tell_the_smb(follow_up, today, by)
    record("follow_up.escalated", follow_up, by=by, after={"step": follow_up.step.number})
    return follow_up


@transaction.atomic
def close(follow_up: FollowUp, *, reason: str, today: date, by) -> FollowUp:
    follow_up = _locked(follow_up)
    FOLLOW_UP_RULES.require("close", follow_up, by=by)
    _end(follow_up, FollowUp.Status.CLOSED, today)
    record("follow_up.closed", follow_up, by=by, reason=reason)
    return follow_up


@transaction.atomic
def carry_on(follow_up: FollowUp, *, today: date) -> None:
    """The next thing that happens by itself; nothing while somebody has to decide or to enter an address.

    What the SMB has is the SMB's, and a first absence ends with the line manager: a person closes those.
    """
    follow_up = _locked(follow_up)
    step = follow_up.step
    if not follow_up.is_open or step.number == Step.Number.SMB:
        return
    if not _stands(follow_up):
        close(follow_up, reason="The attendance was corrected.", today=today, by=None)
    elif not step.is_sent and step.to_email and step.due_on <= today:
        said = {name: getattr(step, name) for name in ("letter", "to_name", "to_email")}
        send(follow_up, **said, today=today, by=None)
    elif step.is_sent and step.is_overdue(today) and _can_go_further(follow_up):
        escalate(follow_up, today=today, by=None)


@transaction.atomic
def answer_escalation(escalation: Escalation, *, answer: str, today: date, by) -> Escalation:
    """What the SMB decided, for the borough to act on."""
    escalation = Escalation.objects.select_for_update().get(pk=escalation.pk)
    ESCALATION_RULES.require("answer", escalation, by=by)
    escalation.answer, escalation.answered_on = answer, today
    escalation.status = Escalation.Status.ANSWERED
    escalation.save(update_fields=["answer", "answered_on", "status"])
    record("escalation.answered", escalation, by=by)
    return escalation


def line_manager_before(follow_up: FollowUp) -> tuple[str, str]:
    """Name and address of whom the agency's last escalation in this borough went to."""
    known = Step.objects.filter(
        territory=follow_up.territory_id,
        follow_up__agency=follow_up.agency_id,
        number=Step.Number.LINE_MANAGER,
    ).exclude(to_email="")
    return known.order_by("-sent_at").values_list("to_name", "to_email").first() or ("", "")


def _stands(follow_up: FollowUp) -> bool:
    """The register still says that nobody came and nobody explained it."""
    return absences.of(follow_up.meeting, follow_up.agency).exists()


def _must_stand(follow_up: FollowUp) -> None:
    if not _stands(follow_up):
        raise Conflict(
            f"{follow_up.agency} is no longer recorded as absent without explanation. Close this follow-up."
        )


def _can_go_further(follow_up: FollowUp) -> bool:
    return follow_up.step.number == Step.Number.AGENCY or len(absences.days_of(follow_up)) > 1


def _locked(follow_up: FollowUp) -> FollowUp:
    found = FollowUp.objects.select_for_update(of=["self"])
    return found.select_related("meeting", "agency", "territory__parent", "organisation").get(pk=follow_up.pk)


def _take(follow_up: FollowUp, number: int, to_name: str, to_email: str, today: date) -> None:
    follow_up.step = Step.objects.create(
        territory_id=follow_up.territory_id,
        follow_up=follow_up,
        number=number,
        to_name=to_name,
        to_email=to_email,
        letter=follow_up_letters.draft(follow_up, number),
        due_on=add_working_days(today, GRACE),
    )


def _tell_the_smb(follow_up: FollowUp, today: date, by) -> None:
    days = absences.days_of(follow_up)
    if len(days) < 2:
        raise Conflict(
            f"The SMB is told of repeats: this is the first absence of {follow_up.agency} without explanation in"
            f" {absences.REPEAT_MONTHS} months."
        )
    office = Organisation.objects.unit_of(follow_up.territory.parent)
    _take(follow_up, Step.Number.SMB, "", "", today)
    step = follow_up.step
    step.sent_at, step.taken_by = timezone.now(), by
    step.due_on = add_working_days(today, answer_days(follow_up, step.number))
    step.save()
    escalation = Escalation.objects.create(
        territory=follow_up.territory.parent,
        about=follow_up.territory,
        organisation=office,
        reference=follow_up.reference,
        agency=follow_up.agency,
        days=days,
        raised_on=today,
        due_on=step.due_on,
    )
    follow_up_letters.tell_office(escalation)


def answer_days(follow_up: FollowUp, number: int) -> int:
    """The area's working days to answer a step."""
    return AreaSettings.objects.get(territory=follow_up.territory.parent_id).escalation_days[number - 1]


def _answered(step: Step, answer: str, today: date, *, accepted: bool | None = None) -> None:
    step.answer, step.answered_on, step.accepted = answer or step.answer, today, accepted
    step.save(update_fields=["answer", "answered_on", "accepted"])


def _end(follow_up: FollowUp, status: str, today: date) -> None:
    follow_up.status, follow_up.closed_on = status, today
    follow_up.save(update_fields=["status", "closed_on"])
