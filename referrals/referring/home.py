"""What referrals put on the home page: to decide, to put on an agenda; to finish, endorse and send."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from mappa_portal.home import Task, register
from mappa_portal.words import long_date
from referrals.actions.referrals import has_written
from referrals.endings import Standing
from referrals.models import Case, Referral
from referrals.referring.rules import REFERRAL_RULES, referrers_of, screeners_of

Status = Referral.Status
MOST = 20


@register
def tasks(user, today: date) -> Iterator[Task]:
    if units := screeners_of(user):
        yield from _of_unit(units, today)
    if referrers_of(user):
        yield from _of_agency(user)


def _of_unit(units, today: date) -> Iterator[Task]:
    """To decide; to put on an agenda, or on an earlier one when the first meeting is overdue."""
    still = Case.objects.with_standing().filter(standing=Standing.MANAGED)
    accepted = Q(status=Status.ACCEPTED, heard_on=None, case__in=still)
    waits = Q(status=Status.SUBMITTED) | accepted & (Q(on=None) | Q(hear_by__lt=today))
    found = Referral.objects.listed().filter(waits, unit__in=units).select_related("agency", "case")
    for referral in found.order_by("submitted_at", "pk")[:MOST]:
        if referral.status == Status.SUBMITTED:
            sent = f"{referral.agency}, sent {long_date(localdate(referral.submitted_at))}"
            yield _task(referral, "screen", referral.decide_by, sent, "Decide on")
        else:
            url = reverse("referrals:case", args=[referral.case.reference])
            title = f"case {referral.case} on {'an earlier' if referral.on else 'a'} meeting"
            yield Task(title, url, referral.hear_by, f"referral {referral}, first meeting", "Put")


def _of_agency(user) -> Iterator[Task]:
    writable = (
        Referral.objects.read_by(user).filter(status__in=Referral.WRITABLE).select_related("organisation")
    )
    for referral in writable.order_by("started_at", "pk")[:MOST]:
        may = REFERRAL_RULES.allowed(user, referral)
        if referral.status == Status.RETURNED and "fill" in may:
            yield _task(
                referral, "form", referral.decide_by, "The MAPPA unit wants more information", "Add to"
            )
        elif "submit" in may:
            yield _task(referral, "check", referral.decide_by, "It is endorsed", "Send")
        elif referral.started_by_id == user.pk and "fill" in may:
            if _open_sections(referral):
                yield _task(referral, "form", referral.decide_by, "A draft", "Finish")
            else:
                waits = f"Complete: a manager of {referral.organisation} endorses it"
                yield _task(referral, "check", referral.decide_by, waits, "Follow")
        elif "endorse" in may and not has_written(referral, user) and not _open_sections(referral):
            yield _task(
                referral, "endorse", referral.decide_by, "Somebody of your agency wrote it", "Endorse"
            )


def _open_sections(referral: Referral) -> bool:
    return referral.sections.filter(is_done=False).exists()


def _task(referral: Referral, page: str, due: date | None, waiting: str, verb: str) -> Task:
    url = reverse(f"referral:{page}", args=[referral.reference])
    return Task(f"referral {referral.reference}", url, due, waiting, verb)
