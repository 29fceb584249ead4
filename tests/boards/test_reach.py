"""How a MAPPA unit is reached: telephone number and email address, which its letters and the reply slip name."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from boards import actions
from boards.models import Organisation
from mappa_portal.exceptions import Conflict, StaleEdit
from tests.boards.helpers import UNIT, events

URL = f"/admin/area/london/organisations/{UNIT}/"
GIVEN = {"phone": "020 7946 0123", "email": "mappa@camden.example"}


def test_the_area_administrator_says_how_a_unit_is_reached(world, client, administrator):
    client.force_login(administrator)
    assert "None recorded" in client.get(URL).text
    page = client.post(f"{URL}reach/", GIVEN | {"revision": 1}, follow=True).text
    assert "020 7946 0123" in page and "mappa@camden.example" in page
    actions.set_reach(world.organisation(UNIT), by=administrator, revision=2, **GIVEN)  # nothing changes
    [event] = events("organisation.reach_changed")
    assert event.changes.get().after == GIVEN


REFUSED = [
    ({"phone": "", "email": ""}, "Enter telephone number"),
    ({"phone": "1", "email": "mappa"}, "Email address must be an email address, like name@example.org"),
]


@pytest.mark.parametrize("typed, error", REFUSED)
def test_a_unit_has_a_telephone_number(world, client, administrator, typed, error):
    client.force_login(administrator)
    assert error in client.post(f"{URL}reach/", typed | {"revision": 1}).text
    assert world.organisation(UNIT).phone == ""


def test_what_is_refused(world, administrator):
    unit, values = world.organisation(UNIT), GIVEN | {"revision": 1}
    with pytest.raises(PermissionDenied):
        actions.set_reach(unit, by=world.camden_administrator, **values)
    with pytest.raises(Conflict, match="those of a MAPPA unit"):
        actions.set_reach(world.organisation("camden-lscb"), by=administrator, **values)
    actions.set_reach(unit, by=administrator, **values)
    with pytest.raises(StaleEdit):
        actions.set_reach(unit, by=administrator, **values | {"phone": "020 7946 0124"})
    with pytest.raises(IntegrityError, match="reached_as_unit"), transaction.atomic():
        Organisation.objects.filter(slug="camden-lscb").update(phone="020 7946 0125")
