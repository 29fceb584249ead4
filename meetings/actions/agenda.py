"""Which cases a meeting discusses, and which agencies are asked to which of them."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now

from audit.events import record
from boards.access import share_many, unshare
from boards.models import Organisation
from mappa_portal.words import long_date, lower_first
from meetings.actions import invitations, notifications
from meetings.actions.locks import keep, take
from meetings.actions.standing_down import excuse
from meetings.ages import state_age
from meetings.models import Attendance, Discussion, Invitation, Meeting
from meetings.rules import MEETING_RULES
from referrals.models import Case

Part = tuple[int, int]  # discussion, agency


@transaction.atomic
def choose_cases(meeting: Meeting, *, cases: Mapping[int, bool | None], revision: int, by) -> Meeting:
    """In this order; the values state who is under 18, for those whose birth date nobody knows."""
    meeting = take(meeting, revision)
    MEETING_RULES.require("invite", meeting, by=by)
    must_have_one_subject(meeting, len(cases))
    found = Case.objects.filter(organisation_id=meeting.organisation_id).in_bulk(cases)
    must_not_have_ended(found.values())
    there = {d.case_id: d for d in meeting.discussions.select_related("case")}
    before = _references(there.values())
    everywhere = _asked_to_all(meeting, there.values())
    _forget((d for pk, d in there.items() if pk not in found), by)
    kept = [pk for pk in cases if pk in found]
    new = []
    for position, pk in enumerate(kept, 1):
        discussion = there.get(pk) or Discussion(
            territory_id=meeting.territory_id, meeting=meeting, case=found[pk]
        )
        discussion.position = position
        discussion.responsible_csc_id = found[pk].responsible_csc_id
        state_age(discussion, meeting.held_on, cases[pk])
        if pk not in there:
            new.append(discussion)
    Discussion.objects.bulk_update(
        [there[pk] for pk in kept if pk in there],
        ["position", "responsible_csc", "under_18", "under_18_stated"],
    )
    Discussion.objects.bulk_create(new)
    add_parts(meeting, {(d.pk, agency) for d in new for agency in everywhere})
    _withdraw_without_parts(meeting, by)
    notifications.close_unexpected(meeting, by=by)
    keep(meeting)
    after = [found[pk].reference for pk in kept]
    record("meeting.cases_chosen", meeting, by=by, before={"cases": before}, after={"cases": after})
    return meeting


def must_have_one_subject(meeting: Meeting, cases: int) -> None:
    if meeting.is_emergency and cases > 1:
        raise ValidationError({"cases": "A single-subject meeting discusses one case. Select one"})


def must_not_have_ended(cases: Iterable[Case]) -> None:
    for case in cases:
        if case.merged_into_id:
            raise ValidationError(
                {"cases": f"Case {case} was merged into {case.merged_into}. Put that on instead"}
            )
        if case.ended_on:
            over = (
                f"Case {case} has ended: {lower_first(case.get_ending_display())}, {long_date(case.ended_on)}"
            )
            raise ValidationError({"cases": f"{over}. Take it off"})


def _references(discussions: Iterable[Discussion]) -> list[str]:
    return [d.case.reference for d in sorted(discussions, key=lambda d: d.position)]


def _asked_to_all(meeting: Meeting, discussions) -> set[int]:
    """Agencies that hear every case so far: they hear an added one too."""
    ids = {d.pk for d in discussions}
    heard: dict[int, set[int]] = {}
    for discussion, agency in _asked(meeting):
        heard.setdefault(agency, set()).add(discussion)
    return {agency for agency, those in heard.items() if those == ids}


def _asked(meeting: Meeting) -> set[Part]:
    expected = Attendance.objects.required().filter(discussion__meeting=meeting)
    return set(expected.values_list("discussion", "organisation"))


def _forget(discussions: Iterable[Discussion], by) -> None:
    """Before anything was said about the case: with everybody's sight of it."""
    for discussion in discussions:
        groups = discussion.grants.values("group")
        for agency in Organisation.objects.filter(group__in=groups):
            unshare(discussion, with_=agency)
        notifications.detach(discussion, by=by)
        discussion.delete()


