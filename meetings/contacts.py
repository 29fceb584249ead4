"""The directory of contacts of one borough: an entry an agency, whom nobody confirmed in time, whose mail came back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from boards.dates import add_months
from boards.directory import organisations_covering
from boards.models import AreaSettings, Organisation, Territory
from meetings.models import Contact
from meetings.seniority import is_too_junior
from outbox.jobs import post
from outbox.models import Message

ASK_AGAIN = timedelta(days=14)


@dataclass(frozen=True)
class Entry:
    """``contact`` None: the agency has none. ``refused`` is the newest email to the contact if it came back."""

    agency: Organisation
    contact: Contact | None
    due_on: date | None
    refused: Message | None
    minima: dict[int, int]

    def is_overdue(self, today: date) -> bool:
        return bool(self.contact) and (self.due_on is None or self.due_on <= today)

    def is_to_ask(self, today: date) -> bool:
        asked = self.contact and self.contact.asked_on
        return self.is_overdue(today) and not (asked and today < asked + ASK_AGAIN)

    @property
    def too_junior_for(self) -> list[int]:
        """The levels at which the usual representative does not count."""
        grade = self.contact and self.contact.representative_grade
        return [level for level, needed in self.minima.items() if is_too_junior(grade, needed)]


def entries(unit: Organisation) -> list[Entry]:
    """One for each agency that covers the borough; ended contacts are left out."""
    borough, rules = unit.territory, AreaSettings.objects.get(territory=unit.territory.area)
    held = {c.agency_id: c for c in Contact.objects.current().filter(organisation=unit)}
    elsewhere = Q(pk__in=held)  # another borough's agency that is asked here too
    agencies = organisations_covering([borough]).filter(kind=Organisation.Kind.AGENCY)
    agencies = Organisation.objects.filter(Q(pk__in=agencies.values("pk")) | elsewhere).order_by("name")
    refused = _refused(borough, [c.email for c in held.values()])
    return [_entry(agency, held.get(agency.pk), refused, rules) for agency in agencies]


def _entry(agency: Organisation, contact: Contact | None, refused: dict, rules: AreaSettings) -> Entry:
    minima = {level: rules.lowest_grade(agency, level) for level in (2, 3)}
    if contact is None:
        return Entry(agency, None, None, None, minima)
    return Entry(agency, contact, due_on(contact, rules), refused.get(contact.email), minima)


def due_on(contact: Contact, rules: AreaSettings) -> date | None:
    """By when the contact confirms again; None: never confirmed yet."""
    return contact.confirmed_on and add_months(contact.confirmed_on, rules.contact_months)


def _refused(borough: Territory, emails: list[str]) -> dict[str, Message]:
    sent = Message.objects.filter(territory=borough, to_email__in=emails).defer("text", "html")
    newest = sent.order_by("to_email", "-created_at", "-pk").distinct("to_email")
    return {m.to_email: m for m in newest if m.state == Message.State.FAILED}


def ask_the_due(borough: Territory, today: date) -> None:
    """At night: one job for each contact and due date; whoever does not answer is shown as overdue."""
    for contact in _due(borough, today):
        post("meetings.ask_contact", contact, key=str(contact.confirmed_on or "first"))


def _due(borough: Territory, today: date) -> Iterator[Contact]:
    rules = AreaSettings.objects.get(territory=borough.area)
    for contact in Contact.objects.current().filter(territory=borough):
        due = due_on(contact, rules)
        if due is None or due <= today:
            yield contact
