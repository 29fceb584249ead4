"""The page of referrals in figures, and its file."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.timezone import localdate

from audit.events import record
from mappa_portal.exports import csv_download
from mappa_portal.limits import limit
from mappa_portal.words import OFFICIAL_SENSITIVE
from referrals.models import Referral
from referrals.referring.figures import COLUMNS, Figures, year_of
from referrals.referring.figures import figures as counted
from referrals.referring.rules import referrers_of, screeners_of

FIRST = 2000


@login_required
def figures(request):
    year, found = _found(request)
    this = year_of(localdate())
    before = counted(_mine(request.user), year - 1)
    return render(
        request,
        "referrals/figures.html",
        {
            "year": year,
            "label": f"{year} to {year + 1}",
            "years": [(y, f"{y} to {y + 1}") for y in range(this, this - 5, -1)],
            "found": found,
            "before": before,
            "columns": COLUMNS,
            "rows": [
                (agency, category or "Not stated", *numbers) for agency, category, *numbers in found.rows
            ],
        },
    )


@login_required
def export(request):
    """Recorded before anything leaves."""
    year, found = _found(request)
    limit("referrals.csv", request.user.pk, most=30)
    where = next(
        iter([*screeners_of(request.user), *(s.organisation for s in referrers_of(request.user).values())])
    )
    record("referrals.exported", where, by=request.user, after={"rows": len(found.rows)})
    return csv_download(f"referrals-{year}.csv", COLUMNS, found.rows, marking=OFFICIAL_SENSITIVE)


def _found(request) -> tuple[int, Figures]:
    if not (referrers_of(request.user) or screeners_of(request.user)):
        raise PermissionDenied("Figures of referrals are for agencies that refer, and for MAPPA units.")
    asked = request.GET.get("year", "")
    year, this = int(asked) if asked.isdecimal() and len(asked) == 4 else 0, year_of(localdate())
    year = year if FIRST <= year <= this else this
    return year, counted(_mine(request.user), year)


def _mine(user):
    return Referral.objects.for_user(user).listed()
