"""The lowest grade that counts as an agency's attendance: its own, else the area's."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from audit.models import Event
from boards import actions
from boards.models import AreaSettings, Organisation
from mappa_portal.exceptions import Conflict, StaleEdit

URL = "/admin/area/london/organisations/metropolitan-police/"


@pytest.fixture
def police(world) -> Organisation:
    return world.organisation("metropolitan-police")


def lowest(world, slug: str = "metropolitan-police") -> tuple[int, int]:
    settings, agency = AreaSettings.objects.get(territory__slug="london"), world.organisation(slug)
    return settings.lowest_grade(agency, 2), settings.lowest_grade(agency, 3)


def test_an_agencys_own_grade_stands_before_the_areas(world, client, police):
    client.force_login(world.area_administrator)
    assert "London has 3: service manager" in client.get(f"{URL}grades/").content.decode()
    assert lowest(world) == (2, 3)

    client.post(f"{URL}grades/", {"revision": 1, "level2_grade": "", "level3_grade": "4"})
    assert lowest(world) == (2, 4)
    page = client.get(URL).content.decode()
    assert "2: team manager (as the area)" in page and "4: head of service or above</dd>" in page
    settings = AreaSettings.objects.get(territory__slug="london")
    actions.change_settings(settings, revision=1, by=world.area_administrator, level2_grade=1, level3_grade=1)
    assert lowest(world) == (1, 4)


def test_a_change_of_grades_is_in_the_areas_chain(world, police):
    with world.acting(world.area_administrator):
        values = {"level2_grade": 3, "level3_grade": None, "by": world.area_administrator}
        actions.set_grades(police, revision=1, **values)
        actions.set_grades(police, revision=2, **values)  # nothing changes, nothing is recorded
    event = Event.objects.get(name="organisation.grades_changed")
    assert event.territory.slug == "london"
    change = event.changes.get()
    assert (change.before["level2_grade"], change.after["level2_grade"]) == (None, 3)


def test_what_is_refused(world, client, police):
    by, values = world.area_administrator, {"level2_grade": 2, "level3_grade": 3, "revision": 1}
    with pytest.raises(Conflict, match="agencies only"):
        actions.set_grades(world.organisation("camden-lscb"), by=by, **values)
    with pytest.raises(PermissionDenied):
        actions.set_grades(police, by=world.co_ordinator, **values)
    with pytest.raises(ValidationError):
        actions.set_grades(police, by=by, **values | {"level3_grade": 5})
    actions.set_grades(police, by=by, **values)
    with pytest.raises(StaleEdit):
        actions.set_grades(police, by=by, **values | {"level3_grade": 4})
    client.force_login(by)
    page = client.post(f"{URL}grades/", {"revision": 2, "level2_grade": "9", "level3_grade": ""})
    assert "Select lowest grade that counts at Level 2 from the list" in page.content.decode()
    with pytest.raises(IntegrityError, match="grades_are_of_agencies"), transaction.atomic():
        Organisation.objects.filter(slug="camden-lscb").update(level2_grade=2)
