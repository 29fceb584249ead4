"""The attendance grid: agencies by cases, each cell a native select; complete without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join

from boards import agencies
from boards.models import Organisation
from mappa_portal.exceptions import StaleEdit
from meetings.actions.attendance import Mark, record_attendance
from meetings.models import Attendance, Meeting, Mode
from meetings.rules import MEETING_RULES

OPTION, CHOSEN = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'
SELECT = '<select class="govuk-select app-grid__select" id="{0}" name="{0}" aria-label="{1}">{2}</select>'
GRADES = [("", "Not recorded"), *agencies.GRADES]
MODES = [("", "Not recorded"), *Mode.choices]


@dataclass
class Line:
    """One agency: its parts by case, and what is chosen for its attendee."""

    agency: Organisation
    name: str
    parts: list[Attendance | None]
    chosen: dict[int, str] = field(default_factory=dict)
    grade: str = ""
    mode: str = ""

    @property
    def key(self) -> str:
        return self.agency.slug

    def take_recorded(self) -> None:
        there = [p for p in self.parts if p]
        self.chosen = {p.pk: p.outcome.value for p in there}
        self.grade = next((str(p.grade) for p in there if p.grade), "")
        self.mode = next((p.mode for p in there if p.mode), "")

    def take_posted(self, posted) -> None:
        """What is not sent, or not on offer, stays as it is recorded."""
        self.take_recorded()
        for place, part in enumerate(self.parts, 1):
            if part:
                asked = posted.get(f"{self.key}.{place}")
                self.chosen[part.pk] = asked if asked in Attendance.Outcome.values else self.chosen[part.pk]
        self.grade = _known(posted.get(f"{self.key}.grade"), GRADES, self.grade)
        self.mode = _known(posted.get(f"{self.key}.mode"), MODES, self.mode)

    def marks(self) -> Iterator[tuple[int, Mark]]:
        for part in self.parts:
            if part and part.is_expected:
                grade = int(self.grade) if self.grade else None
                yield part.pk, Mark(self.chosen[part.pk], self.mode, grade)


def _known(value: str | None, choices, otherwise: str) -> str:
    return value if value in {str(choice) for choice, _ in choices} else otherwise


@login_required
def attendance(request, reference: str):
    meeting = get_object_or_404(
        Meeting.objects.for_user(request.user).select_related("territory"), reference=reference
    )
    MEETING_RULES.require("record", meeting, by=request.user)
    discussions = list(
        meeting.discussions.select_related("case").prefetch_related("attendances__organisation__names")
    )
    lines = _lines(discussions, meeting)
    stale = []
    if request.method == "POST":
        for line in lines:
            line.take_posted(request.POST)
        if "all_attended" in request.POST:
            _mark_all(lines)
        elif (stale := _save(request, meeting, lines)) is None:
            return redirect("meetings:meeting", reference)
    else:
        for line in lines:
            line.take_recorded()
    context = {
        "meeting": meeting,
        "revision": meeting.revision,
        "columns": ["Agency", "Seniority", "How", *(d.case.reference for d in discussions)],
        "rows": [_row(line, discussions) for line in lines],
        "stale": stale,
    }
    return render(request, "meetings/attendance.html", context)


def _lines(discussions, meeting: Meeting) -> list[Line]:
    agencies = {a.organisation_id: a.organisation for d in discussions for a in d.attendances.all()}
    lines = []
    for agency in sorted(agencies.values(), key=lambda o: o.name):
        parts = [
            next((a for a in d.attendances.all() if a.organisation_id == agency.pk), None)
            for d in discussions
        ]
        lines.append(Line(agency, agency.name_on(meeting.held_on), parts))
    return lines


def _mark_all(lines: list[Line]) -> None:
    """What nobody has recorded yet becomes attended, on the page only: it counts once it is saved."""
    for line in lines:
        for part in line.parts:
            if part and part.is_expected and not line.chosen[part.pk]:
                line.chosen[part.pk] = Attendance.Outcome.ATTENDED.value


def _save(request, meeting: Meeting, lines: list[Line]) -> list[str] | None:
    """None when it is saved; else what somebody else recorded meanwhile where the two differ."""
    marks = dict(mark for line in lines for mark in line.marks())
    asked = request.POST.get("revision", "")
    revision = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    try:
        changed = record_attendance(meeting, marks=marks, revision=revision, by=request.user)
    except StaleEdit:
        return [text for line in lines for text in _differences(line)] or None
    missing = sum(1 for mark in marks.values() if mark.outcome == "attended" and not mark.grade)
    messages.success(
        request, f"Attendance is saved, {changed} changed." if changed else "Nothing had changed."
    )
    if missing:
        messages.warning(
            request,
            "Seniority is not recorded for every agency that attended: KPI 6 does not count these yet.",
        )
    return None


def _differences(line: Line) -> Iterator[str]:
    for part in line.parts:
        if part and line.chosen[part.pk] != part.outcome.value:
            yours = Attendance.Outcome(line.chosen[part.pk]).label
            yield f"{line.name}, {part.discussion.case.reference}: now {part.outcome.label}, yours {yours}"


def _row(line: Line, discussions) -> list:
    cells = [
        _cell(line, place, part, discussion)
        for place, (part, discussion) in enumerate(zip(line.parts, discussions, strict=True), 1)
    ]
    if not any(part and part.is_expected for part in line.parts):
        return [line.name, "", "", *cells]
    grade = _select(f"{line.key}.grade", f"{line.name}, seniority of who attended", GRADES, line.grade)
    mode = _select(f"{line.key}.mode", f"{line.name}, how", MODES, line.mode)
    return [line.name, grade, mode, *cells]


def _cell(line: Line, place: int, part: Attendance | None, discussion):
    if part is None or not part.invited:
        return "Not invited"
    if part.stood_down:
        return "Stood down"
    label = f"{line.name}, {discussion.case.reference}"
    return _select(f"{line.key}.{place}", label, Attendance.Outcome.choices, line.chosen[part.pk])


def _select(name: str, label: str, choices, chosen: str):
    each = (format_html(CHOSEN if str(v) == str(chosen) else OPTION, v, text) for v, text in choices)
    options = format_html_join("", "{}", ((option,) for option in each))
    return format_html(SELECT, name, label, options)
