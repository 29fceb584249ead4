"""What search finds here: cases by their reference, the portal's own or that of an imported file."""

from collections.abc import Iterator

from django.urls import reverse

from mappa_portal.search import MOST, Hit, register
from referrals.models import Case
from referrals.rules import units_of


def find_cases(user, query: str) -> Iterator[Hit]:
    mine = Case.objects.for_user(user).filter(organisation__in=units_of(user))
    found = mine.called({query, query.upper()}).select_related("territory").order_by("-pk")
    for case in found[: MOST + 1]:
        url = reverse("referrals:case", args=[case.reference])
        yield Hit(f"Case in {case.territory}", url, case.reference, case.get_category_display() or "")


register("cases", find_cases)
