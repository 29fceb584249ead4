"""What goes when a record is erased: all that is sealed, tokens, values beside events.

References, levels, dates and the events stay, so figures and chains are what they were.
"""

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import BinaryField, Q
from django.utils.timezone import now

from accounts.vault import seal
from audit.models import Change, Event
from boards import sealed
from referrals import rooms
from referrals.models import (
    Case,
    Disclosure,
    Keeping,
    OutOfAreaCheck,
    RecipientToken,
    Referral,
    ReferralAttachment,
    Token,
)
from referrals.records import looks  # noqa: F401  (registers what events are about)
from referrals.records.kinds import KINDS, OVER, Kind, _cases, _checks, _disclosures, _referrals

PATHS = {  # from a sealed row to what it is about
    Case: ("case", "disclosure__case", "referral__case", "discussion__case"),
    Disclosure: ("disclosure",),
    Referral: ("referral",),
}
KEPT_WORDS = {  # must say something: they say that it was erased
    "referrals.referral": {"reason"},
    "referrals.transfer": {"reason", "hand_over", "answer"},
}
ERASED = "Erased"
WAITING = ("requested", "proposed", "unratified", "decided", "outside", "scheme")


def path_to(model, to: type) -> str:
    """The look-up from a model to what is erased; empty where it holds nothing of one."""
    if model is to:
        return "pk"
    fields = {field.name for field in model._meta.concrete_fields}
    return next((path for path in PATHS[to] if path.split("__")[0] in fields), "")


def wipe(to: type, pk: int) -> None:
    """Empty every sealed column of the rows about it."""
    for one in sealed.registered():
        if path := path_to(one.model, to):
            values = {column: _empty(one.model, column) for column in one.columns}
            one.model.objects.filter(**{path: pk}).update(**values)


def _empty(model, column: str):
    if column in KEPT_WORDS.get(model._meta.label_lower, ()):
        return seal(ERASED)
    return b"" if isinstance(model._meta.get_field(column), BinaryField) else ""


def forget_values(territory_id: int, traces: Mapping[str, Iterable[int]]) -> None:
    """The rows beside the events; the database lets them go only inside a confirmed erasure (H2)."""
    about = Q()
    for kind, ids in traces.items():
        about |= Q(subject_kind=kind, subject_id__in=list(ids))
    events = Event.objects.filter(about, territory=territory_id)
    Change.objects.filter(territory=territory_id, event_id__in=events.values("pk")).delete()


def carry_out(keeping: Keeping) -> None:
    """Inside the transaction of the confirmation, which the database asks for by this setting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.erasure', %s, true)", [str(keeping.pk)])
    traces = KINDS[keeping.kind].erase(keeping.subject_id)
    forget_values(keeping.territory_id, traces)


def _erase_case(pk: int) -> dict:
    """With those merged into it: they are the same person."""
    found: dict[str, set[int]] = {}
    for case in Case.objects.get(pk=pk).family.select_for_update(of=["self"]).order_by("pk"):
        for kind, ids in _erase_one(case).items():
            found.setdefault(kind, set()).update(ids)
    return found


def _erase_one(case: Case) -> dict[str, set[int]]:
    pk, traces = case.pk, rooms.traces_of(case)
    rooms.before_erasure(case)
    Token.objects.filter(case=case).delete()
    RecipientToken.objects.filter(entry__disclosure__case=case).delete()
    ReferralAttachment.objects.filter(referral__case=case).delete()
    wipe(Case, pk)
    at = now()
    case.disclosures.filter(status__in=WAITING).update(status="closed")
    case.disclosures.update(erased_at=at, due_on=None, review_on=None)
    case.referrals.update(erased_at=at)
    Case.objects.filter(pk=pk).update(erased_at=at)
    return traces


def _erase_disclosure(pk: int) -> dict:
    RecipientToken.objects.filter(entry__disclosure=pk).delete()
    wipe(Disclosure, pk)
    Disclosure.objects.filter(pk=pk).update(erased_at=now(), due_on=None, review_on=None)
    return {"referrals.disclosure": [pk]}


def _erase_referral(pk: int) -> dict:
    sections = list(Referral.objects.get(pk=pk).sections.values_list("pk", flat=True))
    ReferralAttachment.objects.filter(referral=pk).delete()
    wipe(Referral, pk)
    Referral.objects.filter(pk=pk).update(erased_at=now())
    return {"referrals.referral": [pk], "referrals.referralsection": sections}


def _erase_check(pk: int) -> dict:
    check = OutOfAreaCheck.objects.select_for_update().get(pk=pk)
    check.say(**dict.fromkeys(check.said, ERASED))
    check.save(update_fields=["content"])
    return {"referrals.outofareacheck": [pk]}


def _has_ended(pk: int) -> bool:
    """It, and those merged into it; it is no other person's by now."""
    case = Case.objects.get(pk=pk)
    return case.merged_into_id is None and not case.family.filter(ended_on=None).exists()


def _is_left_alone(pk: int) -> bool:
    """Nobody accepted the referral, or worked on it, since its erasure was proposed."""
    proposal = Keeping.objects.proposed().filter(kind="referral", subject_id=pk).first()
    since = proposal.decided_at if proposal else now()
    worked_on = Q(submitted_at__gt=since) | Q(sections__edited_at__gt=since) | Q(status="accepted")
    return not Referral.objects.filter(worked_on, pk=pk).exists()


KINDS["case"] = Kind(
    "Case record", "keep_case_years", _cases, lambda pk: Case.objects.filter(pk=pk), _erase_case, _has_ended
)
KINDS["referral"] = Kind(
    "Referral",
    "keep_referral_years",
    _referrals,
    lambda pk: Case.objects.filter(referrals=pk),
    _erase_referral,
    _is_left_alone,
)
KINDS["disclosure"] = Kind(
    "Disclosure",
    "keep_disclosure_years",
    _disclosures,
    lambda pk: Case.objects.filter(disclosures=pk),
    _erase_disclosure,
    lambda pk: Disclosure.objects.filter(OVER, pk=pk).exists(),
)
KINDS["check"] = Kind(
    "Out-of-area check", "keep_referral_years", _checks, lambda pk: Case.objects.none(), _erase_check
)
