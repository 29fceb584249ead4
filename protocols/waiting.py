"""What waits for a person, or for whom a protocol waits: queries for the home page, lists and buttons."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from boards.access import seats_with
from boards.models import Organisation
from protocols.models import Approval, Review, Signature, TemplateVersion, Version


def seated(user, verb: str, organisation: str = "organisation") -> Q:
    """Rows whose organisation gives this person the verb; a seat for some boroughs counts for these alone."""
    found = Q(pk__in=[])
    for seating in seats_with(user, verb):
        here = Q(**{organisation: seating.organisation})
        found |= here if seating.only is None else here & Q(about__in=seating.only)
    return found


def approvals_for(user) -> QuerySet[Approval]:
    waiting = (
        Approval.objects.for_user(user)
        .next_in_line()
        .waiting_since()
        .filter(seated(user, "approve_protocol"))
    )
    return waiting.select_related("version__protocol", "about", "organisation").order_by("about__name", "pk")


def signatures_for(user) -> QuerySet[Signature]:
    waiting = Signature.objects.for_user(user).open().filter(seated(user, "sign_protocol"))
    return waiting.exclude(version__signatures__signed_by=user).select_related("version__protocol", "about")


def changes_wanted_of(user) -> QuerySet[Version]:
    mine = seated(user, "draft_protocol", "protocol__organisation")
    wanted = Approval.objects.filter(decision=Approval.Decision.CHANGES).values("version")
    versions = Version.objects.for_user(user).filter(mine, status=Version.Status.CONSULTATION, pk__in=wanted)
    return versions.select_related("protocol", "about").order_by("about__name")


def drafts_of(user) -> QuerySet[Version]:
    mine = seated(user, "draft_protocol", "protocol__organisation")
    drafts = Version.objects.for_user(user).filter(mine, status=Version.Status.DRAFT)
    return drafts.select_related("protocol", "about").order_by("about__name")


def reviews_for(user, until: date) -> QuerySet[Review]:
    mine = seated(user, "draft_protocol", "protocol__organisation")
    due = Review.objects.for_user(user).open().filter(mine, due_on__lte=until)
    return due.select_related("protocol", "about").order_by("due_on", "about__name")


def late_reviews_for(user, today: date) -> QuerySet[Review]:
    """Of other units, for the area's office."""
    mine = seated(user, "draft_protocol", "protocol__organisation")
    late = Review.objects.for_user(user).open().filter(due_on__lt=today).exclude(mine)
    late = late.filter(protocol__template__organisation__in=offices_of(user))
    return late.select_related("protocol").order_by("due_on")


def slow_approvals_for(user, before: datetime) -> QuerySet[Approval]:
    """Decisions that a body has owed the area's boroughs since before this time."""
    slow = Approval.objects.for_user(user).next_in_line().waiting_since().filter(since__lt=before)
    return slow.filter(version__protocol__template__organisation__in=offices_of(user))


def template_drafts_of(user) -> QuerySet[TemplateVersion]:
    drafts = TemplateVersion.objects.for_user(user).filter(status=TemplateVersion.Status.DRAFT)
    return drafts.filter(template__organisation__in=offices_of(user)).select_related("template")


def offices_of(user) -> list[Organisation]:
    """Executive offices whose templates this person keeps."""
    kept = (s.organisation for s in seats_with(user, "manage_templates"))
    return [o for o in kept if o.kind == Organisation.Kind.UNIT and o.is_area_seat]


def approves(user) -> bool:
    """Sits where approvals are recorded: a regional board or the SMB."""
    return any(s.organisation.kind in Organisation.AREA_BOARDS for s in seats_with(user, "approve_protocol"))


# -- For whom a version waits --


def waits_for(version_ids: Iterable[int]) -> dict[int, list[str]]:
    """Names of bodies and roles by version: two queries, however many versions."""
    ids = list(version_ids)
    waiting: dict[int, list[str]] = {}
    wanted = set()
    decisions = Approval.objects.filter(version__in=ids, version__status=Version.Status.CONSULTATION).exclude(
        decision=Approval.Decision.APPROVED
    )
    for approval in decisions.select_related("organisation").order_by("position"):
        if approval.decision == Approval.Decision.CHANGES:
            wanted.add(approval.version_id)
        waiting.setdefault(approval.version_id, []).append(approval.organisation.name)
    result = {pk: names[:1] for pk, names in waiting.items()}
    result |= {pk: ["a next version: changes are wanted"] for pk in wanted}
    for signature in Signature.objects.filter(version__in=ids).open():
        result.setdefault(signature.version_id, []).append(signature.role)
    return result
