"""What became of the attendance files that somebody handed in, for the home page."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from mappa_portal.home import Task
from meetings.actions import attendance_files
from meetings.models import AttendanceFile

Status = AttendanceFile.Status
VERBS = {
    Status.CHECKED: "Import or delete",
    Status.DONE: "See what came of",
    Status.REFUSED: "See the faults in",
}


def tasks(user, today: date) -> Iterator[Task]:
    """Nothing while a worker is busy with it, nor of what its owner saw imported."""
    found = AttendanceFile.objects.for_user(user).filter(uploaded_by=user, status__in=VERBS)
    for kept in found.exclude(status=Status.DONE, rows__lte=attendance_files.AT_ONCE).order_by("pk"):
        url = reverse("meetings:import_file", args=[kept.key])
        title = f"an attendance file of {kept.size}"
        yield Task(title, url, None, str(kept.get_status_display()), VERBS[kept.status])
