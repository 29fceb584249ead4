"""Releasing: the unit looks at what will be hidden first; the executive office releases the area's sums."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from boards.models import AreaSettings, Organisation
from data_returns.actions.releasing import fill, release, release_sums
from data_returns.forms.releasing import ReleaseForm
from data_returns.models import Rendition, Return
from data_returns.release import table
from data_returns.release.cells import exact
from data_returns.views.fetch import place, return_of
from data_returns.views.released import area_called, office_of
from mappa_portal.exceptions import Conflict
from mappa_portal.suppression.hiding import CannotHide
from mappa_portal.words import plural


@login_required
def release_return(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "release")
    asked = Rendition.objects.filter(about=data_return.territory, year=year, number=data_return.number)
    number = {"number": data_return.number}
    form = ReleaseForm(request.POST if request.method == "POST" else None, initial=number)
    if form.is_valid() and form.cleaned_data["number"] != data_return.number:
        raise Conflict(
            "Another version was accepted after you opened this page. Look at that, then release it."
        )
    if form.is_valid():
        release(data_return, by=request.user, at=timezone.now())
        messages.success(request, "The figures are being released. It takes a moment.")
    if form.is_valid() or asked.exists():
        return redirect("data_returns:released", *place(data_return))
    return render(request, "data_returns/release.html", {"form": form, **_preview(data_return)})


def _preview(data_return: Return) -> dict:
    """As this borough's own releases have it; sums of the area that are out already may hide more."""
    area, truth = data_return.territory.parent, exact(data_return)
    rendition = Rendition(
        territory=area,
        about=data_return.territory,
        year=data_return.year,
        number=data_return.number,
        edition=data_return.edition,
        threshold=AreaSettings.objects.get(territory=area).suppression_threshold,
    )
    try:
        fill(rendition)
    except CannotHide:
        raise Conflict(
            "This version cannot be released: with what was released before it would give a hidden figure away."
        ) from None
    form = table.form_of(rendition)
    lines = table.lines(rendition, form)
    return {
        "data_return": data_return,
        "columns": ["Figure", "Reported", "Released"],
        "groups": [
            (title, [[line.label, table.in_words(truth[line.key]), line.shown] for line in found])
            for title, found in form.by_question(lines)
        ],
        "hidden": plural(table.count_hidden(rendition), "figure"),
        "total": len(lines),
        "threshold": rendition.threshold,
        "key": table.KEY,
    }


@login_required
@require_POST
def release_area(request, area: str, year: int):
    found = area_called(request, area)
    office = office_of(request, found) or Organisation.objects.unit_of(found)
    release_sums(office, year, by=request.user, at=timezone.now())
    messages.success(request, "The sums are being released. It takes a moment.")
    return redirect("data_returns:sums", area, year)
