"""Meetings that lie ahead, made through the real actions."""

from datetime import date, time, timedelta

from django.utils.timezone import localdate, now

from meetings.actions.meetings import set_up
from meetings.actions.standing_down import stand_down
from meetings.models import Contact, Meeting
from referrals.actions import write_tokens
from referrals.models import Case, LevelPeriod
from referrals.personal import Person

ADULT, CHILD = date(1980, 2, 3), date(2015, 2, 3)


def case(world, reference: str, *, borough="camden", level=2, since=None, born=ADULT) -> Case:
    place = world.territory(borough)
    made = Case.objects.create(
        territory=place,
        organisation=world.organisation(f"{borough}-mappa-unit"),
        reference=reference,
        personal=Person(birth_date=born).sealed(),
    )
    write_tokens([made])
    if level:
        LevelPeriod.objects.create(
            territory=place, case=made, level=level, starts_on=since or localdate() - timedelta(days=30)
        )
    return made


def contact(world, *slugs: str, borough="camden") -> None:
    for slug in slugs:
        Contact.objects.create(
            territory=world.territory(borough),
            organisation=world.organisation(f"{borough}-mappa-unit"),
            agency=world.organisation(slug),
            name="Robin Contact",
            email=f"{slug}@example.org",
        )


AGENCIES = ("camden-childrens-services", "camden-youth-justice-service", "camden-adult-social-care")


def plan(world, *, in_days=30, cases=(), agencies=(), borough="camden", **when) -> Meeting:
    """Without invitations sent; agencies by slug, all for all cases."""
    unit = world.organisation(f"{borough}-mappa-unit")
    usual = {"level": 2, "starts_at": time(10), "place": "Town hall"}
    return set_up(
        unit,
        by=getattr(world, f"{borough}_administrator"),
        at=now(),
        held_on=localdate() + timedelta(days=in_days),
        cases=[c.pk for c in cases],
        agencies=[world.organisation(slug).pk for slug in agencies],
        **usual | when,
    )


def begun(meeting: Meeting) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(held_on=localdate() - timedelta(days=1))
    return meeting


def excuse(world, meeting, slug, *, by=None, reason="Knows nobody here.", discussion=None):
    invitation = meeting.invitations.get(agency__slug=slug)
    by = by or world.camden_administrator
    return stand_down(invitation, reason=reason, by=by, at=now(), discussion=discussion)
