"""The page of referrals in figures, and its file."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.timezone import localdate

from audit.events import record
from boards.models import Territory
from mappa_portal.exports import csv_download
from mappa_portal.limits import limit
from mappa_portal.words import OFFICIAL_SENSITIVE
from referrals.forms.figures import FiguresForm
from referrals.models import Referral
from referrals.referring.figures import COLUMNS, sent_in
from referrals.referring.figures import figures as counted
from referrals.referring.rules import referrers_of, screeners_of


@login_required
def figures(request):
    form = _form(request)
    period = form.period
    found, before = counted(_mine(request.user), period), counted(_mine(request.user), period.before)
    rows = [(agency, category or "Not stated", *numbers) for _, agency, category, *numbers in found.rows]
    context = {"form": form, "label": period.label, "found": found, "before": before}
    return render(
        request,
        "referrals/figures.html",
        context | {"columns": COLUMNS, "rows": rows, "asked": request.GET.urlencode()},
    )


@login_required
def export(request):
    """Recorded before anything leaves."""
    period = _form(request).period
    mine = _mine(request.user)
    found = counted(mine, period)
    limit("referrals.csv", request.user.pk, most=30)
    _record(mine, period, request.user)
    name = f"referrals-{period.start}-to-{period.end}.csv"
    rows = [row for _, *row in found.rows]
    return csv_download(name, COLUMNS, rows, marking=OFFICIAL_SENSITIVE)


def _record(mine, period, by) -> None:
    """In each borough of which something leaves (H1)."""
    for borough in Territory.objects.filter(pk__in=sent_in(mine, period).values("territory")):
        rows = counted(mine.filter(territory=borough), period).rows
        record("referrals.exported", borough, territory=borough, by=by, after={"rows": len(rows)})


def _form(request) -> FiguresForm:
    if not (referrers_of(request.user) or screeners_of(request.user)):
        raise PermissionDenied("Figures of referrals are for agencies that refer, and for MAPPA units.")
    return FiguresForm(request.GET, today=localdate())


def _mine(user):
    return Referral.objects.read_by(user).listed()
