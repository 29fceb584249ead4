"""What is released to everybody else: asked for by a person, worked out and frozen by a job."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from audit.events import record
from boards.models import AreaSettings, Organisation, Territory
from data_returns.form import Form
from data_returns.models import Edition, Rendition, Return
from data_returns.release.cells import added, exact, name_of, suppress
from data_returns.rules import RETURN_RULES, SUMS_RULES, Sums
from mappa_portal.exceptions import Conflict
from mappa_portal.suppression.hiding import CannotHide
from outbox.jobs import post

FEWEST = 3  # boroughs in a sum: of two, each knows the other's


@transaction.atomic
def release(data_return: Return, *, by, at: datetime) -> Rendition:
    """Asked for twice it is one."""
    Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=data_return.territory_id)
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
    area = Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=office.territory_id)
    SUMS_RULES.require("release", Sums(office), by=by)
    of_year = Rendition.objects.filter(territory=area, year=year)
    if of_year.sums().filter(released_at=None).exists():
        raise Conflict("The sums of this year are being worked out already.")
    boroughs = list(of_year.newest().exclude(about=None).select_related("about").order_by("about__name"))
    editions = [r.edition for r in boroughs]
    edition = max(sorted(set(editions)), key=editions.count, default="")
    covers = [[r.about.slug, r.number] for r in boroughs if r.edition == edition]
    if len(covers) < FEWEST:
        raise Conflict(f"Sums are released of at least {FEWEST} boroughs that used the same form.")
    last = of_year.sums().aggregate(last=Max("number"))["last"] or 0
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
    Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=rendition.territory_id)
    rendition = Rendition.objects.select_related("about", "territory").get(pk=rendition.pk)
    if rendition.released_at is not None:
        return rendition
    rendition.threshold = AreaSettings.objects.get(territory=rendition.territory_id).suppression_threshold
    try:
        fill(rendition)
    except CannotHide as refused:
        record("return.release_refused", rendition, by=rendition.asked_by, reason=str(refused)[:200])
        rendition.delete()
        return rendition
    rendition.released_at = at
    rendition.save()
    name = "return.released" if rendition.about_id else "return.sums_released"
    record(name, rendition, by=rendition.asked_by, after={"number": rendition.number})
    return rendition


def fill(rendition: Rendition) -> None:
    """With what may be read, in the light of everything released of the year that this scope sees."""
    of_area = Rendition.objects.released().filter(territory=rendition.territory, year=rendition.year)
    released = list(of_area.select_related("about").order_by("number"))
    forms = {e.slug: e.form for e in Edition.objects.published().filter(territory=rendition.territory)}
    if rendition.about_id:
        _of_borough(rendition, [r.number for r in released if r.about_id == rendition.about_id])
    else:
        _of_area(rendition)
    form = forms[rendition.edition]
    suppress(rendition, form, released, lambda r: forms[r.edition], _insiders(released))
    rendition.answers = {
        k: said for k, said in rendition.answers.items() if not tells_a_zero(rendition, form, k)
    }


def tells_a_zero(rendition: Rendition, form: Form, key: str) -> bool:
    """“Not applicable” says that figures are zero: it is left out when one of them is hidden."""
    choice = next((q.choice for q in form.questions if q.choice and q.choice.key == key), None)
    if choice is None or rendition.answers[key] != "not_applicable":
        return False
    return any(rendition.cells.get(cell) == Rendition.HIDDEN for cell in choice.not_applicable_if_zero)


def _insiders(released: list[Rendition]) -> list[dict]:
    """For each board what is true of its boroughs, once there are sums that others are in as well."""
    shared = [r for r in released if r.about_id]
    if len({r.about_id for r in shared}) < FEWEST:
        return []
    truth: dict[int, dict] = {}
    found = {(r.territory_id, r.number): r for r in _returns(released[0])}
    for rendition in shared:
        data_return = found.get((rendition.about_id, rendition.number))
        for key, value in exact(data_return).items() if data_return else ():
            if isinstance(value, int):
                truth.setdefault(data_return.board_id, {})[name_of(rendition, key)] = value
    return list(truth.values())


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
