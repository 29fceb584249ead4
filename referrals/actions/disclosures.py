"""The verbs of disclosure: opening one, and each entry that its trail grows by. Nothing is ever changed."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now

from audit.events import record
from boards.models import Organisation
from boards.references import next_reference
from referrals.disclosing.checks import check
from referrals.disclosing.ledger import OPENING, Kind
from referrals.disclosing.tokens import write_recipient_tokens
from referrals.looking import reason_to_open
from referrals.models import Case, Disclosure, DisclosureEntry
from referrals.rules import CASE_RULES, DISCLOSURE_RULES

EVENTS = {
    Kind.REQUEST: "disclosure.requested",
    Kind.OUTSIDE: "disclosure.made_outside",
    Kind.SCHEME: "disclosure.scheme_noted",
    Kind.PROPOSAL: "disclosure.proposed",
    Kind.VIEW: "disclosure.view_recorded",
    Kind.DECISION: "disclosure.decided",
    Kind.RATIFICATION: "disclosure.ratification_recorded",
    Kind.CARRIED_OUT: "disclosure.carried_out",
    Kind.OFFENDER: "disclosure.person_told",
    Kind.OUTCOME: "disclosure.outcome_recorded",
    Kind.REVIEW: "disclosure.reviewed",
    Kind.STEP: "disclosure.scheme_step_recorded",
    Kind.HEARD: "disclosure.heard_by_panel",
    Kind.CORRECTION: "disclosure.corrected",
}
MEANWHILE = (
    "Somebody added to this disclosure after you opened this page. Read the trail, then send yours again."
)


@transaction.atomic
def open_disclosure(
    case: Case,
    kind: str,
    *,
    on: date,
    said: dict,
    organisation: Organisation | None = None,
    today: date,
    by,
) -> Disclosure:
    """With its first entry: a request, an application under a scheme, or what was disclosed outside a meeting."""
    case = Case.objects.select_for_update().select_related("territory").get(pk=case.pk)
    CASE_RULES.require("disclose", case, by=by)
    if kind not in OPENING:
        raise ValueError(kind)
    disclosure = Disclosure(
        territory=case.territory,
        organisation_id=case.organisation_id,
        case=case,
        reference=next_reference(case.territory, "D", today.year),
        opened_on=on,
        status=Disclosure.Status.REQUESTED,
    )
    check(disclosure, kind, on=on, said=said, organisation=organisation, today=today, by=by)
    disclosure.save()
    _append(disclosure, kind, on=on, said=said, organisation=organisation, by=by)
    return disclosure


@transaction.atomic
def add_entry(
    disclosure: Disclosure,
    kind: str,
    *,
    on: date,
    said: dict,
    organisation: Organisation | None = None,
    seen: int | None = None,
    today: date,
    by,
) -> DisclosureEntry:
    """``seen`` is how many entries the person had read; who decides must have read them all."""
    held = Disclosure.objects.select_for_update(of=["self"]).select_related("organisation", "territory")
    disclosure = held.get(pk=disclosure.pk)
    DISCLOSURE_RULES.require(kind, disclosure, by=by)
    if seen is not None and seen != disclosure.state.count:
        raise ValidationError(MEANWHILE)
    check(disclosure, kind, on=on, said=said, organisation=organisation, today=today, by=by)
    return _append(disclosure, kind, on=on, said=said, organisation=organisation, by=by)


def _append(disclosure: Disclosure, kind: str, *, on, said, organisation, by) -> DisclosureEntry:
    entry = DisclosureEntry(
        territory_id=disclosure.territory_id,
        disclosure=disclosure,
        number=disclosure.state.count + 1,
        kind=kind,
        happened_on=on,
        at=now(),
        by=by,
        organisation=organisation,
    )
    entry.say(said)
    entry.save()
    write_recipient_tokens([entry])
    disclosure.cache()
    disclosure.revision += 1
    disclosure.save()
    record(EVENTS[kind], disclosure, by=by, after={"entry": entry.number, "content": entry.digest})
    return entry


@transaction.atomic
def look_at(disclosure: Disclosure, *, by, name: str = "disclosure.viewed") -> Disclosure:
    """The one way to a trail for somebody who reads: it leaves an event (H1)."""
    DISCLOSURE_RULES.require("see", disclosure, by=by)
    record(name, disclosure, by=by, reason=reason_to_open([disclosure.case], by=by))
    return disclosure
