"""An area's own form of the yearly return: built as a draft, published from a reporting year on, withdrawn unused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.events import record
from boards.models import Territory
from data_returns.building import drafting
from data_returns.building.asking import Asking
from data_returns.building.names import next_base
from data_returns.building.problems import problems_of
from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Edition
from data_returns.rules import EDITION_RULES
from data_returns.years import last_year
from mappa_portal.exceptions import Conflict, StaleEdit

AHEAD = 3  # years for which a form may be published now


@transaction.atomic
def start(area: Territory, content: Mapping, *, title: str, by) -> Edition:
    """A draft with the questions of the other form, or with none."""
    area = _alone(area)
    EDITION_RULES.require("start", Edition(territory=area), by=by)
    slugs = set(Edition.objects.filter(territory=area).values_list("slug", flat=True))
    slug = next(name for n in range(1, len(slugs) + 2) if (name := f"form-{n}") not in slugs)
    data = {**content, "title": title, "slug": slug}
    edition = Edition.objects.create(territory=area, slug=slug, content=data)
    record("edition.started", edition, by=by, after={"edition": slug, "title": title})
    return edition


def _alone(area: Territory) -> Territory:
    """What nobody else may count on meanwhile: which names the area's forms have given."""
    return Territory.objects.select_for_update(of=["self"], no_key=True).get(pk=area.pk)


def _held(edition: Edition, rule: str, *, revision: int, by) -> Edition:
    """As it was when the page was opened."""
    held = Edition.objects.select_for_update(of=["self"], no_key=True).select_related("territory")
    edition = held.get(pk=edition.pk)
    EDITION_RULES.require(rule, edition, by=by)
    if edition.revision != revision:
        raise StaleEdit(edition)
    return edition


def _change(edition: Edition, alter: Callable[[dict], dict], *, revision: int, by, **what) -> Edition:
    edition = _held(edition, "change", revision=revision, by=by)
    if (content := alter(edition.content)) == edition.content:
        return edition
    edition.content = content
    edition.revision += 1
    edition.save(update_fields=["content", "revision"])
    record("edition.changed", edition, by=by, after={"edition": edition.slug, **what})
    return edition


@transaction.atomic
def describe(edition: Edition, *, title: str, notes: Sequence[str], revision: int, by) -> Edition:
    new = {"title": title, "notes": list(notes)}
    return _change(edition, lambda content: {**content, **new}, revision=revision, by=by, title=title)


@transaction.atomic
def ask(edition: Edition, base: str, said: Asking, *, revision: int, by) -> Edition:
    """The question of that base says this from now on; without one it is a new one, the last."""
    _alone(edition.territory)
    new = "" if base else next_base(_all_forms(edition))

    def alter(content: dict) -> dict:
        return drafting.asked(content, _there(content, base) if base else None, said, base or new)

    return _change(edition, alter, revision=revision, by=by, question=base or new)


def _all_forms(edition: Edition) -> list[dict]:
    """Of the area, drafts among them, and those that were deleted."""
    own = Edition.objects.filter(territory=edition.territory_id).values_list("content", flat=True)
    return [*own, shipped(FIRST), shipped(PRESENT)]


def _there(content: Mapping, base: str) -> int:
    if (number := drafting.place_of(content, base)) is None:
        raise Conflict("This question is no longer in the form.")
    return number


@transaction.atomic
def move(edition: Edition, base: str, places: int, *, revision: int, by) -> Edition:
    def alter(content: dict) -> dict:
        return drafting.moved(content, _there(content, base), places)

    return _change(edition, alter, revision=revision, by=by, question=base)


@transaction.atomic
def remove(edition: Edition, base: str, *, revision: int, by) -> Edition:
    def alter(content: dict) -> dict:
        return drafting.removed(content, _there(content, base))

    return _change(edition, alter, revision=revision, by=by, question=base)


Sums = tuple[Sequence[str], Sequence[str]]


@transaction.atomic
def add_checks(
    edition: Edition, pairs: Iterable[Sums], *, test: str, level: str, words: str, revision: int, by
) -> Edition:
    def alter(content: dict) -> dict:
        return drafting.with_checks(content, pairs, test, level, words)

    return _change(edition, alter, revision=revision, by=by, check="new")


@transaction.atomic
def remove_check(edition: Edition, place: int, *, revision: int, by) -> Edition:
    """Not the sum of parts: without it a part that is hidden in a release could be worked out (S2)."""

    def alter(content: dict) -> dict:
        if not 0 < place <= len(content["relations"]):
            raise Conflict("This cross-check is no longer in the form.")
        if content["relations"][place - 1]["code"] == drafting.PARTS:
            raise Conflict("Parts add up to their whole: this check goes when the parts are taken out.")
        return drafting.without_check(content, place)

    return _change(edition, alter, revision=revision, by=by, check=place)


def years_ahead(today: date) -> range:
    """Reporting years from which a form may be asked: the one that has ended, and those to come."""
    return range(last_year(today), last_year(today) + AHEAD + 1)


@transaction.atomic
def publish(edition: Edition, *, from_year: int, revision: int, today: date, by) -> Edition:
    """Returns of that year and later are opened on it; those that are open keep their own."""
    edition = _held(edition, "publish", revision=revision, by=by)
    if from_year not in years_ahead(today):
        raise ValidationError({"from_year": "Select the reporting year from which it is asked"})
    if problems_of(edition.draft):
        raise ValidationError("Solve the problems of the form first.")
    Form.of(edition.content)
    edition.from_year, edition.published_on = from_year, today
    edition.revision += 1
    edition.save(update_fields=["from_year", "published_on", "revision"])
    record("edition.published", edition, by=by, after={"edition": edition.slug, "from_year": from_year})
    return edition


@transaction.atomic
def withdraw(edition: Edition, *, revision: int, by) -> Edition:
    """A draft again, as long as no return was opened on it."""
    edition = _held(edition, "withdraw", revision=revision, by=by)
    edition.from_year = edition.published_on = None
    edition.revision += 1
    edition.save(update_fields=["from_year", "published_on", "revision"])
    record("edition.withdrawn", edition, by=by, after={"edition": edition.slug})
    return edition


@transaction.atomic
def discard(edition: Edition, *, revision: int, today: date, by) -> Edition:
    """Nobody sees it again; it is kept, so that its names are never given to something else."""
    edition = _held(edition, "discard", revision=revision, by=by)
    edition.discarded_on = today
    edition.revision += 1
    edition.save(update_fields=["discarded_on", "revision"])
    record("edition.discarded", edition, by=by, before={"edition": edition.slug, "title": str(edition)})
    return edition
