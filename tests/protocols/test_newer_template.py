"""A newer template version: who follows an older one, and who is asked to take it."""

import pytest

from mappa_portal.home import tasks_of
from protocols.actions import drafting, templates
from tests.protocols.pages import text_of, url
from tests.world import TODAY


@pytest.fixture
def renewed(world):
    """Camden's protocol is in force and Hackney's a draft, both of version 1; version 2 is published."""
    world.in_force("camden")
    world.protocol("hackney")
    draft = templates.start_next(world.template(), by=world.co_ordinator)
    return templates.publish(draft, by=world.co_ordinator)


def asked(world, who: str) -> list[str]:
    person = getattr(world, who)
    with world.acting(person):
        return [f"{t.verb} {t.title}" for t in tasks_of(person, TODAY) if "newer template" in t.waiting]


def test_the_drafting_unit_is_asked_until_it_starts_the_next_version(world, renewed):
    wanted = ["Start version 2 of the Camden protocol"]
    assert asked(world, "camden_administrator") == wanted
    assert asked(world, "hackney_administrator") == asked(world, "camden_board_chair") == []
    version = renewed.template.protocols.get(about__slug="camden").versions.get()
    drafting.start_next(version, by=world.camden_administrator, template_version=renewed)
    assert asked(world, "camden_administrator") == []


def test_nobody_is_asked_while_the_newer_version_is_a_draft(world):
    world.in_force("camden")
    templates.start_next(world.template(), by=world.co_ordinator)
    assert asked(world, "camden_administrator") == []


def test_the_office_sees_which_borough_follows_which_version(world, renewed, browser):
    said = text_of(browser("co_ordinator").get(url(renewed)))
    assert "Which version boroughs follow" in said
    assert "Start version 2</td>" in said and "Submit version 1, then start version 2</td>" in said


def test_publishing_says_how_many_boroughs_follow_an_older_version(world, browser):
    world.protocol("camden")
    draft = templates.start_next(world.template(), by=world.co_ordinator)
    said = text_of(browser("co_ordinator").post(url(draft, "publish/"), follow=True))
    assert "Version 2 is published. 1 borough follows an older version" in said
