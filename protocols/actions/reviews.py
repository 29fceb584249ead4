"""Reviews: planned from the area's intervals, reminded, started, completed."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.events import record
from boards.dates import add_months
from boards.models import AreaSettings
from mappa_portal.exceptions import Conflict
from outbox.jobs import post
from protocols.actions.locks import lock_protocol
from protocols.actions.signing import plan_review
from protocols.models import Protocol, Review
from protocols.rules import PROTOCOL_RULES, REVIEW_RULES

REMIND_DAYS = (60, 30, 7, 0)  # before the due date; overdue ones every 30 days


@transaction.atomic
def start_review(review: Review, *, by, on: date) -> Review:
    review = lock_protocol(review.protocol_id).reviews.get(pk=review.pk)
    REVIEW_RULES.require("start", review, by=by)
    review.started_on = on
    review.save(update_fields=["started_on"])
    record("review.started", review, by=by, reference=review.protocol.reference)
    return review


@transaction.atomic
def call_early_review(protocol: Protocol, *, reason: str, by, on: date) -> Review:
    """For a change of law or guidance, or because of the figures; the regular date stays."""
    protocol = lock_protocol(protocol.pk)
    PROTOCOL_RULES.require("call_early_review", protocol, by=by)
    if protocol.reviews.open().filter(kind=Review.Kind.EARLY).exists():
        raise Conflict("An early review is open already. Complete it before calling another.")
    if not reason.strip():
        raise ValidationError({"reason": "Enter why the review comes early"})
    review = Review.objects.create(
        territory_id=protocol.territory_id,
        about_id=protocol.about_id,
        protocol=protocol,
        kind=Review.Kind.EARLY,
        reason=reason,
        started_on=on,
    )
    record(
        "review.called_early",
        review,
        by=by,
        reference=protocol.reference,
        reason=reason,
    )
    return review


@transaction.atomic
def complete_review(review: Review, *, by, on: date, counts_as_full: bool = False) -> Review:
    """Plan the next one. An early review moves the regular date only when it is recorded as a full one."""
    review = lock_protocol(review.protocol_id).reviews.get(pk=review.pk)
    REVIEW_RULES.require("complete", review, by=by)
    if on < review.started_on:
        raise ValidationError(
            {"on": "Date completed must be the same as or after the date the review started"}
        )
    review.completed_on = on
    review.save(update_fields=["completed_on"])
    record(
        "review.completed",
        review,
        by=by,
        reference=review.protocol.reference,
        after={"completed_on": on},
    )
    if review.kind != Review.Kind.EARLY:
        _plan_next(review.protocol, due=review.due_on, completed=on)
    elif counts_as_full:
        _absorb_regular(review.protocol, on)
    return review


def _absorb_regular(protocol: Protocol, on: date) -> None:
    regular = protocol.reviews.open().exclude(kind=Review.Kind.EARLY).first()
    if regular:
        regular.started_on, regular.completed_on = regular.started_on or on, on
        regular.save(update_fields=["started_on", "completed_on"])
        _plan_next(protocol, due=regular.due_on, completed=on)


def _plan_next(protocol: Protocol, *, due: date, completed: date) -> None:
    settings = AreaSettings.objects.get(territory=protocol.territory_id)
    start = due if settings.review_anchor == AreaSettings.Anchor.DUE else completed
    plan_review(protocol, Review.Kind.REGULAR, add_months(start, settings.review_months))


def remind_of_reviews(today: date) -> int:
    """Promise today's reminders, once for each due date and step however often it is called; returns how many fit."""
    due = 0
    horizon = today + timedelta(days=max(REMIND_DAYS))
    for protocol in Protocol.objects.filter(review_due__lte=horizon, withdrawn_on=None, replaced_on=None):
        step = reminder_step((protocol.review_due - today).days)
        if step is not None:
            post(
                "protocols.remind_of_review",
                protocol,
                key=f"{protocol.review_due}:{step}",
            )
            due += 1
    return due


def reminder_step(days_left: int) -> int | None:
    """The reminder in force at this distance: the nearest step already reached, then one a month. None: too early."""
    if days_left < 0:
        return -(-days_left // 30) * 30
    reached = [step for step in REMIND_DAYS if days_left <= step]
    return min(reached) if reached else None
