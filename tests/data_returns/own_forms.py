"""The pages of an area's own form, what is typed there, and what is done to it as it stands."""

from django.utils.timezone import localdate

from data_returns.actions import building
from data_returns.models import Edition
from tests.data_returns.conftest import YEAR

FORMS = "/returns/forms/"
DRAFT = f"{FORMS}london/form-1/"
TODAY = localdate()
ADULTS = {"page": "Numbers", "text": "How many?", "shape": "none", "texts_shown": 3}
ADULTS |= {f"text-{n}-label": f"Line {n}" for n in range(3)}


def published(edition: Edition, by, year: int = YEAR) -> Edition:
    return building.publish(edition, from_year=year, revision=edition.revision, today=TODAY, by=by)


def withdrawn(edition: Edition, by) -> Edition:
    return building.withdraw(edition, revision=edition.revision, by=by)
