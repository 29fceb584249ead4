"""An agency's contact for one borough: entered by the MAPPA unit, confirmed every few months by the contact."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.events import record
from boards.models import Organisation
from mappa_portal.exceptions import StaleEdit
from meetings.links import new_link
from meetings.models import Contact
from meetings.rules import CONTACT_RULES
from outbox import mail

DETAILS = (
    *("name", "job_title", "email", "phone"),
    *("representative", "representative_job_title", "representative_grade"),
    *("cover_name", "cover_email", "cover_from", "cover_until"),
)
ONE = "This agency has a contact already. Change it or end it first."


@transaction.atomic
def add_contact(unit: Organisation, agency: Organisation, *, by, **details) -> Contact:
    contact = Contact(territory=unit.territory, organisation=unit, agency=agency, **details)
    CONTACT_RULES.require("add", contact, by=by)
    _check(contact)
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        raise ValidationError(ONE) from None
    record("contact.added", contact, by=by, reference=agency.slug, after=_details(contact))
    return contact


@transaction.atomic
def change_contact(contact: Contact, *, revision: int, by, **details) -> Contact:
    contact = take(contact)
    CONTACT_RULES.require("change", contact, by=by)
    if contact.revision != revision:
        raise StaleEdit(contact)
    return _write(contact, details, by=by, name="contact.changed")


@transaction.atomic
def end_contact(contact: Contact, *, on: date, today: date, by) -> Contact:
    """A leaver: letters go to the next contact, and the link in sent mail opens nothing."""
    contact = take(contact)
    CONTACT_RULES.require("end", contact, by=by)
    if on > today:
        raise ValidationError({"on": "Last day must be today or in the past"})
    contact.ended_on, contact.token_digest, contact.revision = on, "", contact.revision + 1
    contact.save(update_fields=["ended_on", "token_digest", "revision"])
    record("contact.ended", contact, by=by, reference=contact.agency.slug, after={"ended_on": on})
    return contact


# -- By link, without an account --


@transaction.atomic
def confirm_by_link(contact: Contact, *, revision: int, today: date, **details) -> Contact:
    """What stands is right, or is now; the same answer again on the same day changes nothing."""
    contact = take(contact)
    CONTACT_RULES.require("confirm", contact, by=None)
    if details and contact.revision != revision:
        raise StaleEdit(contact)
    contact = _write(contact, details, by=None, name="contact.changed")
    if contact.confirmed_on != today:
        contact.confirmed_on = today
        contact.save(update_fields=["confirmed_on"])
        record("contact.confirmed", contact, by=None, reference=contact.agency.slug)
    return contact


@transaction.atomic
def ask(contact: Contact, *, today: date, by) -> Contact:
    """Write to the contact, with a link that takes the place of any before; once a day is enough."""
    contact = take(contact)
    CONTACT_RULES.require("ask", contact, by=by)
    if contact.asked_on == today and contact.token_digest:
        return contact
    token, contact.token_digest = new_link(contact.territory)
    contact.asked_on = today
    contact.save(update_fields=["token_digest", "asked_on"])
    mail.send(
        "contact",
        contact,
        {
            "agency": contact.agency,
            "borough": contact.territory,
            "unit": contact.organisation,
            "link": f"{settings.PUBLIC_URL}{reverse('meetings:contact_link', args=[token])}",
        },
        key=f"contact:{contact.pk}:{today}:{contact.revision}",
        subject=f"Contact details to confirm: MAPPA meetings, {contact.territory}",
        territory=contact.territory,
    )
    record("contact.asked", contact, by=by, reference=contact.agency.slug)
    return contact


def take(contact: Contact) -> Contact:
    """Locked to the end of the transaction."""
    found = Contact.objects.select_for_update(of=["self"])
    return found.select_related("agency", "organisation", "territory__parent").get(pk=contact.pk)


def _write(contact: Contact, details: dict, *, by, name: str) -> Contact:
    before = _details(contact)
    vars(contact).update(details)
    after = _details(contact)
    changed = [field for field in DETAILS if before[field] != after[field]]
    if changed:
        _check(contact)
        contact.revision += 1
        if "email" in changed:
            contact.token_digest = ""  # the link in a letter to the address before
        contact.save(update_fields=[*changed, "revision", "token_digest"])
        old, new = ({field: values[field] for field in changed} for values in (before, after))
        record(name, contact, by=by, reference=contact.agency.slug, before=old, after=new)
    return contact


def _details(contact: Contact) -> dict:
    return {field: getattr(contact, field) for field in DETAILS}


def _check(contact: Contact) -> None:
    if contact.cover_email and not (contact.cover_name and contact.cover_from):
        raise ValidationError({"cover_name": "Enter who covers, and from when"})
    if contact.cover_from and contact.cover_until and contact.cover_until < contact.cover_from:
        raise ValidationError({"cover_until": "Cover must end the same day as or after it starts"})
