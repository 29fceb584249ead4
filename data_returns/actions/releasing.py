"""What is released to everybody else: asked for by a person, worked out and frozen by a job."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from audit.events import record
from boards.models import AreaSettings, Organisation, Territory
from data_returns.models import Edition, Rendition, Return
from data_returns.release.cells import added, exact, suppress
from data_returns.rules import RETURN_RULES, SUMS_RULES, Sums
from mappa_portal.exceptions import Conflict
from outbox.jobs import post


@transaction.atomic
def release(data_return: Return, *, by, at: datetime) -> Rendition:
    """Asked for twice it is one."""
    Territory.objects.select_for_update(of=["self"]).get(pk=data_return.territory_id)
    data_return = Return.objects.select_for_update().get(pk=data_return.pk)
    RETURN_RULES.require("release", data_return, by=by)
    rendition, is_new = Rendition.objects.get_or_create(
        territory=data_return.territory.parent,
        about=data_return.territory,
        year=data_return.year,
        number=data_return.number,
        defaults={
            "reference": data_return.reference,
            "edition": data_return.edition,
            "asked_at": at,
            "asked_by": by,
        },
    )
    if is_new:
        record("return.release_asked", data_return, by=by, after={"number": data_return.number})
        post("data_returns.release", rendition)
    return rendition


@transaction.atomic
def release_sums(office: Organisation, year: int, *, by, at: datetime) -> Rendition:
    """Over what the area's boroughs have released by now."""
    area = Territory.objects.select_for_update(of=["self"]).get(pk=office.territory_id)
    SUMS_RULES.require("release", Sums(office), by=by)
    of_year = Rendition.objects.filter(territory=area, year=year)
    if of_year.sums().filter(released_at=None).exists():
        raise Conflict("The sums of this year are being worked out already.")
    boroughs = of_year.newest().exclude(about=None).order_by("about__name")
    if len(boroughs) < 2:
        raise Conflict("Sums are released of at least two boroughs: fewer have released their figures.")
    edition = max(sorted({r.edition for r in boroughs}), key=[r.edition for r in boroughs].count)
    last = of_year.sums().aggregate(last=Max("number"))["last"] or 0
    covers = [[r.about.slug, r.number] for r in boroughs.select_related("about") if r.edition == edition]
    if of_year.sums().filter(covers=covers).exists():
        raise Conflict("These sums are released already. No borough has released anything since.")
    sums = Rendition.objects.create(
        territory=area, year=year, number=last + 1, edition=edition, covers=covers, asked_at=at, asked_by=by
    )
    record("return.sums_asked", sums, by=by, after={"year": year, "boroughs": len(covers)})
    post("data_returns.release", sums)
    return sums


@transaction.atomic
def settle(rendition: Rendition, *, at: datetime) -> Rendition:
    """Inside the scope of the whole area. Works out the cells and freezes them; again is the same as once."""
    Territory.objects.select_for_update(of=["self"]).get(pk=rendition.territory_id)
    rendition = Rendition.objects.select_related("about", "territory").get(pk=rendition.pk)
    if rendition.released_at is not None:
        return rendition
    rendition.threshold = AreaSettings.objects.get(territory=rendition.territory_id).suppression_threshold
    fill(rendition)
    rendition.released_at = at
    rendition.save()
    name = "return.released" if rendition.about_id else "return.sums_released"
    record(name, rendition, by=rendition.asked_by, after={"number": rendition.number})
    return rendition


def fill(rendition: Rendition) -> None:
    """With what may be read, in the light of everything released of the year that this scope sees."""
    of_area = Rendition.objects.released().filter(territory=rendition.territory, year=rendition.year)
    released = list(of_area.select_related("about").order_by("number"))
    forms = {e.slug: e.form for e in Edition.objects.filter(territory=rendition.territory)}
    if rendition.about_id:
        _of_borough(rendition, [r.number for r in released if r.about_id == rendition.about_id])
    else:
        _of_area(rendition)
    suppress(rendition, forms[rendition.edition], released, lambda r: forms[r.edition])


def _of_borough(rendition: Rendition, before: list[int]) -> None:
    """Revised is what the version released before said otherwise, hidden or not."""
    versions = {r.number: r for r in _returns(rendition).filter(territory=rendition.about)}
    now = versions[rendition.number]
    rendition.cells, rendition.answers = exact(now), dict(now.said().answers)
    if before:
        told = exact(versions[before[-1]])
        rendition.revised = [key for key, value in rendition.cells.items() if told.get(key) != value]


def _of_area(rendition: Rendition) -> None:
    versions = dict(rendition.covers)
    found = _returns(rendition).filter(territory__slug__in=versions).select_related("territory")
    rendition.cells = added(exact(r) for r in found if versions[r.territory.slug] == r.number)


def _returns(rendition: Rendition):
    return Return.objects.filter(year=rendition.year).prefetch_related("figures", "answers")
