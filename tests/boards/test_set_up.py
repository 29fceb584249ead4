"""Area set-up: who opens which page."""

import pytest

from tests.boards.helpers import UNIT, appointment

READ = [
    "/admin/area/london/",
    "/admin/area/london/settings/reviews/",
    "/admin/area/london/settings/escalation/",
    "/admin/area/london/approving-bodies/",
    "/admin/area/london/boroughs/",
    "/admin/area/london/organisations/",
    f"/admin/area/london/organisations/{UNIT}/",
    "/admin/area/london/people/",
]
CHANGE = [
    "/admin/area/london/add-organisation/",
    f"/admin/area/london/organisations/{UNIT}/rename/",
    f"/admin/area/london/organisations/{UNIT}/coverage/",
    f"/admin/area/london/organisations/{UNIT}/appoint/",
    "/admin/area/london/organisations/metropolitan-police/grades/",
    f"/admin/area/london/organisations/{UNIT}/reach/",
]
WHO = [  # reading, changing
    ("area_administrator", 200, 200),
    ("auditor", 200, 403),
    ("co_ordinator", 403, 403),
    ("camden_administrator", 403, 403),
    ("smb_chair", 403, 403),
    ("leeds_co_ordinator", 404, 404),
    ("nobody", 404, 404),
]


@pytest.mark.parametrize(("who", "reading", "changing"), WHO)
def test_who_opens_which_page(world, client, who, reading, changing):
    client.force_login(getattr(world, who))
    one = appointment(world, "camden_administrator").reference
    pages = [(url, reading) for url in READ] + [(url, changing) for url in CHANGE]
    pages += [(f"/admin/area/london/people/{one}/", reading)]
    pages += [(f"/admin/area/london/people/{one}/{verb}/", changing) for verb in ("change", "end")]
    found = {url: client.get(url).status_code for url, _ in pages}
    assert found == dict(pages)
