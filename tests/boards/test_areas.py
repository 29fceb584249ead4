"""The areas that ship with the portal, and the demonstration people in them."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.models import Event
from boards import areas, demo
from boards.agencies import AGENCY_TYPES
from boards.areas.facts import AREAS
from boards.models import (
    Appointment,
    ApprovingBody,
    AreaSettings,
    Coverage,
    Organisation,
    OrganisationName,
    Territory,
)
from boards.scope import everywhere, scope
from tests.conftest import EMPTY, _owner
from tests.world import TODAY

LONDON = [("london-scb", "shared"), ("london-lscb-chairs", "whole"), ("london-smb", "whole")]
EXPECTED = [  # boroughs, organisations, then settings: term, signatory, marking, first review, later ones
    ("london", 33, 246, ("LSCB", "unit", "OFFICIAL-SENSITIVE", 12, 24), LONDON),
    (
        "west-yorkshire",
        5,
        47,
        ("LSCP", "smb", "OFFICIAL-SENSITIVE", 24, 36),
        [("west-yorkshire-smb", "whole")],
    ),
    (
        "thames-valley",
        9,
        73,
        ("LSCB", "smb", "OFFICIAL-SENSITIVE", 12, 12),
        [("thames-valley-smb", "whole")],
    ),
    ("merseyside", 5, 47, ("LSCP", "smb", "OFFICIAL", 6, 24), [("merseyside-smb", "whole")]),
]
MADE = (Territory, Group, Organisation, OrganisationName, Coverage, AreaSettings, ApprovingBody, Event)


@pytest.fixture
def empty(committed):
    """A portal that was just migrated."""
    with _owner() as owner:
        owner.execute(EMPTY)


def content() -> dict:
    named = everywhere()
    with scope(named.territories, named.areas):
        return {model: sorted(model.objects.values_list(), key=str) for model in MADE}


def test_load_area_makes_each_area_with_its_differences_and_twice_is_once(empty, capsys):
    for slug, boroughs, organisations, settings, bodies in EXPECTED:
        call_command("load_area", slug)
        assert f"{boroughs} boroughs, {organisations} organisations" in capsys.readouterr().out
        area = Territory.objects.get(slug=slug)
        with scope([area.pk], [area.pk]):
            made = AreaSettings.objects.get(territory=area)
            terms = (made.board_term, made.mappa_signatory, made.marking)
            assert (*terms, made.first_review_months, made.review_months) == settings
            assert (made.notice_days, made.escalation_days) == (14, [2, 5, 10])
            order = ApprovingBody.objects.values_list("organisation__slug", "sees")
            assert list(order.order_by("position")) == bodies
    once = content()
    for slug, *_ in EXPECTED:
        call_command("load_area", slug)
    assert content() == once
    _every_borough_is_complete()


def _every_borough_is_complete():
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH):
        covering = Organisation.objects.filter(coverage__borough=borough)
        agencies = sorted(covering.filter(kind="agency").values_list("agency_type", flat=True))
        assert agencies == sorted(AGENCY_TYPES), borough
        assert covering.get(kind="board").name_on(TODAY).endswith("Partnership")
        assert covering.filter(kind="unit", territory=borough).count() == 1
        assert covering.filter(kind="unit", territory=borough.parent).count() == 1


def test_load_area_keeps_what_was_changed_since(empty):
    call_command("load_area", "merseyside")
    area = Territory.objects.get(slug="merseyside")
    with scope([area.pk], [area.pk]):
        AreaSettings.objects.update(notice_days=21)
    Organisation.objects.filter(slug="wirral-board").update(name="Wirral Partnership")
    changed = content()
    call_command("load_area", "merseyside")
    assert content() == changed


def test_codes_and_slugs_are_unique_over_all_areas():
    places = [(b.code, b.slug) for facts in AREAS.values() for b in facts.boroughs]
    places += [(facts.code, facts.slug) for facts in AREAS.values()] + [("PTL", "portal")]
    for values in zip(*places, strict=True):
        assert len(set(values)) == len(values) == 57
    slugs = [plan.slug for facts in AREAS.values() for plan in facts.organisations]
    assert len(set(slugs)) == len(slugs)


def test_an_unknown_area_is_named_with_those_that_there_are(db):
    with pytest.raises(CommandError, match="no area “atlantis”"):
        call_command("load_area", "atlantis")


@pytest.mark.parametrize(
    ("slug", "day", "name"),
    [
        ("camden-board", "2019-09-28", "Camden Safeguarding Children Board"),
        ("camden-board", "2019-09-29", "Camden Safeguarding Children Partnership"),
        ("london-prb", "2014-05-31", "London Probation Trust"),
        ("london-prb", "2014-06-01", "National Probation Service, London"),
        ("london-prb", "2021-06-26", "Probation Service, London"),
    ],
)
def test_a_record_shows_the_name_that_held_on_its_day(slug, day, name):
    (plan,) = [plan for plan in AREAS["london"].organisations if plan.slug == slug]
    assert [n for first, last, n in plan.dated_names if str(first or "") <= day <= str(last or "9")] == [name]


def test_the_demonstration_fills_each_seat_once_and_refuses_a_second_time(empty):
    areas.load(AREAS["london"])
    demo.refuse_a_portal_in_use()
    loaded = demo.load(TODAY)

    assert loaded == demo.Loaded(areas=4, people=User.objects.count())
    assert len(set(User.objects.values_list("name", flat=True))) == loaded.people
    camden = Appointment.objects.filter(organisation__coverage__borough__slug="camden").distinct()
    seats = set(camden.values_list("organisation__slug", "seat"))
    assert {("camden-mappa", "chair"), ("camden-board", "chair"), ("camden-csc", "spoc")} <= seats
    police = Appointment.objects.get(organisation__slug="london-pol")
    assert [b.slug for b in police.boroughs.all()] == ["camden"]
    assert Appointment.objects.overdue(TODAY).exists()
    for borough in Territory.objects.filter(kind="borough"):
        chairs = Appointment.objects.filter(organisation__coverage__borough=borough, seat="chair")
        assert sorted(chairs.values_list("organisation__kind", flat=True)) == ["board", "unit"]
    with pytest.raises(demo.NotEmpty, match="accounts of people"):
        demo.refuse_a_portal_in_use()


def test_the_demonstration_refuses_other_organisations(empty):
    areas.load(AREAS["merseyside"])
    group = Group.objects.create(name="own")
    wirral = Territory.objects.get(slug="wirral")
    Organisation.objects.create(territory=wirral, kind="unit", slug="own", name="Our unit", group=group)
    with pytest.raises(demo.NotEmpty, match="Our unit"):
        demo.refuse_a_portal_in_use()


def test_load_demo_leaves_a_portal_in_use_as_it_was(world):
    before = Territory.objects.count(), User.objects.count()
    with pytest.raises(CommandError, match="This portal is in use"):
        call_command("load_demo")
    assert (Territory.objects.count(), User.objects.count()) == before
