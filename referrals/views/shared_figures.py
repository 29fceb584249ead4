"""Figures of referrals as they were released, for whoever has a seat in the area: page and CSV."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render

from audit.events import record
from mappa_portal.exports import csv_download
from mappa_portal.limits import limit
from mappa_portal.suppression.hiding import KEY
from mappa_portal.words import OFFICIAL
from referrals.actions.figures import told
from referrals.models import ReferralRelease
from referrals.referring.margins import BY

COLUMNS = ["By", "Counted", "Referrals"]
FILE_COLUMNS = ["Borough", "Year", *COLUMNS]


@login_required
def shared(request):
    releases = list(_of(request).defer("lines"))
    made = _asked(request, releases)
    context = {"releases": releases, "made": made, "columns": COLUMNS, "key": KEY}
    if made:
        context["rows"] = [(BY[line.by], line.label, line.shown) for line in told(made)]
    return render(request, "referrals/shared_figures.html", context)


@login_required
def export(request):
    """Recorded before anything leaves; nothing in it can identify a person (S1)."""
    made = _asked(request, list(_of(request)))
    if made is None:
        raise Http404
    limit("referrals.csv", request.user.pk, most=30)
    rows = [(made.about.name, made.label, BY[line.by], line.label, line.shown) for line in told(made)]
    record("referrals.exported", made, by=request.user, after={"rows": len(rows)})
    name = f"referrals-{made.about.slug}-{made.year}.csv"
    return csv_download(name, FILE_COLUMNS, rows, marking=OFFICIAL)


def _of(request):
    found = ReferralRelease.objects.for_user(request.user).select_related("about")
    return found.order_by("about__name", "-year")


def _asked(request, releases: list[ReferralRelease]) -> ReferralRelease | None:
    """The first, if none is named; one that is not there is a 404."""
    borough, year = request.GET.get("borough"), request.GET.get("year")
    if not borough:
        return next(iter(releases), None)
    for made in releases:
        if made.about.slug == borough and str(made.year) == year:
            return made
    raise Http404
