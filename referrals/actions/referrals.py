"""Writing a referral and sending it: the referring agency's verbs."""

from datetime import date, datetime
from itertools import chain

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from accounts.vault import seal
from audit.events import record
from boards.access import share
from boards.dates import add_months
from boards.models import AreaSettings, Organisation, Territory
from boards.references import next_reference
from mappa_portal.exceptions import Conflict, StaleEdit
from referrals.looking import reason_to_open
from referrals.models import Referral, ReferralSection
from referrals.referring import mail
from referrals.referring.answers import Answers, category_refused, problems, release_of
from referrals.referring.form_a import AREA, CATEGORY, DATES, LETTER, SECTIONS, edition_on
from referrals.referring.rules import REFERRAL_RULES, may_refer
from referrals.referring.steps import leads, wrote

Status = Referral.Status


@transaction.atomic
def start(
    organisation: Organisation,
    *,
    agency: Organisation,
    borough: Territory,
    level_asked: int,
    by,
    at: datetime,
) -> Referral:
    """``agency`` refers; another ``organisation`` can only be the borough's MAPPA unit, which enters it."""
    unit = Organisation.objects.unit_of(borough)
    if not may_refer(organisation) or agency.kind != Organisation.Kind.AGENCY or unit is None:
        raise PermissionDenied("Boards do not refer: an agency does, or the MAPPA unit for it.")
    if organisation != agency and organisation != unit:
        raise PermissionDenied("Only the borough’s MAPPA unit refers for another agency.")
    if not agency.coverage.filter(borough=borough).exists():
        raise ValidationError({"borough": f"{agency} does not work in {borough}. Select another borough"})
    today = localdate(at)
    referral = Referral(territory=borough, organisation=organisation, agency=agency, unit=unit)
    REFERRAL_RULES.require("start", referral, by=by)
    referral.reference = next_reference(borough, "A", today.year)
    referral.form, referral.edition, referral.level_asked = LETTER, edition_on(today), level_asked
    referral.started_by, referral.started_at = by, at
    referral.save()
    sections = {
        s.number: ReferralSection(territory=borough, referral=referral, number=s.number) for s in SECTIONS
    }
    ReferralSection.objects.bulk_create(sections.values())
    sections[AREA].keep({"level_asked": str(level_asked)}, is_done=True, by=by, at=at)
    record("referral.started", referral, by=by, after={"level_asked": level_asked})
    return referral


@transaction.atomic
def look(referral: Referral, *, by) -> dict[int, dict]:
    """The one way to what a referral says, for somebody who reads: it leaves an event (H1)."""
    record("referral.viewed", referral, by=by, reason=reason_to_open([referral.case], by=by))
    return opened(referral)


def opened(referral: Referral) -> dict[int, dict]:
    return {section.number: section.answers for section in referral.sections.all()}


@transaction.atomic
def save_section(
    referral: Referral, number: int, *, answers: dict, is_done: bool, revision: int, by, at: datetime
) -> ReferralSection:
    """What is changed after the endorsement has to be endorsed again."""
    referral = take(referral, "fill", by)
    section = referral.sections.select_for_update().get(number=number)
    if section.revision != revision:
        raise StaleEdit(section)
    if number == CATEGORY and is_done and (refused := category_refused(referral.agency, answers)):
        raise ValidationError({"assessed_on" if refused.startswith("Enter") else "category": refused})
    if changed := section.keep(answers, is_done=is_done, by=by, at=at):
        kept = {key: seal(str(answers.get(key) or "")) for key in changed}
        record("referral.filled_in", section, by=by, reference=referral.reference, after=kept)
        _mirror(referral, number, answers)
    return section


def _mirror(referral: Referral, number: int, answers: dict) -> None:
    """What figures and lists need stands plain."""
    if number == AREA and answers.get("level_asked"):
        referral.level_asked = int(answers["level_asked"])
    if number == CATEGORY:
        referral.category = int(answers["category"]) if answers.get("category") else None
        referral.under_18 = answers.get("under_18", "")
    if number == DATES:
        release = release_of({DATES: answers})
        months = AreaSettings.objects.get(territory=referral.territory.parent_id).level_setting_months
        referral.decide_by = release and add_months(release, -months)
    touch(referral)


def touch(referral: Referral) -> None:
    """What changes after the endorsement has to be endorsed again."""
    if referral.status == Status.ENDORSED:
        referral.endorsed_at, referral.endorsed_by = None, None
    referral.status = leads("fill", referral.status)
    referral.revision += 1
    referral.save()


@transaction.atomic
def endorse(referral: Referral, *, by, at: datetime) -> Referral:
    """By another person than wrote it; a paper form has its manager's name already."""
    referral = take(referral, "endorse", by)
    if not referral.is_on_paper and has_written(referral, by):
        raise Conflict("You wrote a part of this referral: somebody else of your agency has to endorse it.")
    _refuse_unfinished(referral, localdate(at))
    referral.endorsed_by, referral.endorsed_at = by, at
    return _now(referral, "endorse", "referral.endorsed", by)


@transaction.atomic
def submit(referral: Referral, *, by, at: datetime) -> Referral:
    """From now on the borough's MAPPA unit reads it."""
    referral = take(referral, "submit", by)
    _refuse_unfinished(referral, localdate(at))
    referral.submitted_at, referral.first_submitted_at = at, referral.first_submitted_at or at
    referral.outcome, referral.reason, referral.decided_at, referral.decided_by = "", "", None, None
    referral = _now(referral, "submit", "referral.submitted", by)
    if referral.unit_id != referral.organisation_id:
        share(referral, with_=referral.unit)
    mail.tell_unit(referral, today=localdate(at))
    return referral


@transaction.atomic
def withdraw(referral: Referral, *, reason: str, by, at: datetime) -> Referral:
    """Its files go, and no byte of them stays."""
    referral = take(referral, "withdraw", by)
    was_sent = referral.status == Status.SUBMITTED
    referral.withdrawn_at, referral.reason = at, seal(reason)
    referral.attachments.all().delete()
    record("referral.withdrawn", referral, by=by, after={"withdrawal_reason": seal(reason)})
    referral = _now(referral, "withdraw", "", by)
    if was_sent:
        mail.tell_unit(referral, today=localdate(at))
    return referral


def has_written(referral: Referral, user) -> bool:
    """A file counts as long as it is there."""
    sections = chain.from_iterable(referral.sections.values_list("writers", flat=True))
    files = referral.attachments.values_list("added_by", flat=True)
    return wrote(user.pk, referral.started_by_id, {*sections, *files})


def take(referral: Referral, rule: str, by) -> Referral:
    """Locked, and this person may do so now."""
    found = Referral.objects.select_for_update(of=["self"]).select_related(
        "territory__parent", "organisation", "agency", "unit"
    )
    referral = found.get(pk=referral.pk)
    REFERRAL_RULES.require(rule, referral, by=by)
    return referral


def _refuse_unfinished(referral: Referral, today: date) -> None:
    found = list(referral.sections.all())
    answers: Answers = {s.number: s.answers for s in found}
    left = [text for _, text in problems(referral, answers, {s.number: s.is_done for s in found}, today)]
    if left:
        raise Conflict(f"{left[0]}. Then come back.")


def _now(referral: Referral, step: str, event: str, by) -> Referral:
    referral.status = leads(step, referral.status)
    referral.revision += 1
    referral.save()
    if event:
        record(event, referral, by=by)
    return referral
