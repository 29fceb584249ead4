import pytest

from boards.models import AreaSettings


@pytest.fixture
def settings_of_london(world):
    return AreaSettings.objects.get(territory__slug="london")


@pytest.fixture
def administrator(world):
    return world.area_administrator
