"""Who does what by when: agreed in a discussion, reported done, closed or carried over to the next one."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.vault import seal, unseal
from audit.events import record
from boards.models import Organisation
from mappa_portal.exceptions import Conflict, StaleEdit
from mappa_portal.words import long_date
from meetings.actions.decisions import take
from meetings.models import Action, Discussion
from meetings.rules import ACTION_RULES, DISCUSSION_RULES
from referrals.looking import reason_to_open

TO_CLOSE = {Action.Status.DONE, Action.Status.DROPPED}


def text_of(action: Action) -> str:
    return unseal(action.text) if action.text else ""


def outcome_of(action: Action) -> str:
    return unseal(action.outcome) if action.outcome else ""


@transaction.atomic
def look(action: Action, *, by) -> tuple[str, str]:
    """What is to be done and what came of it; reading leaves an event (H1)."""
    why = reason_to_open([action.discussion.case], by=by)
    record("action.viewed", action, by=by, reference=action.discussion.meeting.reference, reason=why)
    return text_of(action), outcome_of(action)


@transaction.atomic
def add(discussion: Discussion, *, text: str, agency: Organisation, due_on: date, by) -> Action:
    discussion = take(discussion)
    DISCUSSION_RULES.require("record", discussion, by=by)
    _not_before(discussion, due_on)
    action = _create(discussion, agency_id=agency.pk, text=seal(text), due_on=due_on)
    _record("action.agreed", action, discussion, by, after={"agency": agency.name, "due_on": due_on})
    return action


@transaction.atomic
def edit(action: Action, *, text: str, agency: Organisation, due_on: date, revision: int, by) -> Action:
    action = _take(action)
    ACTION_RULES.require("edit", action, by=by)
    if action.revision != revision:
        raise StaleEdit(action)
    _not_before(action.discussion, due_on)
    before = {"agency": action.agency.name, "due_on": action.due_on}
    action.text, action.agency, action.due_on = seal(text), agency, due_on
    action.revision += 1
    action.save(update_fields=["text", "agency", "due_on", "revision"])
    after = {"agency": agency.name, "due_on": due_on}
    _record("action.changed", action, action.discussion, by, before=before, after=after)
    return action


@transaction.atomic
def close(action: Action, *, status: str, outcome: str, today: date, by) -> Action:
    """As the MAPPA unit finds it: done, or no longer needed."""
    action = _take(action)
    ACTION_RULES.require("close", action, by=by)
    if status not in TO_CLOSE:
        raise ValidationError({"status": "Select what became of the action"})
    if status == Action.Status.DROPPED and not outcome.strip():
        raise ValidationError({"outcome": "Enter why the action is no longer needed"})
    return _close(action, status, outcome, today, by, "action.closed")


@transaction.atomic
def report_done(action: Action, *, outcome: str, today: date, by) -> Action:
    """As the agency says that owns it."""
    action = _take(action)
    ACTION_RULES.require("report_done", action, by=by)
    return _close(action, Action.Status.DONE, outcome, today, by, "action.reported_done")


@transaction.atomic
def carry_over(discussion: Discussion, *, actions: list[Action], due_on: date, by) -> list[Action]:
    """Unfinished ones of the case's earlier meetings go on as this discussion's own, each once."""
    discussion = take(discussion)
    DISCUSSION_RULES.require("record", discussion, by=by)
    _not_before(discussion, due_on)
    new = []
    for action in (
        unfinished_before(discussion).filter(pk__in=[a.pk for a in actions]).select_for_update(of=["self"])
    ):
        new.append(
            _create(
                discussion, agency_id=action.agency_id, text=action.text, due_on=due_on, carried_from=action
            )
        )
        action.status, action.closed_on = Action.Status.CARRIED_OVER, discussion.meeting.held_on
        action.revision += 1
        action.save(update_fields=["status", "closed_on", "revision"])
        _record("action.carried_over", action, discussion, by, after={"due_on": due_on})
    if not new:
        raise Conflict("These actions were carried over or closed meanwhile.")
    return new


def unfinished_before(discussion: Discussion):
    """Open actions of this case from meetings before this one."""
    found = Action.objects.open().filter(
        discussion__case=discussion.case_id, discussion__meeting__held_on__lt=discussion.meeting.held_on
    )
    found = found.with_place().select_related("agency", "discussion__meeting")
    return found.order_by("discussion__meeting__held_on", "discussion", "number")


def _take(action: Action) -> Action:
    found = Action.objects.select_for_update(of=["self"])
    return found.select_related("agency", "discussion__case", "discussion__meeting__organisation").get(
        pk=action.pk
    )


def _create(discussion: Discussion, **values) -> Action:
    last = discussion.actions.aggregate(last=Max("number"))["last"] or 0
    return Action.objects.create(
        territory_id=discussion.territory_id, discussion=discussion, number=last + 1, **values
    )


def _close(action: Action, status: str, outcome: str, today: date, by, name: str) -> Action:
    action.status, action.closed_on = status, today
    action.outcome = seal(outcome) if outcome.strip() else ""
    action.revision += 1
    action.save(update_fields=["status", "closed_on", "outcome", "revision"])
    _record(name, action, action.discussion, by, after={"status": status})
    return action


def _not_before(discussion: Discussion, day: date) -> None:
    held_on = discussion.meeting.held_on
    if day < held_on:
        text = f"Due date must be the same as or after {long_date(held_on)}, the day of the meeting"
        raise ValidationError({"due_on": text})


def _record(name: str, action: Action, discussion: Discussion, by, **values) -> None:
    record(name, action, by=by, reference=discussion.meeting.reference, **values)
