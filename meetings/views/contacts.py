"""The directory of contacts: the list, one agency's contact, and the page behind the link in a letter."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from boards.models import Organisation
from boards.switcher import unit_here
from mappa_portal.action_form import ActionFormView
from mappa_portal.exceptions import Gone, StaleEdit
from mappa_portal.forms import attempt
from mappa_portal.templatetags.govuk import Row, tag
from mappa_portal.words import long_date, plural, short_date
from meetings.actions import contacts as actions
from meetings.attendees import TOO_LOW
from meetings.contacts import Entry, entries
from meetings.forms.contacts import ContactForm, EndContactForm
from meetings.links import behind_link
from meetings.models import Contact
from meetings.rules import CONTACT_RULES
from referrals.rules import units_of

COLUMNS = ("Agency", "Contact", "Usually comes", "Confirmed", "State")


def _unit(request) -> Organisation:
    """Of the borough that the person works on just now."""
    units = units_of(request.user)
    if not units:
        raise PermissionDenied("Contacts are kept by the people of a borough’s MAPPA unit.")
    return unit_here(request, units)


@login_required
def contact_list(request):
    unit, today = _unit(request), localdate()
    found = entries(unit)
    context = {
        "unit": unit,
        "columns": COLUMNS,
        "rows": [_row(unit, entry, today) for entry in found],
        "to_ask": [entry for entry in found if entry.is_to_ask(today)],
        "missing": sum(entry.contact is None for entry in found),
    }
    return render(request, "meetings/contacts.html", context)


@login_required
@require_POST
def ask_all(request):
    """Everybody who is due and was not asked lately."""
    unit, today = _unit(request), localdate()
    due = [entry.contact for entry in entries(unit) if entry.is_to_ask(today)]
    for contact in due:
        actions.ask(contact, today=today, by=request.user)
    messages.success(request, f"{plural(len(due), 'contact')} asked to confirm.")
    return redirect(f"{reverse('meetings:contacts')}?borough={unit.territory.slug}")


def _row(unit: Organisation, entry: Entry, today) -> list:
    url = reverse("meetings:contact", args=[unit.territory.slug, entry.agency.slug])
    contact = entry.contact
    if contact is None:
        add = format_html('<a class="govuk-link" href="{}">Add one</a>', url)
        return [entry.agency, format_html("{} has no contact. {}", entry.agency, add), "", "", ""]
    name = format_html('<a class="govuk-link" href="{}">{}</a>', url, contact.name)
    grade = contact.get_representative_grade_display()
    usual = format_html("{}{}", contact.representative or contact.name, f", {grade}" if grade else "")
    return [entry.agency, name, usual, short_date(contact.confirmed_on) or "Not yet", state(entry, today)]


def state(entry: Entry, today):
    """In tags; the text carries the meaning."""
    found = []
    if entry.refused:
        found.append((tag(f"Email refused on {short_date(entry.refused.created_at)}", "red"),))
    if entry.is_overdue(today):
        asked = entry.contact.asked_on
        found.append(
            (tag(f"Asked on {short_date(asked)}", "blue") if asked else tag("To confirm", "orange"),)
        )
    if entry.too_junior_for:
        levels = " and ".join(str(level) for level in entry.too_junior_for)
        found.append((tag(TOO_LOW.format(levels), "yellow"),))
    return format_html_join(" ", "{}", found) if found else tag("Up to date", "green")


class ContactMixin(LoginRequiredMixin):
    """The agency that the address names, and its contact for the borough if it has one."""

    template_name = "meetings/contact.html"

    @cached_property
    def unit(self) -> Organisation:
        mine = {u.territory.slug: u for u in units_of(self.request.user)}
        try:
            return mine[self.kwargs["borough"]]
        except KeyError:
            raise Http404 from None

    @cached_property
    def entry(self) -> Entry:
        named = [e for e in entries(self.unit) if e.agency.slug == self.kwargs["agency"]]
        if not named:
            raise Http404
        return named[0]

    @property
    def record(self) -> Contact | None:
        return self.entry.contact

    def done(self, text: str):
        messages.success(self.request, text)
        return redirect(f"{reverse('meetings:contacts')}?borough={self.unit.territory.slug}")

    def get_context_data(self, **kwargs):
        contact = self.record
        allowed = CONTACT_RULES.allowed(self.request.user, contact) if contact else set()
        shared = {"unit": self.unit, "agency": self.entry.agency, "contact": contact, "allowed": allowed}
        return super().get_context_data(**shared | kwargs)


class ContactEdit(ContactMixin, ActionFormView):
    """Adds the agency's contact, or changes it."""

    form_class, record_name = ContactForm, "contact"

    def get_context_data(self, **kwargs):
        contact = self.record
        words = {"title": "Change contact", "button": "Save contact"}
        if contact is None:
            words = {"title": "Add contact", "button": "Add contact"}
        rows = list(_facts(self.entry, localdate())) if contact else []
        return super().get_context_data(**words | {"rows": rows} | kwargs)

    def act(self, form):
        if self.record is None:
            actions.add_contact(self.unit, self.entry.agency, by=self.request.user, **form.details)
            return self.done(f"{self.entry.agency} has a contact now.")
        revision = form.cleaned_data["revision"]
        actions.change_contact(self.record, revision=revision, by=self.request.user, **form.details)
        return self.done(f"The contact of {self.entry.agency} is saved.")


