"""Fetching what an address names, as far as this person may see it."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from boards.models import AreaSettings, Organisation
from boards.switcher import chosen
from meetings.models import Action, Discussion, Invitation, Meeting
from meetings.rules import MEETING_RULES
from referrals.rules import units_of


def unit_for(request) -> Organisation:
    """The one that ``?borough=`` names, else of the borough in the bar above the page, else the first."""
    units = {unit.territory.slug: unit for unit in units_of(request.user)}
    asked = request.GET.get("borough")
    if not units or (asked and asked not in units):
        raise Http404
    here = chosen(request)
    return units[asked or (here.slug if here and here.slug in units else next(iter(units)))]


def settings_of(unit: Organisation) -> AreaSettings:
    return AreaSettings.objects.get(territory=unit.territory.area)


def meeting_of(request, reference: str, rule: str = "") -> Meeting:
    """With ``rule``: only for whom it allows, at the right moment."""
    found = Meeting.objects.for_user(request.user).select_related(
        "territory__parent", "organisation__territory__parent", "chair", "series", "postponed_to"
    )
    meeting = get_object_or_404(found, reference=reference)
    if rule:
        MEETING_RULES.require(rule, meeting, by=request.user)
    return meeting


def invitation_of(request, reference: str, agency: str, rule: str) -> Invitation:
    meeting = meeting_of(request, reference, rule)
    found = Invitation.objects.for_user(request.user).filter(meeting=meeting)
    invitation = get_object_or_404(found.select_related("agency", "territory"), agency__slug=agency)
    invitation.meeting = meeting
    return invitation


def discussions_of(request, meeting: Meeting) -> list[tuple[int, Discussion]]:
    """With their places; an agency gets those that it was given, under the places that they have for everybody."""
    seen = set(Discussion.objects.for_user(request.user).filter(meeting=meeting).values_list("pk", flat=True))
    found = meeting.discussions.select_related("case", "territory__parent")
    return [(place, d) for place, d in enumerate(found, 1) if d.pk in seen]


def discussion_of(request, reference: str, position: int) -> Discussion:
    meeting = meeting_of(request, reference)
    for place, discussion in discussions_of(request, meeting):
        if place == position:
            discussion.meeting = meeting
            return discussion
    raise Http404


def action_of(request, reference: str, position: int, number: int) -> Action:
    found = Action.objects.for_user(request.user).with_place()
    found = found.select_related(
        "agency", "discussion__case", "discussion__meeting__organisation", "discussion__territory__parent"
    )
    return get_object_or_404(found, discussion__meeting__reference=reference, place=position, number=number)