def _withdraw_without_parts(meeting: Meeting, by) -> None:
    """Agencies that were asked to nothing but the cases taken off."""
    left = meeting.invitations.standing().exclude(agency__in={agency for _, agency in _asked(meeting)})
    _drop_invitations(left)
    for invitation in left.sent().select_related("agency", "meeting"):
        excuse(invitation, "The cases that it was asked to are no longer discussed.", by, now())


@transaction.atomic
def choose_agencies(meeting: Meeting, *, parts: Mapping[int, Iterable[int]], revision: int, by) -> Meeting:
    """``parts``: the cases that each agency is asked to. One that was told already is only ever asked to more."""
    meeting = take(meeting, revision)
    MEETING_RULES.require("invite", meeting, by=by)
    by_case = dict(meeting.discussions.values_list("case", "pk"))
    asked = _asked(meeting)
    told = set(_told(meeting).values_list("agency", flat=True))
    wanted = {(by_case[case], agency) for agency, cases in parts.items() for case in cases if case in by_case}
    wanted |= {part for part in asked if part[1] in told}
    before = _names(agency for _, agency in asked)
    _drop_parts(meeting, asked - wanted)
    _invite(meeting, {agency for _, agency in wanted})
    add_parts(meeting, wanted - asked)
    notifications.close_unexpected(meeting, by=by)
    keep(meeting)
    after = _names(agency for _, agency in wanted)
    if asked != wanted:
        record(
            "meeting.agencies_chosen", meeting, by=by, before={"agencies": before}, after={"agencies": after}
        )
    return meeting


def _names(agencies: Iterable[int]) -> list[str]:
    return sorted(Organisation.objects.filter(pk__in=set(agencies)).values_list("name", flat=True))


def _told(meeting: Meeting):
    return meeting.invitations.standing().filter(sent_at__isnull=False)


def _drop_parts(meeting: Meeting, parts: set[Part]) -> None:
    """Of agencies that were never told of the meeting."""
    rows = Attendance.objects.filter(discussion__meeting=meeting).only("pk", "discussion", "organisation")
    gone = [row.pk for row in rows if (row.discussion_id, row.organisation_id) in parts]
    Attendance.objects.filter(pk__in=gone).delete()


def _invite(meeting: Meeting, agencies: set[int]) -> None:
    """An invitation for each, not sent yet; one that was stood down is asked anew."""
    _drop_invitations(meeting.invitations.exclude(agency__in=agencies))
    meeting.invitations.filter(agency__in=agencies, stood_down_at__isnull=False).update(
        stood_down_at=None, stood_down_reason="", sent_at=None
    )
    Invitation.objects.bulk_create(
        (
            Invitation(territory_id=meeting.territory_id, meeting=meeting, agency_id=a)
            for a in sorted(agencies)
        ),
        ignore_conflicts=True,
    )


def _drop_invitations(left) -> None:
    """Of those not sent as they stand: what was sent before keeps its letters and replies, stood down again."""
    unsent = left.standing().filter(sent_at=None)
    unsent.filter(letter=None).delete()
    unsent.update(stood_down_at=now(), stood_down_reason="Not chosen again.")


def add_parts(meeting: Meeting, parts: set[Part]) -> None:
    """Expected there from now on; an agency that was told already sees the case at once, and hears of it."""
    rows = [
        Attendance(territory_id=meeting.territory_id, discussion_id=d, organisation_id=agency)
        for d, agency in sorted(parts)
    ]
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["territory", "discussion", "organisation"],
        update_fields=["invited", "stood_down"],
    )
    told = {i.agency_id: i.agency for i in _told(meeting).select_related("agency")}
    discussions = {d.pk: d for d in meeting.discussions.select_related("territory")}
    opened = [(d, told[agency]) for d, agency in sorted(parts) if agency in told]
    share_many((discussions[d], agency) for d, agency in opened)
    if opened:
        invitations.announce_cases(meeting, {agency.pk for _, agency in opened})
