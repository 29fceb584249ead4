"""What the room puts on the home page: approvals, signatures, wanted changes, drafts, reviews, templates."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from mappa_portal.home import Task, register
from mappa_portal.words import plural
from protocols import newer, waiting

AHEAD = timedelta(days=60)  # when the first reminder of a review goes out
PATIENCE = timedelta(days=14)  # before the office asks a body where its decision is
SINGLY = 3  # more of one kind stand in one line


@register
def tasks(user, today: date) -> Iterator[Task]:
    yield from _approvals(user)
    yield from _signatures(user)
    yield from _changes(user)
    yield from _drafts(user)
    yield from _reviews(user, today)
    yield from _templates(user)
    yield from _newer(user)
    yield from _of_the_area(user, today)


def _approvals(user) -> Iterator[Task]:
    found = list(waiting.approvals_for(user))
    if len(found) > SINGLY:
        yield Task(
            f"{len(found)} protocols for {found[0].organisation}",
            reverse("protocols:approvals"),
            None,
            verb="Approve",
        )
        return
    for approval in found:
        url = reverse("protocols:approve", args=[approval.version.protocol.reference])
        yield Task(_named(approval.version), url, None, f"{approval.organisation}", "Approve")


def _signatures(user) -> Iterator[Task]:
    for signature in waiting.signatures_for(user):
        url = reverse("protocols:sign", args=[signature.version.protocol.reference])
        yield Task(_named(signature.version), url, None, "for your signature", "Sign")


def _changes(user) -> Iterator[Task]:
    for version in waiting.changes_wanted_of(user):
        url = reverse("protocols:next", args=[version.protocol.reference])
        yield Task(_named(version), url, None, "for the changes that were asked for", "Change")


def _drafts(user) -> Iterator[Task]:
    found = list(waiting.drafts_of(user))
    if len(found) > SINGLY:
        yield Task(f"{len(found)} drafts", f"{reverse('protocols:list')}?status=draft", None, verb="Finish")
        return
    for version in found:
        url = reverse("protocols:draft", args=[version.protocol.reference])
        yield Task(_named(version), url, None, verb="Finish")


def _reviews(user, today: date) -> Iterator[Task]:
    for review in waiting.reviews_for(user, today + AHEAD):
        verb = "Complete the review of" if review.started_on else "Review"
        url = reverse("protocols:review", args=[review.protocol.reference])
        yield Task(
            f"the {review.about} protocol ({review.protocol.reference})", url, review.due_on, verb=verb
        )


def _templates(user) -> Iterator[Task]:
    for version in waiting.template_drafts_of(user):
        url = reverse("protocols:template", args=[version.template.reference, version.number])
        yield Task(f"the template “{version.template}”", url, None, verb="Publish")


def _newer(user) -> Iterator[Task]:
    found = list(newer.to_renew(user))
    if len(found) > SINGLY:
        url = reverse("protocols:list")
        yield Task(f"{len(found)} protocols with the newer template", url, None, verb="Renew")
        return
    for version in found:
        url = reverse("protocols:next", args=[version.protocol.reference])
        title = f"version {version.number + 1} of the {version.about} protocol"
        yield Task(title, url, None, "A newer template is published", "Start")


def _of_the_area(user, today: date) -> Iterator[Task]:
    """What the executive office has to see to: units that are late, bodies that keep boroughs waiting."""
    late = list(waiting.late_reviews_for(user, today))
    if late:
        title, url = plural(len(late), "overdue review"), f"{reverse('protocols:reviews')}?due=overdue"
        units = len({review.protocol.organisation_id for review in late})
        yield Task(title, url, late[0].due_on, f"with {plural(units, 'MAPPA unit')}", "Follow up")
    slow = waiting.slow_approvals_for(user, timezone.now() - PATIENCE).count()
    if slow:
        url, said = f"{reverse('protocols:list')}?status=consultation", f"for more than {PATIENCE.days} days"
        yield Task(plural(slow, "approval"), url, None, f"Boroughs wait {said}", "Follow up")


def _named(version) -> str:
    return f"the {version.about} protocol, version {version.number} ({version.protocol.reference})"
