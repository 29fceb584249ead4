"""What the register of meetings says of a case: its meetings and the next review, on its page and in lists."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html

from boards.sections import Section
from mappa_portal.templatetags.govuk import Row, tag
from mappa_portal.words import long_date
from meetings import ages, erasing, packs, panel  # noqa: F401  (register themselves)
from meetings.actions import notifications
from meetings.models import Action, Discussion, Meeting, Minutes, Notification
from referrals import rooms
from referrals.models import Case
from referrals.models.cases import of_one_person

COLOURS = {"scheduled": "blue", "held": "green"}


@rooms.reviews
def annotate(cases: QuerySet) -> QuerySet:
    held = Discussion.objects.filter(
        case__in=of_one_person("pk"), territory=OuterRef("territory"), meeting__status=Meeting.Status.HELD
    ).order_by("-meeting__held_on", "-pk")
    return cases.annotate(
        last_review=Subquery(held.values("meeting__held_on")[:1]),
        review_decided=Subquery(held.values("next_review_on")[:1]),
    )


@rooms.hears
def hearings(case: Case) -> list[rooms.Hearing]:
    held = Discussion.objects.filter(case__in=case.family, meeting__status=Meeting.Status.HELD)
    found = held.order_by("-meeting__held_on", "-pk").values_list("meeting__reference", "meeting__held_on")
    return [rooms.Hearing(reference, held_on) for reference, held_on in found]


@rooms.sections.register
def meetings(user, case: Case, today: date) -> Section:
    found = Discussion.objects.filter(case__in=case.whole, meeting__in=Meeting.objects.for_user(user))
    heard = found.select_related("meeting").order_by("-meeting__held_on", "-pk")
    return Section("Meetings", [_row(discussion) for discussion in heard])


def _row(discussion: Discussion) -> Row:
    meeting = discussion.meeting
    state = tag(meeting.get_status_display(), COLOURS.get(meeting.status, "grey"))
    decided = discussion.get_level_decided_display()
    after = f", decided: {decided}" if decided else ""
    return Row(
        long_date(meeting.held_on),
        format_html("{} Level {} meeting {}{}", state, meeting.level, meeting.reference, after),
        reverse("meetings:meeting", args=[meeting.reference]),
        "Open",
    )


@rooms.sections.register
def agencies_told(user, case: Case, today: date) -> Section:
    """Before panels, and by the lead agency's word."""
    told = Notification.objects.for_user(user).filter(case__in=case.whole).defer("known")
    rows = [
        _told(each) for each in told.select_related("agency", "case", "discussion__meeting").order_by("-pk")
    ]
    return Section("Agencies told", rows)


def _told(notification: Notification) -> Row:
    state = "" if notification.is_open else " (withdrawn)"
    said = f"{long_date(notification.notified_at)}: {notification.get_answer_display() or 'not checked yet'}{state}"
    meeting = notification.meeting
    where = ("notified", meeting.reference) if meeting else ("told_outside", notification.case.reference)
    url = reverse(f"meetings:{where[0]}", args=where[1:])
    return Row(str(notification.agency), said, url, "Open")


@rooms.ends
def ended(case: Case, by) -> None:
    notifications.close_ended(case, by=by)


@rooms.traces
def traces(case: Case) -> dict[str, list[int]]:
    heard = Discussion.objects.filter(case=case)
    meetings = heard.values("meeting")
    return {
        "meetings.discussion": list(heard.values_list("pk", flat=True)),
        "meetings.action": list(Action.objects.filter(discussion__in=heard).values_list("pk", flat=True)),
        "meetings.minutes": list(Minutes.objects.filter(meeting__in=meetings).values_list("pk", flat=True)),
        "meetings.notification": list(case.notifications.values_list("pk", flat=True)),
    }


@rooms.meets
def meets(referrals: QuerySet) -> QuerySet:
    """The first meeting with the case on its agenda since the referral was accepted, unless it came to nothing."""
    since = {"meeting__held_on__gte": OuterRef("since")}
    same = of_one_person("case", "case__merged_into")
    found = Discussion.objects.filter(case__in=same, territory=OuterRef("territory"), **since).order_by(
        "meeting__held_on", "pk"
    )
    planned = found.filter(meeting__status__in=[Meeting.Status.SCHEDULED, Meeting.Status.HELD])
    held = found.filter(meeting__status=Meeting.Status.HELD)
    return referrals.annotate(
        on=Subquery(planned.values("meeting__reference")[:1]),
        heard_on=Subquery(held.values("meeting__held_on")[:1]),
    )
