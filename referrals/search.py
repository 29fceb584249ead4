"""What search finds here: cases by their reference, the portal's own or that of an imported file."""

from collections.abc import Iterator

from django.urls import reverse

from mappa_portal.search import MOST, Hit, register
from referrals.models import Case, Referral
from referrals.rules import units_of


def find_cases(user, query: str) -> Iterator[Hit]:
    mine = Case.objects.for_user(user).filter(organisation__in=units_of(user))
    found = mine.called({query, query.upper()}).select_related("territory").order_by("-pk")
    for case in found[: MOST + 1]:
        url = reverse("referrals:case", args=[case.reference])
        yield Hit(f"Case in {case.territory}", url, case.reference, case.get_category_display() or "")


def find_referrals(user, query: str) -> Iterator[Hit]:
    found = Referral.objects.read_by(user).filter(reference=query.upper()).select_related("territory")
    for referral in found:
        url = reverse("referral:detail", args=[referral.reference])
        yield Hit(f"Referral in {referral.territory}", url, referral.reference, referral.get_status_display())


register("cases", find_cases)
register("referrals", find_referrals)
