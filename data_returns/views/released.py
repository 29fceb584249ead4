"""What was released, for whoever has a seat in the area: a borough's figures or the area's sums, page, CSV and PDF."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render

from boards.access import areas_of, seats_with
from boards.models import Organisation, Territory
from data_returns.models import Rendition
from data_returns.release import table
from data_returns.years import in_words
from documents.apart import render_apart
from mappa_portal.exports import csv_download
from mappa_portal.words import plural
from meetings.performance.exports import limit_exports, record_export

SHARED = "OFFICIAL"  # nothing in it can identify a person (S1)
FILE_COLUMNS = [
    *("Area", "Borough", "Year", "Version", "Question"),
    *("Key", "Figure", "Value", "Symbol", "Revised"),
]


@login_required
def released(request, borough: str, year: int):
    found = Rendition.objects.for_user(request.user).filter(about__slug=borough, year=year)
    versions = list(found.select_related("about", "territory").order_by("-number"))
    if not versions:
        raise Http404
    done = [version for version in versions if version.released_at]
    context = {"versions": done, "waiting": versions[0].released_at is None, "first": versions[0]}
    if not done:
        return render(request, "data_returns/released.html", context)
    asked = request.GET.get("version") or str(done[0].number)
    rendition = next((version for version in done if str(version.number) == asked), None)
    if rendition is None:
        raise Http404
    return _answer(request, rendition, "data_returns/released.html", context)


@login_required
def sums(request, area: str, year: int):
    found = area_called(request, area)
    of_year = Rendition.objects.for_user(request.user).filter(territory=found, year=year)
    rounds = list(of_year.sums().select_related("territory").order_by("-number"))
    boroughs = list(of_year.newest().exclude(about=None).select_related("about").order_by("about__name"))
    done = [r for r in rounds if r.released_at]
    context = {
        "area": found,
        "year": year,
        "label": in_words(year),
        "waiting": len(done) < len(rounds),
        "boroughs": boroughs,
        "is_news": not done or [[b.slug, b.number] for b in boroughs] != done[0].covers,
        "office": office_of(request, found),
    }
    if not done:
        return render(request, "data_returns/sums.html", context)
    return _answer(request, done[0], "data_returns/sums.html", context)


def area_called(request, slug: str) -> Territory:
    found = next((area for area in areas_of(request.user) if area.slug == slug), None)
    if found is None:
        raise Http404
    return found


def office_of(request, area: Territory) -> Organisation | None:
    """The area's executive office, for those who may release its sums."""
    held = (seating.organisation for seating in seats_with(request.user, "manage_returns"))
    return next((o for o in held if o.kind == Organisation.Kind.UNIT and o.territory_id == area.pk), None)


# -- As a page, a table, a paper --


def _answer(request, rendition: Rendition, template: str, context: dict) -> HttpResponse:
    asked = request.GET.get("format", "")
    if asked not in ("csv", "pdf"):
        return render(request, template, context | _shown(rendition))
    limit_exports(request.user)
    record_export(_place(rendition), len(rendition.cells), by=request.user, kind=asked.upper())
    return _csv(rendition) if asked == "csv" else _pdf(rendition)


def _place(rendition: Rendition) -> Territory:
    return rendition.about or rendition.territory


def _shown(rendition: Rendition) -> dict:
    form = table.form_of(rendition)
    return {
        "rendition": rendition,
        "columns": table.COLUMNS,
        "groups": [
            (title, [[line.label, line.shown] for line in found])
            for title, found in form.by_question(table.lines(rendition, form))
        ],
        "choices": list(table.choices(rendition, form)),
        "hidden": plural(table.count_hidden(rendition), "figure"),
        "key": table.KEY,
        "marking": SHARED,
    }


def _csv(rendition: Rendition) -> HttpResponse:
    start = [rendition.territory.name, rendition.about.name if rendition.about else None]
    start += [rendition.years, rendition.number]
    rows = [
        [*start, line.question, line.key, line.label, *_value(line), "yes" if line.revised else None]
        for line in table.lines(rendition, table.form_of(rendition))
    ]
    return csv_download(_name(rendition, "csv"), FILE_COLUMNS, rows, marking=SHARED)


def _value(line: table.Line) -> tuple:
    return (line.value, None) if isinstance(line.value, int) else (None, f"[{line.value}]")


def _pdf(rendition: Rendition) -> HttpResponse:
    title = f"MAPPA data return {rendition.label}, {_place(rendition)}: released figures"
    data = render_apart(
        "pdf/rendition.html",
        _shown(rendition) | {"title": title},
        title=title,
        marking=SHARED,
        identifier=f"rendition-{_place(rendition).slug}-{rendition.years}-{rendition.number}",
        created=rendition.released_at,
        reference=rendition.reference or f"{rendition.territory}, {rendition.label}",
    )
    headers = {"Content-Disposition": f'attachment; filename="{_name(rendition, "pdf")}"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _name(rendition: Rendition, ending: str) -> str:
    return f"data-return-{_place(rendition).slug}-{rendition.years}-version-{rendition.number}.{ending}"
