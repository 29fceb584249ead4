"""How an area works: what is refused, what a change does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from boards import actions
from boards.models import ApprovingBody, AreaSettings
from mappa_portal.exceptions import StaleEdit
from outbox.models import Message
from tests.boards.helpers import events


def test_an_auditor_reads_and_changes_nothing(world, client, settings_of_london):
    client.force_login(world.auditor)
    page = client.get("/admin/area/london/settings/meetings/").content.decode()
    assert "Days of notice" in page and '<button class="govuk-button" data-module' not in page
    sent = {"revision": 1, "notice_days": 21, "level2_grade": 2, "level3_grade": 3}
    assert client.post("/admin/area/london/settings/meetings/", sent).status_code == 403
    settings_of_london.refresh_from_db()
    assert settings_of_london.notice_days == 14


def test_settings_that_wait_for_returns_say_so(world, client):
    client.force_login(world.area_administrator)
    page = client.get("/admin/area/london/").content.decode()
    assert page.count("Used when") == page.count("Used when data returns start") == 1
    assert "Used when" not in client.get("/admin/area/london/settings/reviews/").content.decode()


SETTINGS = [
    (
        "meetings",
        {"notice_days": "0", "level2_grade": 2, "level3_grade": 3},
        "Notice must be between 1 and 60 days",
    ),
    (
        "meetings",
        {"notice_days": "61", "level2_grade": 2, "level3_grade": 3},
        "Notice must be between 1 and 60 days",
    ),
    ("returns", {"first_reminder_days": "2", "last_reminder_days": "2"}, "must be 3 days before or more"),
    ("copies", {"copy_days": "366", "copy_reminder_days": "7"}, "must be 365 or fewer"),
    ("figures", {"suppression_threshold": "4"}, "Smallest count shown must be 5 or more"),
    (
        "reviews",
        {"first_review_months": "a year", "review_months": 24, "review_anchor": "due"},
        "a whole number",
    ),
    (
        "levels",
        {"level1_review_months": 4, "level2_review_days": 0, "level3_review_days": 56},
        "must be 1 or more",
    ),
    ("escalation", {"step_1": 2, "step_2": "", "step_3": 10}, "Enter step 2"),
]


@pytest.mark.parametrize(("group", "sent", "error"), SETTINGS)
def test_settings_out_of_range_are_refused_with_the_input_kept(world, client, group, sent, error):
    client.force_login(world.area_administrator)
    response = client.post(f"/admin/area/london/settings/{group}/", {"revision": 1, **sent})
    assert response.status_code == 200
    assert error.lower() in response.content.decode().lower()
    assert AreaSettings.objects.get(territory__slug="london").revision == 1


def test_C2_a_stale_save_is_refused_with_both_versions_and_the_second_try_holds(
    world, client, settings_of_london
):
    actions.change_settings(settings_of_london, revision=1, by=world.area_administrator, notice_days=20)
    client.force_login(world.area_administrator)
    sent = {"revision": 1, "notice_days": 30, "level2_grade": 2, "level3_grade": 3}
    response = client.post("/admin/area/london/settings/meetings/", sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Area Administrator changed this at" in page and "Check their change, then save yours" in page
    assert ">20<" in page and ">30<" in page

    response = client.post("/admin/area/london/settings/meetings/", {**sent, "revision": 2})
    assert response.status_code == 302
    settings_of_london.refresh_from_db()
    assert (settings_of_london.notice_days, settings_of_london.revision) == (30, 3)


def test_C2_of_many_saves_at_once_one_holds(committed):
    administrator = committed.area_administrator

    def save(days: int) -> bool:
        try:
            with committed.scope():
                settings = AreaSettings.objects.get(territory__slug="london")
                actions.change_settings(settings, revision=1, by=administrator, notice_days=days)
            return True
        except StaleEdit:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        held = list(threads.map(save, range(20, 40)))
    assert held.count(True) == 1
    with committed.scope():
        after = AreaSettings.objects.get(territory__slug="london")
        assert (after.revision, after.notice_days) == (2, 20 + held.index(True))


def test_a_change_is_in_the_history_with_before_and_after(world, client, settings_of_london):
    with world.acting(world.area_administrator):
        actions.change_settings(settings_of_london, revision=1, by=world.area_administrator, notice_days=21)
    (event,) = events("settings.changed")
    change = event.changes.get()
    assert (change.before, change.after) == ({"notice_days": 14}, {"notice_days": 21})
    client.force_login(world.auditor)
    page = client.get("/admin/area/london/").content.decode()
    assert "Days of notice" in page and "by Area Administrator" in page


def test_the_threshold_only_rises(world, settings_of_london, administrator):
    actions.change_settings(settings_of_london, revision=1, by=administrator, suppression_threshold=10)
    with pytest.raises(ValidationError, match="10 or more"):
        actions.change_settings(settings_of_london, revision=2, by=administrator, suppression_threshold=5)


def test_approving_bodies_change_order_and_keep_what_they_see(world, client, settings_of_london):
    client.force_login(world.area_administrator)
    sent = {
        "revision": 1,
        "place_london-smb": 1,
        "sees_london-smb": "whole",
        "place_london-scb": 2,
        "sees_london-scb": "whole",
        "place_london-lscb-chairs": "",
        "sees_london-lscb-chairs": "whole",
        "confirmed": "yes",
        "reason": "Agreed",
    }
    assert client.post("/admin/area/london/approving-bodies/", sent).status_code == 302
    order = ApprovingBody.objects.values_list("organisation__slug", "position", "sees").order_by("position")
    assert list(order) == [("london-smb", 1, "whole"), ("london-scb", 2, "whole")]
    again = client.post(
        "/admin/area/london/approving-bodies/", {**sent, "revision": 2, "place_london-smb": 2}
    )
    assert "Give each body that approves a place of its own" in again.content.decode()
    with pytest.raises(ValidationError, match="not a board of the whole area"):
        foreign = [(world.organisation("west-yorkshire-smb"), "whole")]
        actions.set_approving_bodies(
            settings_of_london, bodies=foreign, revision=2, by=world.area_administrator
        )


NONE_APPROVE = {
    "place_london-scb": "",
    "sees_london-scb": "shared",
    "place_london-lscb-chairs": "",
    "sees_london-lscb-chairs": "whole",
    "place_london-smb": "",
    "sees_london-smb": "whole",
}


def test_removing_a_body_asks_first_says_what_follows_and_why_is_kept(world, client, settings_of_london):
    world.submitted("camden")
    client.force_login(world.area_administrator)
    url, sent = "/admin/area/london/approving-bodies/", {"revision": 1, **NONE_APPROVE}
    page = client.post(url, sent).text
    for text in (
        "Stop 3 bodies approving protocols?",
        "each protocol goes straight to signature",
        "1 protocol submitted before still needs its decision.",
        'name="sees_london-scb" value="shared"',
    ):
        assert text in page, text
    silent = client.post(url, {**sent, "confirmed": "yes", "reason": " "}).text
    assert "Enter why this body no longer approves" in silent and "There is a problem" in silent
    assert ApprovingBody.objects.count() == 3

    assert client.post(url, {**sent, "confirmed": "yes", "reason": "The SMB agreed"}).status_code == 302
    assert not ApprovingBody.objects.exists()
    [changed] = events("approving_bodies.changed")
    assert (changed.reason, changed.organisation.slug) == ("The SMB agreed", "london-mappa-executive-office")
    [mail] = Message.objects.filter(kind="approving_bodies")
    assert mail.to_email == world.co_ordinator.email
    assert "No longer approves: London SCB" in mail.text and "straight to signature" in mail.text


def test_another_order_asks_nothing_and_no_body_goes_without_a_reason(world, client, settings_of_london):
    client.force_login(world.area_administrator)
    order = {"revision": 1, **NONE_APPROVE} | {
        "place_london-smb": 1,
        "place_london-scb": 2,
        "place_london-lscb-chairs": 3,
    }
    assert client.post("/admin/area/london/approving-bodies/", order).status_code == 302
    assert not Message.objects.filter(kind="approving_bodies").exists()
    with pytest.raises(ValidationError, match="Enter why"):
        actions.set_approving_bodies(settings_of_london, bodies=[], revision=2, by=world.area_administrator)
