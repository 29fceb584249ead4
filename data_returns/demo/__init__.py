"""Data returns of London's boroughs: five years that are made up, scaled from published counts of the whole area."""

from datetime import date

from boards.models import Territory
from boards.scope import scope
from data_returns.actions import building
from data_returns.actions.opening import due_day
from data_returns.demo.returns import made_up, morning
from data_returns.demo.rounds import extend_some, release_before, walk
from data_returns.editions import PRESENT, edition_of, shipped
from data_returns.models import Return, Round
from data_returns.years import last_year

YEARS = 5
STATES = (
    "draft",
    "checked",
    "signed",
    "sent",
    "tabled",
)  # of the newest year, three boroughs each; the others closed


def load(today: date) -> None:
    area = Territory.objects.filter(kind=Territory.Kind.AREA, slug="london").first()
    if area is None:
        return
    boroughs = list(area.children.select_related("parent").order_by("name"))
    with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]):
        _load(area, boroughs, last_year(today), today)


def _load(area: Territory, boroughs: list[Territory], newest: int, today: date) -> None:
    for year in range(newest - YEARS + 1, newest + 1):
        opened = morning(date(year + 1, 4, 2))
        Round.objects.create(territory=area, year=year, due_on=due_day(year), opened_at=opened)
        edition = edition_of(area, year, today=today)
        states = states_of(boroughs) if year == newest else {"camden": "draft"} if year == newest - 1 else {}
        for borough in boroughs:
            status = states.get(borough.slug, "closed")
            made_up(borough, year, edition, status, is_whole=year < newest)
    extend_some(Round.objects.get(year=newest), today)
    walk(Return.objects.get(territory__slug="camden", year=newest - 1), today)
    release_before(area, range(newest - YEARS + 1, newest))
    building.start(area, shipped(PRESENT), title=f"London data return from {newest + 2}", by=None)


def states_of(boroughs: list[Territory]) -> dict[str, str]:
    others = [b.slug for b in boroughs if b.slug != "camden"]
    return dict(zip(others, [state for state in STATES for _ in range(3)], strict=False)) | {
        "camden": "draft"
    }
