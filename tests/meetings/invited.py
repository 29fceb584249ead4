"""A meeting with agencies, contacts and cases, made row by row."""

from datetime import time, timedelta

from django.utils.timezone import localdate

from boards.models import Organisation
from meetings.models import Attendance, Contact, Discussion, Invitation, Meeting
from referrals.models import Case

NAMES = {"CSC": "Jo Marsh", "YOT": "Sam Osei", "ASC": "Kim Patel", "POL": "Lee Brandt"}


class Invited:
    """``agencies`` by code, each with a contact whose usual representative is Rep of CSC and so on."""

    def __init__(self, world, borough: str = "camden"):
        self.world, self.borough = world, world.territory(borough)
        self.unit = world.organisation(f"{borough}-mappa-unit")
        self.by = getattr(world, f"{borough}_administrator")

    def agency(self, code: str) -> Organisation:
        return Organisation.objects.get(kind="agency", agency_type=code, coverage__borough=self.borough)

    def contact(self, code: str, **more) -> Contact:
        values = {
            "name": NAMES[code],
            "email": f"{code.lower()}@{self.borough.slug}.example",
            "representative": f"Rep of {code}",
            "representative_job_title": "Service manager",
            "representative_grade": 3,
        }
        return Contact.objects.create(
            territory=self.borough, organisation=self.unit, agency=self.agency(code), **values | more
        )

    def meeting(self, *codes: str, days: int = 21, cases: int = 2, contacts: bool = True, **more) -> Meeting:
        """In so many days; each agency is asked for every case, and nothing has been sent."""
        number = Meeting.objects.filter(territory=self.borough).count() + 1
        values = {
            "level": 2,
            "held_on": localdate() + timedelta(days=days),
            "starts_at": time(10),
            "minutes_long": 120,
            "place": "Room 4, Town Hall",
            "reference": f"{self.borough.code}-M-2026-{number:03}",
        }
        made = Meeting.objects.create(territory=self.borough, organisation=self.unit, **values | more)
        for position in range(1, cases + 1):
            self._discussion(made, position, codes)
        for code in codes:
            if contacts and not self._has_contact(code):
                self.contact(code)
            Invitation.objects.create(territory=self.borough, meeting=made, agency=self.agency(code))
        return made

    def _has_contact(self, code: str) -> bool:
        return Contact.objects.current().filter(organisation=self.unit, agency=self.agency(code)).exists()

    def _discussion(self, meeting: Meeting, position: int, codes) -> None:
        common = {"territory": self.borough}
        case, _ = Case.objects.get_or_create(
            **common, organisation=self.unit, reference=f"{self.borough.code}-C-2026-{position:03}"
        )
        heard = Discussion.objects.create(**common, meeting=meeting, case=case, position=position)
        Attendance.objects.bulk_create(
            Attendance(**common, discussion=heard, organisation=self.agency(code)) for code in codes
        )

    def invitation(self, meeting: Meeting, code: str) -> Invitation:
        found = Invitation.objects.select_related("agency", "contact", "letter", "meeting__organisation")
        return found.get(meeting=meeting, agency=self.agency(code))
