"""The import of an attendance file: hand it in once, see what it gives, import it or not."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from boards.models import Territory
from meetings import import_help as guide
from meetings.actions import attendance_files
from meetings.attendance_file import COLUMNS, FileRefused, Row
from meetings.forms.importing import ImportForm
from meetings.kept_file import unpack_faults
from meetings.models import AttendanceFile
from meetings.progress import progress_of
from meetings.rules import ATTENDANCE_FILE_RULES
from referrals.rules import units_of

FAULT_COLUMNS = ["Line", "Column", "What is expected"]
COLOURS = {"checking": "blue", "checked": "yellow", "importing": "blue", "done": "green", "refused": "red"}


@login_required
def import_file(request):
    """Each fault by line; a file without any is kept, sealed, until its owner has seen what it gives."""
    boroughs, units = _boroughs(request), units_of(request.user)
    form = ImportForm(request.POST if request.method == "POST" else None, request.FILES or None)
    faults = []
    if request.method == "POST" and form.is_valid():
        rows = form.cleaned_data["rows"]
        try:
            kept = attendance_files.keep(
                form.cleaned_data["data"],
                rows,
                name=form.cleaned_data["file"].name,
                boroughs=boroughs,
                unit=_unit(rows, units),
                by=request.user,
            )
        except FileRefused as refused:
            faults = refused.faults
        else:
            return redirect("meetings:import_file", kept.key)
    context = {
        "form": form,
        "faults": _listed(faults or form.faults),
        "boroughs": boroughs,
        "fault_columns": FAULT_COLUMNS,
    }
    return render(request, "meetings/import.html", context)


@login_required
def import_help(request):
    boroughs = _boroughs(request)
    context = {
        "columns": guide.columns(),
        "column_headings": ["Column", "What it says", "What it may be"],
        "boroughs": [(b, guide.agencies_of(b)) for b in boroughs],
        "borough_names": [(b.slug, b.name) for b in boroughs],
        "borough_headings": ["Short name", "Borough"],
        "agency_headings": ["Code", "Agency"],
        "others": guide.others(boroughs),
        "header": ",".join(COLUMNS),
    }
    return render(request, "meetings/import_help.html", context)


@login_required
def import_sample(request):
    """No export: its two rows are made up, and a marking would be a column too many."""
    headers = {"Content-Disposition": 'attachment; filename="attendance-sample.csv"'}
    body = guide.sample(_boroughs(request)[0])
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _boroughs(request) -> list[Territory]:
    if units := units_of(request.user):
        return [unit.territory for unit in units]
    raise PermissionDenied("Attendance is imported by the people of a borough's MAPPA unit.")


def _unit(rows: list[Row], units):
    """Of the borough that the file is about; of several, the first of the person's."""
    named = {row.borough for row in rows}
    return next((unit for unit in units if unit.territory.slug in named), units[0])


def _listed(faults) -> list[tuple]:
    return [(fault.line, fault.column, fault.message) for fault in faults]


@login_required
def kept_file(request, key):
    kept = _kept(request, key)
    context = {
        "kept": kept,
        "progress": progress_of(kept),
        "colour": COLOURS[kept.status],
        "allowed": ATTENDANCE_FILE_RULES.allowed(request.user, kept),
        "faults": _listed(unpack_faults(kept.faults)),
        "fault_columns": FAULT_COLUMNS,
    }
    return render(request, "meetings/import_file.html", context)


@login_required
@require_POST
def start(request, key):
    kept = _kept(request, key)
    boroughs = [unit.territory for unit in units_of(request.user)]
    kept = attendance_files.start_import(kept, boroughs=boroughs, by=request.user)
    if kept.status == AttendanceFile.Status.DONE:
        messages.success(request, f"The file was imported: {kept.said}.")
        return redirect("meetings:list")
    return redirect("meetings:import_file", kept.key)


@login_required
@require_POST
def discard(request, key):
    kept = _kept(request, key)
    was_done = kept.status == AttendanceFile.Status.DONE
    attendance_files.discard(kept, by=request.user)
    messages.success(
        request, "The result is closed." if was_done else "The file is deleted. Nothing was imported."
    )
    return redirect("meetings:import")


def _kept(request, key) -> AttendanceFile:
    found = AttendanceFile.objects.for_user(request.user).select_related(
        "territory", "organisation", "uploaded_by"
    )
    return get_object_or_404(found, key=key)
