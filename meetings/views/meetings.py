"""Meetings: the list, one meeting with everybody's attendance, and the import of a file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import DetailView, TemplateView

from boards.access import ForUserMixin, RuledMixin, seats_with
from boards.models import Organisation, Territory
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import short_date, tag
from meetings.actions.importing import import_attendance
from meetings.attendance_file import COLUMNS, FileRefused
from meetings.forms import ImportForm, MeetingFilterForm
from meetings.models import Attendance, Meeting
from meetings.rules import MEETING_RULES

STATUS = {"scheduled": "blue", "held": "green", "cancelled": "grey", "postponed": "grey", "abandoned": "grey"}
ORDER = ("-held_on", "-pk")


def boroughs_of(user) -> list[Territory]:
    """Whose meetings this person records: the boroughs of his or her MAPPA units."""
    units = [s.organisation for s in seats_with(user, "record_meeting")]
    return sorted(
        {u.territory for u in units if u.kind == Organisation.Kind.UNIT and u.territory.kind == "borough"},
        key=str,
    )


class MeetingList(LoginRequiredMixin, TemplateView):
    template_name = "meetings/list.html"

    def get_context_data(self, **kwargs):
        form = MeetingFilterForm(self.request.GET or None)
        asked = form.cleaned_data if form.is_valid() else {}
        found = Meeting.objects.for_user(self.request.user).listed()
        for name in ("status", "level"):
            if asked.get(name):
                found = found.filter(**{name: asked[name]})
        page = keyset(found, self.request, *ORDER)
        return super().get_context_data(
            **kwargs,
            filters=form,
            filtered=any(asked.values()),
            page=page,
            columns=["Reference", "Date", "Level", "Cases", "Attendance recorded", "Status"],
            rows=[_row(meeting) for meeting in page],
            may_import=bool(boroughs_of(self.request.user)),
        )


def _row(meeting: Meeting) -> list:
    url = reverse("meetings:meeting", args=[meeting.reference])
    return [
        format_html('<a class="govuk-link" href="{}">{}</a>', url, meeting.reference),
        short_date(meeting.held_on),
        meeting.level,
        meeting.cases,
        f"{meeting.expected - meeting.unrecorded} of {meeting.expected}",
        tag(meeting.get_status_display(), STATUS[meeting.status]),
    ]


class MeetingDetail(LoginRequiredMixin, RuledMixin, ForUserMixin, DetailView):
    rules = MEETING_RULES
    queryset = Meeting.objects.select_related("territory", "organisation")
    template_name = "meetings/detail.html"
    slug_field = slug_url_kwarg = "reference"

    def get_context_data(self, **kwargs):
        discussions = list(
            self.object.discussions.select_related("case").prefetch_related(
                "attendances__organisation__names"
            )
        )
        agencies = sorted(
            {a.organisation for d in discussions for a in d.attendances.all()}, key=lambda o: o.name
        )
        return super().get_context_data(
            **kwargs,
            discussions=discussions,
            columns=["Agency", *(d.case.reference for d in discussions)],
            rows=[_attendance(agency, discussions, self.object.held_on) for agency in agencies],
            colour=STATUS[self.object.status],
        )


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


@login_required
def import_file(request):
    """The door of the contract's file: check it first, then import it; every fault by line."""
    boroughs = boroughs_of(request.user)
    if not boroughs:
        raise PermissionDenied("Attendance is imported by the people of a borough's MAPPA unit.")
    form = ImportForm(request.POST if request.method == "POST" else None, request.FILES or None)
    done, faults, preview = None, [], "check" in request.POST
    if request.method == "POST" and form.is_valid():
        try:
            done = import_attendance(
                form.cleaned_data["rows"], boroughs=boroughs, by=request.user, preview=preview
            )
        except FileRefused as refused:
            faults = refused.faults
    if done and not preview:
        messages.success(request, f"The file was imported: {done}.")
        return redirect("meetings:list")
    context = {
        "form": form,
        "done": done,
        "faults": [(f.line, f.column, f.message) for f in faults or form.faults],
        "boroughs": boroughs,
        "fault_columns": ["Line", "Column", "What is expected"],
        "header": ",".join(COLUMNS),
    }
    return render(request, "meetings/import.html", context)
