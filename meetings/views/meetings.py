"""The page of one meeting: for its MAPPA unit all of it, for an invited agency its own part."""

from datetime import timedelta

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localdate, now
from django.views.generic import DetailView

from boards.access import ForUserMixin, RuledMixin, organisations_of
from boards.models import Organisation
from mappa_portal.templatetags.govuk import Row, short_date, tag
from mappa_portal.words import clock, weekday_date
from meetings.actions import chasing
from meetings.actions.calls import notice_of
from meetings.history import history_of
from meetings.models import Attendance, Discussion, Invitation, Meeting, Notification, PhoneCall
from meetings.panel import FOR_THE_PANEL, for_the_panel
from meetings.readiness import Readiness, readiness_of, reply_of
from meetings.rules import INVITATION_RULES, MEETING_RULES
from meetings.views.calendar import STATUS
from meetings.views.planning import warning_about
from referrals.models import Disclosure


class MeetingDetail(LoginRequiredMixin, RuledMixin, ForUserMixin, DetailView):
    """For its MAPPA unit all of it; an invited agency sees when and where, its own cases and its own reply."""

    rules = MEETING_RULES
    queryset = Meeting.objects.select_related(
        "territory__parent", "organisation__territory__parent", "chair", "series", "postponed_to"
    )
    slug_field = slug_url_kwarg = "reference"

    @property
    def is_ours(self) -> bool:
        return self.object.organisation_id in organisations_of(self.request.user)

    def get_template_names(self):
        return ["meetings/detail.html" if self.is_ours else "meetings/detail_agency.html"]

    def get_context_data(self, **kwargs):
        shown = {
            "colour": STATUS[self.object.status],
            "sitting": sitting_rows(self.object),
            **(self._ours() if self.is_ours else self._theirs()),
        }
        return super().get_context_data(**kwargs, **shown)

    def _theirs(self) -> dict:
        user, meeting = self.request.user, self.object
        discussions = list(Discussion.objects.for_user(user).filter(meeting=meeting).select_related("case"))
        invitations = Invitation.objects.for_user(user).filter(meeting=meeting)
        mine = list(invitations.select_related("agency").prefetch_related("replies"))
        for invitation in mine:
            invitation.meeting = meeting
        may = [(i, "answer" in INVITATION_RULES.allowed(user, i)) for i in mine]
        told = Notification.objects.read_by(user).open().filter(discussion__meeting=meeting)
        return {
            "discussions": discussions,
            "replies": [(i, reply_of(i), answers) for i, answers in may],
            "notified": told.select_related("agency").order_by("agency_id").distinct("agency_id"),
        }

    def _ours(self) -> dict:
        meeting = self.object
        discussions = list(
            meeting.discussions.select_related("case").prefetch_related("attendances__organisation__names")
        )
        ready, checked = readiness_of(meeting), _checks(meeting)
        return {
            "discussions": discussions,
            "ready": ready,
            "clock": notice_of(meeting, localdate()) if meeting.is_planned or meeting.invited_on else None,
            "warning": warning_about(meeting.held_on) if meeting.is_planned else "",
            "cases": [_case(d, checked.get(d.pk, [])) for d in discussions],
            "disclosures": [_disclosure(d) for d in for_the_panel(meeting, self.request.user)],
            "disclosure_columns": ["Disclosure", "Case", "What the panel does"],
            "agencies": [_agency(i, meeting, _excused(i, discussions)) for i in ready.invitations],
            "calls": _calls(ready.calls, meeting),
            **_reminders(ready, localdate()),
            "moments": history_of(meeting),
            "agency_columns": ["Agency", "Invited", "Reply", "Excuse"],
            "call_columns": ["Call", "When", "Who spoke", "Outcome"],
            "case_columns": ["Case", "Age on the day", "Checks of agencies"],
            "replaces": list(Meeting.objects.for_user(self.request.user).filter(postponed_to=meeting)),
            **_attendances(discussions, meeting),
        }


def _reminders(ready: Readiness, today) -> dict:
    """Whether it is time to chase those who are silent, and when they are reminded without anybody's doing."""
    asked = [(i.meeting.held_on, localdate(i.sent_at)) for i in ready.silent]
    days = {day for held_on, asked_on in asked for day in chasing.days_ahead(held_on, asked_on, today)}
    is_time = any(chasing.is_time(held_on, asked_on, today) for held_on, asked_on in asked)
    return {"time_to_chase": is_time, "reminders": " and on ".join(map(weekday_date, sorted(days)))}


def sitting_rows(meeting: Meeting) -> list[Row]:
    """When and where, for everybody who may open it."""
    hours = clock(meeting.starts) if meeting.starts_at else "Not recorded"
    if meeting.starts_at:
        hours += f" to {clock(meeting.starts + timedelta(minutes=meeting.minutes_long))}"
    return [
        Row("Date", weekday_date(meeting.held_on)),
        Row("Time", hours),
        Row("Place", meeting.place or "None recorded"),
        Row("Video link", meeting.video or "None"),
        Row("Chair", meeting.chair.name if meeting.chair else "Not known yet"),
    ]