def _facts(entry: Entry, today):
    contact = entry.contact
    yield Row("State", state(entry, today))
    yield Row("Confirmed", long_date(contact.confirmed_on) or "Not yet")
    yield Row("Confirms again by", long_date(entry.due_on) or "As soon as asked")
    yield Row("Last asked", long_date(contact.asked_on) or "Not yet")
    if entry.refused:
        url = reverse("outbox:message", args=[entry.refused.reference])
        yield Row("Email", f"Email refused on {long_date(entry.refused.created_at)}", url, "Open")


class ContactEnd(ContactMixin, ActionFormView):
    form_class = EndContactForm
    title, button = "End contact", "End contact"

    def get_initial(self):
        if self.record is None:
            raise Http404
        CONTACT_RULES.require("end", self.record, by=self.request.user)
        return {"on": localdate()}

    def act(self, form):
        actions.end_contact(self.record, **form.cleaned_data, today=localdate(), by=self.request.user)
        return self.done(f"{self.entry.agency} has no contact now. Add one.")


@login_required
@require_POST
def ask(request, borough: str, agency: str):
    units = [u for u in units_of(request.user) if u.territory.slug == borough]
    held = Contact.objects.current().filter(organisation__in=units, agency__slug=agency)
    contact = actions.ask(get_object_or_404(held), today=localdate(), by=request.user)
    messages.success(request, f"{contact.name} is asked to confirm.")
    return redirect("meetings:contact", borough, agency)


# -- Behind the link of a letter: no account, and opening it changes nothing --


@behind_link(Contact)
def contact_link(request, contact: Contact, *_):
    if not contact.link_holds(localdate()):
        raise Gone
    contact = Contact.objects.select_related("agency", "organisation", "territory").get(pk=contact.pk)
    changes = request.method == "POST" and "change" in request.POST
    form = ContactForm(request.POST if changes else None, contact=contact)
    if request.method == "POST":
        if not changes:
            actions.confirm_by_link(contact, revision=contact.revision, today=localdate())
            return redirect(request.path)
        if form.is_valid() and (changed := _changed(contact, form)):
            if changed.token_digest:
                return redirect(request.path)
            contact, form = changed, None  # another address: the link has ended, and this is its last page
    context = {"contact": contact, "form": form, "rows": _details(contact), "done": _is_done(contact)}
    return render(request, "meetings/contact_link.html", context)


def _changed(contact: Contact, form) -> Contact | None:
    revision = form.cleaned_data["revision"]
    try:
        return attempt(
            form,
            lambda: actions.confirm_by_link(contact, revision=revision, today=localdate(), **form.details),
        )
    except StaleEdit as stale:
        form.add_error(None, str(stale))
        form.data = form.data.copy()
        form.data["revision"] = stale.current.revision
        return None


def _is_done(contact: Contact) -> bool:
    return bool(contact.confirmed_on and contact.asked_on and contact.confirmed_on >= contact.asked_on)


def _details(contact: Contact) -> list[Row]:
    usual = contact.usual
    cover = ""
    if contact.cover_name:
        days = f"from {long_date(contact.cover_from)}"
        until = f" until {long_date(contact.cover_until)}" if contact.cover_until else ""
        cover = f"{contact.cover_name}, {contact.cover_email}, {days}{until}"
    return [
        Row("Agency", contact.agency),
        Row("Contact", ", ".join(filter(None, [contact.name, contact.job_title]))),
        Row("Email address", contact.email),
        Row("Telephone number", contact.phone or "None"),
        Row("Who usually comes", ", ".join(filter(None, [usual.name, usual.job_title]))),
        Row("Seniority", contact.get_representative_grade_display() or "Not known"),
        Row("Cover", cover or "None"),
    ]
