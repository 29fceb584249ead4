"""What search finds here: meetings by their reference or a case's, the portal's own or that of an imported file."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from mappa_portal.search import MOST, Hit, register
from mappa_portal.words import long_date
from meetings.models import Meeting
from referrals.models import Case


def find_meetings(user, query: str) -> Iterator[Hit]:
    """Whole references: an import may have brought any text, so nothing is compared but for equality."""
    named = {query, query.upper()}
    cases = Case.objects.for_user(user).called(named)
    found = Meeting.objects.for_user(user).filter(
        Q(pk__in=Meeting.objects.called(named)) | Q(discussions__case__in=cases)
    )
    for meeting in found.select_related("territory").distinct().order_by("-held_on", "-pk")[: MOST + 1]:
        yield Hit(
            f"Level {meeting.level} meeting, {meeting.territory}, {long_date(meeting.held_on)}",
            reverse("meetings:meeting", args=[meeting.reference]),
            meeting.reference,
            meeting.get_status_display(),
        )


register("meetings", find_meetings)
