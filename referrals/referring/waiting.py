"""Referrals as lists show them: their stage, whether they are late, and what is asked for."""

from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.html import format_html

from mappa_portal.templatetags.govuk import tag
from referrals.models import Referral

Status = Referral.Status
COLOURS = {
    Status.ENDORSED: "blue",
    Status.SUBMITTED: "blue",
    Status.RETURNED: "blue",
    Status.ACCEPTED: "green",
}


def stage(referral: Referral) -> tuple[str, str]:
    """Label and colour of a listed one: the meetings say when it is scheduled and heard."""
    if referral.status == Status.ACCEPTED and referral.heard_on:
        return "Heard", "green"
    if referral.status == Status.ACCEPTED and referral.on:
        return "Scheduled", "blue"
    if referral.outcome == Referral.Outcome.LEVEL_1:
        return referral.get_outcome_display(), "grey"
    return referral.get_status_display(), COLOURS.get(referral.status, "grey")


def is_overdue(referral: Referral, today: date) -> bool:
    """As ``ReferralQuerySet.overdue``."""
    if referral.status in Referral.UNDECIDED:
        return bool(referral.decide_by and referral.decide_by < today)
    waits = referral.status == Status.ACCEPTED and not referral.heard_on
    return bool(waits and referral.hear_by and referral.hear_by < today)


def state_tag(referral: Referral, today: date):
    late = tag("Overdue", "orange") if is_overdue(referral, today) else ""
    return format_html("{} {}", tag(*stage(referral)), late)


def narrowed(referrals: QuerySet, asked: dict, today: date) -> QuerySet:
    status = asked.get("status") or "waiting"
    if status == "waiting":
        referrals = referrals.filter(status__in=Referral.UNDECIDED)
    elif status == "overdue":
        referrals = referrals.overdue(today)
    elif status != "all":
        referrals = referrals.filter(status=status)
    if asked.get("category"):
        referrals = referrals.filter(category=asked["category"])
    return referrals.annotate(in_category=Coalesce("category", 0))
