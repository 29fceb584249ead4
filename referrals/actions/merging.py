"""One person found to be two cases: nothing is moved, so undoing it leaves both exactly as they were."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.vault import seal
from audit.events import record
from mappa_portal.exceptions import Conflict
from referrals.actions.guarding import settle
from referrals.models import Case
from referrals.rules import CASE_RULES, OPEN


@transaction.atomic
def merge(other: Case, *, into: Case, reason: str, by) -> Case:
    """From now on everything of ``other`` is found through the case that is kept."""
    kept, other = _locked(into, other)
    for case in (kept, other):
        CASE_RULES.require("merge", case, by=by)
        if case.keepings.proposed().exists():
            raise Conflict(f"To erase case {case} is proposed: decide that first.")
    if kept == other or kept.organisation_id != other.organisation_id:
        raise ValidationError("Choose another case of the same borough")
    if other.standing in OPEN and kept.standing not in OPEN:
        raise Conflict(f"Case {kept} has ended and {other} has not: keep {other}.")
    if there := other.merged.order_by("pk").first():
        raise Conflict(f"Case {there} was merged into {other}: undo that first, or keep {other}.")
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    settle(kept)
    record("case.merged", other, by=by, after={"merged_into": kept.reference, "merge_reason": seal(reason)})
    record("case.took_in", kept, by=by, after={"merged": other.reference})
    return kept


@transaction.atomic
def unmerge(other: Case, *, reason: str, by) -> Case:
    """They were two people after all."""
    other = _locked(other)[0]
    CASE_RULES.require("unmerge", other, by=by)
    kept, other.merged_into = other.merged_into, None
    other.save(update_fields=["merged_into"])
    settle(kept)
    settle(other)
    record(
        "case.unmerged",
        other,
        by=by,
        before={"merged_into": kept.reference},
        after={"undo_reason": seal(reason)},
    )
    record("case.gave_back", kept, by=by, before={"merged": other.reference})
    return other


def _locked(*cases: Case) -> list[Case]:
    """Always in the same order, so that two who merge crosswise wait for each other."""
    held = Case.objects.select_for_update(of=["self"]).select_related("merged_into")
    found = {case.pk: case for case in held.filter(pk__in=[c.pk for c in cases]).order_by("pk")}
    return [found[case.pk] for case in cases]
