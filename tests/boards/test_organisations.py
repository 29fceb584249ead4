"""Organisations: added, renamed, covering boroughs."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from boards import actions
from boards.access import seats_of
from boards.models import AreaSettings
from mappa_portal.exceptions import Conflict, StaleEdit
from tests.boards.helpers import events


def add(world, **values):
    settings = AreaSettings.objects.get(territory__slug="london")
    return actions.add_organisation(settings, by=world.area_administrator, **values)


def test_an_organisation_stands_in_its_only_borough_else_in_the_area(world):
    camden, hackney = world.territory("camden"), world.territory("hackney")
    one = add(world, kind="agency", agency_type="HSG", name="Camden Housing", boroughs=[camden])
    two = add(world, kind="agency", agency_type="HPR", name="North Trust", boroughs=[camden, hackney])
    assert (one.territory, two.territory.slug) == (camden, "london")
    assert set(two.boroughs.all()) == {camden, hackney}
    assert [event.territory.slug for event in events("organisation.added")] == ["london", "london"]


REFUSED = [
    ({"kind": "smb", "name": "Second SMB"}, [], "has its Strategic Management Board"),
    ({"kind": "board", "name": "Second board"}, ["camden"], "has a safeguarding board already"),
    ({"kind": "unit", "name": "Second unit"}, ["camden"], "has a MAPPA unit already"),
    ({"kind": "unit", "name": "Wide unit"}, ["camden", "hackney"], "Select one borough"),
    ({"kind": "agency", "agency_type": "HSG", "name": "Nowhere"}, [], "Select at least one borough"),
    ({"kind": "agency", "agency_type": "HSG", "name": "Abroad"}, ["leeds"], "Select boroughs of London"),
    (
        {"kind": "agency", "agency_type": "HSG", "name": "metropolitan police"},
        ["camden"],
        "of this name already",
    ),
    ({"kind": "regional_board", "name": "Region"}, ["camden"], "select no boroughs"),
]


@pytest.mark.parametrize(("values", "boroughs", "error"), REFUSED)
def test_organisations_that_cannot_be(world, values, boroughs, error):
    with pytest.raises(ValidationError, match=error):
        add(world, **values, boroughs=[world.territory(slug) for slug in boroughs])


def test_renaming_keeps_the_old_name_for_the_old_days(world, administrator):
    board, today = world.organisation("camden-lscb"), localdate()
    actions.rename(board, name="Camden Partnership", since=today, by=administrator)
    actions.rename(board, name="Camden Partnership", since=today, by=administrator)
    board = world.organisation("camden-lscb")
    assert board.name == board.name_on(today) == "Camden Partnership"
    assert board.name_on(today - timedelta(days=1)) == "Camden LSCB"
    assert len(events("organisation.renamed")) == 1
    for since, error in ((today, "must be after"), (today + timedelta(days=1), "today or in the past")):
        with pytest.raises(ValidationError, match=error):
            actions.rename(board, name="Other", since=since, by=administrator)


def test_A6_coverage_taken_away_opens_nothing_with_the_next_request(world, client):
    police, camden = world.organisation("metropolitan-police"), world.territory("camden")
    rest = [b for b in police.boroughs.all() if b != camden]
    assert seats_of(world.camden_police_spoc)[0].boroughs == {camden.pk}
    actions.cover(police, boroughs=rest, revision=1, by=world.area_administrator)
    assert seats_of(world.camden_police_spoc)[0].boroughs == set()
    with pytest.raises(StaleEdit):
        actions.cover(police, boroughs=[camden], revision=1, by=world.area_administrator)
    with pytest.raises(Conflict, match="looks across the area"):
        actions.cover(
            world.organisation("london-smb"), boroughs=[camden], revision=1, by=world.area_administrator
        )


def test_no_organisation_matches(world, client):
    client.force_login(world.auditor)
    page = client.get("/admin/area/london/organisations/?q=zzz").content.decode()
    assert "No organisation matches these filters." in page
