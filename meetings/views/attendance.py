"""The attendance grid, each cell a native select, and one case a page; complete without scripts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from mappa_portal.exceptions import StaleEdit
from mappa_portal.words import clock
from meetings.actions.attendance import Saved, record_attendance
from meetings.attendees import TOO_LOW
from meetings.forms.attendance import CaseAttendanceForm
from meetings.grid import GRADES, MODES, Line, came_of, lines_of, marks_of
from meetings.models import Attendance, Discussion, Meeting
from meetings.rules import MEETING_RULES

OPTION, CHOSEN = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'
SELECT = '<select class="govuk-select app-grid__select" id="{0}" name="{0}" aria-label="{1}">{2}</select>'
WRONG = SELECT.replace(
    '__select"', '__select govuk-select--error" aria-invalid="true" aria-describedby="{0}-error"'
)
ERROR = (  # the whole text for those who hear it; the eye reads agency and case at the edges of the table
    '<p class="govuk-error-message" id="{}-error"><span class="govuk-visually-hidden">Error: {}: </span>{}</p>'
)
FILL = [("", "Choose for all"), *((v, label) for v, label in Attendance.Outcome.choices if v)]
SHOWN = 10  # of cells that are still open; the others are counted
CLASH = "Somebody else saved this attendance after you opened it."


@login_required
def attendance(request, reference: str):
    meeting = _meeting(request, reference)
    discussions = _discussions(meeting)
    lines = lines_of(meeting, discussions)
    if request.method != "POST":
        return _grid(request, meeting, discussions, lines)
    for line in lines:
        line.take(request.POST)
    if "fill" in request.POST or "confirmed" in request.POST:
        for line in lines if "confirmed" in request.POST else ():
            line.mark_confirmed()
        return _grid(request, meeting, discussions, lines)
    saved = _save(request, meeting, lines)
    if not request.accepts("text/html"):
        return _as_json(saved)
    if isinstance(saved, list):
        return _grid(request, meeting, discussions, lines, stale=saved)
    if still_open := [cell for line in lines for cell in line.still_open()]:
        meeting.revision = saved.revision
        return _grid(request, meeting, discussions, lines, still_open=still_open)
    return _finished(request, lines, saved, reference)


def _grid(request, meeting: Meeting, discussions, lines: list[Line], *, stale=(), still_open=()):
    fills = [_fill(f"all.{n}", f"All agencies, case {n}") for n in range(1, len(discussions) + 1)]
    context = {
        "meeting": meeting,
        "discussions": discussions,
        "columns": list(zip(fills, discussions, strict=True)),
        "lines": [(line, _cells(line, dict(line.still_open()) if still_open else {})) for line in lines],
        "people": [(line, _people(line)) for line in lines if line.open_parts],
        "too_low": TOO_LOW.format(meeting.level),
        "announced": any(line.announced for line in lines),
        "stale": stale,
        "still_open": still_open[:SHOWN],
        "more": max(0, len(still_open) - SHOWN),
    }
    return render(request, "meetings/attendance.html", context)


@login_required
def case(request, reference: str, position: int):
    """One case, a question for each agency: for small screens, and for whoever prefers it."""
    meeting = _meeting(request, reference)
    discussions = _discussions(meeting)
    if not 1 <= position <= len(discussions):
        raise Http404
    lines = lines_of(meeting, discussions)
    mine = [(line, part) for line in lines for place, part in line.open_parts if place == position]
    form = CaseAttendanceForm(request.POST or None, parts=mine, revision=meeting.revision)
    stale = []
    if request.method == "POST" and form.is_valid():
        for line, part in mine:
            line.take(request.POST)
            line.chosen[part.pk] = form.cleaned_data[line.key]
        saved = _save(request, meeting, lines, of=[part.pk for _, part in mine])
        if isinstance(saved, Saved):
            messages.success(request, f"Attendance of case {position} is saved.")
            _warn(request, [line for line, _ in mine], reference)
            following = position + 1
            if following <= len(discussions):
                return redirect("meetings:attendance_case", reference, following)
            return redirect("meetings:attendance", reference)
        stale, form = saved, form.again(meeting.revision)
    context = {
        "meeting": meeting,
        "position": position,
        "discussion": discussions[position - 1],
        "total": len(discussions),
        "form": form,
        "stale": stale,
    }
    return render(request, "meetings/attendance_case.html", context)


def _meeting(request, reference: str) -> Meeting:
    found = Meeting.objects.for_user(request.user).select_related("territory")
    meeting = get_object_or_404(found, reference=reference)
    MEETING_RULES.require("record", meeting, by=request.user)
    return meeting


def _discussions(meeting: Meeting) -> list[Discussion]:
    found = meeting.discussions.select_related("case")
    return list(found.prefetch_related("attendances__organisation__names"))


def _save(request, meeting: Meeting, lines: list[Line], of: list[int] | None = None) -> Saved | list[str]:
    """The differences where somebody else saved meanwhile; nothing that differs is no clash."""
    marks = marks_of(lines)
    if of is not None:
        marks = {pk: marks[pk] for pk in of}
    asked = request.POST.get("revision", "")
    revision = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    try:
        return record_attendance(
            meeting, marks=marks, came=came_of(lines), revision=revision, by=request.user
        )
    except StaleEdit:
        return [text for line in lines for text in line.differences()] or Saved(0, meeting.revision)


def _as_json(saved: Saved | list[str]) -> JsonResponse:
    """For the script that saves in the background."""
    if isinstance(saved, list):
        return JsonResponse({"problem": CLASH}, status=409)
    return JsonResponse({"revision": saved.revision, "at": clock(timezone.now())})


def _finished(request, lines: list[Line], saved: Saved, reference: str):
    changed = f"Attendance is saved, {saved.changed} changed." if saved.changed else "Attendance is saved."
    messages.success(request, changed)
    _warn(request, lines, reference)
    return redirect("meetings:meeting", reference)


def _warn(request, lines: list[Line], reference: str) -> None:
    """Names the agencies, each a link to where it is entered."""
    page = reverse("meetings:attendance", args=[reference])
    lacking = [(f"{page}#{line.key}.people", line.name) for line in lines if line.lacks_grade]
    if lacking:
        named = format_html_join(", ", '<a href="{}">{}</a>', lacking)
        text = "Seniority is not recorded for {}. Until it is, KPI 6 does not count who came."
        messages.warning(request, format_html(text, named))


# -- Cells as HTML: a template loop over options is many times dearer --


def _cells(line: Line, errors: dict[str, str]) -> list[tuple[str, object, str]]:
    """Label, content, and what the agency announced; the first fills the row."""
    if not line.open_parts:
        first = ("All cases", "", "")
    else:
        first = ("All cases", _fill(f"{line.key}.all", f"{line.name}, all cases"), "")
    return [first, *(_cell(line, place, part, errors) for place, part in enumerate(line.parts, 1))]


def _cell(line: Line, place: int, part: Attendance | None, errors: dict[str, str]) -> tuple[str, object, str]:
    label = f"Case {place}"
    if part is None or not part.invited:
        return label, "Not invited", ""
    if part.stood_down:
        return label, "Stood down", ""
    name, label_of, chosen = f"{line.key}.{place}", f"{line.name}, case {place}", line.chosen[part.pk]
    error = errors.get(name)
    select = _select(name, label_of, Attendance.Outcome.choices, chosen, WRONG if error else SELECT)
    if error:
        where, _, what = error.rpartition(": ")
        select = format_html("{}{}", format_html(ERROR, name, where, what), select)
    return label, select, line.announced


def _people(line: Line) -> list[dict]:
    """The fields of its representative and of its substitute."""
    return [
        {
            "prefix": line.prefix(role),
            "role": "Substitute" if role else "Representative",
            "person": person,
            "grade": _select(f"{line.prefix(role)}.grade", "", GRADES, person.grade or ""),
            "mode": _select(f"{line.prefix(role)}.mode", "", MODES, person.mode),
        }
        for role, person in line.people.items()
    ]


def _fill(name: str, label: str):
    return _select(name, label, FILL, "")


def _select(name: str, label: str, choices, chosen, template: str = SELECT):
    each = (format_html(CHOSEN if str(v) == str(chosen) else OPTION, v, text) for v, text in choices)
    options = format_html_join("", "{}", ((option,) for option in each))
    html = template if label else template.replace(' aria-label="{1}"', "")
    return format_html(html, name, label, options)
