from datetime import date

import pytest
from django.test import Client

from boards.models import Territory
from boards.scope import scope
from meetings.actions.importing import import_attendance
from meetings.performance import figures
from tests.meetings import files
from tests.meetings.invited import Invited

YEAR = date(2024, 4, 1), date(2025, 3, 31)


class Register:
    """Put rows in, ask for figures: live from Camden's register, stored from London's."""

    def __init__(self, world):
        self.world = world

    def put(self, *cells, **more):
        boroughs = list(Territory.objects.filter(kind="borough").select_related("parent"))
        with scope({b.pk for b in boroughs} | {b.parent_id for b in boroughs}):
            return import_attendance(files.rows(*cells), boroughs=boroughs, by=None, **more)

    def live(self, start=YEAR[0], end=YEAR[1], level=None, borough="camden"):
        return figures.of_borough(self.world.territory(borough), start, end, level).kpis

    def stored(self, start=YEAR[0], end=YEAR[1], level=None, borough="camden"):
        """As somebody sees them who looks across the area and has no borough in scope."""
        london, about = self.world.territory("london"), self.world.territory(borough)
        figures.count_all(about)
        with scope([london.pk], [london.pk]):
            return figures.of_borough(about, start, end, level).kpis


@pytest.fixture
def register(world):
    return Register(world)


@pytest.fixture
def camden(world):
    """``camden.meeting("CSC", "ASC")``: a meeting with two cases, to which they are asked."""
    return Invited(world)


@pytest.fixture
def browser_of(world):
    def opened(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return opened