def _checks(meeting: Meeting) -> dict[int, list[Notification]]:
    """What agencies say of each case that they were told of."""
    told = Notification.objects.open().filter(discussion__meeting=meeting).defer("known")
    checked: dict[int, list[Notification]] = {}
    for each in told.select_related("agency", "discussion__meeting").order_by("agency__name"):
        checked.setdefault(each.discussion_id, []).append(each)
    return checked


def _said(notification: Notification):
    said = notification.get_answer_display() or "waiting"
    if notification.is_overdue(localdate()):
        said = tag("Overdue", "orange")
    return notification.agency, said


def _case(discussion: Discussion, told: list[Notification]) -> list:
    age = {True: "Under 18", False: "18 or over", None: "Age not known"}[discussion.under_18]
    url = reverse("referrals:case", args=[discussion.case.reference])
    link = format_html('<a class="govuk-link" href="{}">{}</a>', url, discussion.case.reference)
    checks = format_html_join("", "{}: {}<br>", map(_said, told)) or "Nobody was told"
    return [link, age + (" (stated)" if discussion.under_18_stated else ""), checks]


def _disclosure(disclosure: Disclosure) -> list:
    url = reverse("disclosures:disclosure", args=[disclosure.reference])
    link = format_html('<a class="govuk-link" href="{}">{}</a>', url, disclosure.reference)
    return [link, disclosure.case.reference, FOR_THE_PANEL[disclosure.status]]


def _excused(invitation: Invitation, discussions) -> list[str]:
    """The cases from which its agency was stood down."""
    parts = [(d.case.reference, part) for d in discussions for part in d.attendances.all()]
    return [ref for ref, part in parts if part.organisation_id == invitation.agency_id and part.stood_down]


LINK = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>'


def _agency(invitation: Invitation, meeting: Meeting, excused: list[str]) -> list:
    where = [meeting.reference, invitation.agency.slug]
    link = format_html(LINK, reverse("meetings:stand_down", args=where), "Stand down", invitation.agency)
    if excused:
        again = format_html(
            LINK, reverse("meetings:invite_again", args=where), "Invite again", invitation.agency
        )
        link = format_html("{}<br>Stood down for {}: {}", link, ", ".join(excused), again)
    ahead = meeting.is_planned and not meeting.has_begun(now())
    sent = short_date(invitation.sent_at) if invitation.sent_at else "Not sent"
    return [invitation.agency.name_on(meeting.held_on), sent, reply_of(invitation), link if ahead else ""]


def _calls(calls: list[PhoneCall], meeting: Meeting) -> list[list]:
    """The record of an agency's newest call can be corrected; those before stand as they are."""
    newest = {call.invitation_id: call for call in calls}
    return [_call(call, meeting, call is newest[call.invitation_id]) for call in calls]


def _call(call: PhoneCall, meeting: Meeting, is_newest: bool) -> list:
    url = reverse("meetings:call", args=[meeting.reference, call.invitation.agency.slug])
    link = f"Phone {call.invitation.agency}"
    if is_newest:
        link = format_html('<a class="govuk-link" href="{}">{}</a>', url, link)
    if call.made_at is None:
        return [link, f"Due {short_date(call.due_on)}", "", ""]
    who = call.made_by.name if call.made_by else "The portal"
    return [link, short_date(call.made_at), f"{who} to {call.spoke_to}", call.outcome]


def _attendances(discussions, meeting: Meeting) -> dict:
    agencies = sorted(
        {a.organisation for d in discussions for a in d.attendances.all()}, key=lambda o: o.name
    )
    return {
        "columns": ["Agency", *(d.case.reference for d in discussions)],
        "rows": [_attendance(agency, discussions, meeting.held_on) for agency in agencies],
    }


def _attendance(agency: Organisation, discussions, day) -> list:
    cells = [agency.name_on(day)]
    for discussion in discussions:
        part = next((a for a in discussion.attendances.all() if a.organisation_id == agency.pk), None)
        cells.append(outcome(part) if part else "Not invited")
    return cells


def outcome(part: Attendance) -> str:
    """One attendance in words; unknown and "no" never read alike."""
    if part.stood_down:
        return "Stood down"
    if part.attended is None:
        return "Not recorded" if part.invited else "Not invited"
    if not part.attended:
        why = {True: "explained absence", False: "no explanation", None: "absent"}[part.explained]
        return f"Report only, {why}" if part.report else why.capitalize()
    details = [part.get_mode_display(), part.get_grade_display()]
    return ", ".join(["Attended", *(text.lower() for text in details if text)])
