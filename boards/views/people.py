"""People and their seats."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from accounts import actions as accounts
from accounts.letters import Letter, letters_to
from boards import actions
from boards.area_rules import APPOINTMENT_RULES
from boards.clashes import other_party_of, others_who_sign
from boards.directory import appointments_in
from boards.forms import AppointForm, ChangeAppointmentForm, EndForm, OtherChairForm, PeopleFilter
from boards.models import Appointment
from boards.roles import Seat
from boards.views.area import ActionFormView, AreaMixin, Question, settings_for
from boards.views.organisations import OrganisationMixin
from mappa_portal.forms import Form
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import Row, tag
from mappa_portal.words import long_date, plural


class PeopleList(AreaMixin, TemplateView):
    template_name = "boards/people.html"

    def get_context_data(self, **kwargs):
        today = localdate()
        chosen = PeopleFilter(self.request.GET or None, area=self.area)
        found = chosen.narrow(appointments_in(self.area), today).prefetch_related("boroughs")
        page = keyset(found, self.request, "organisation__name", "reference")
        context = super().get_context_data(filter=chosen, page=page, today=today, **kwargs)
        shows_ended = self.request.GET.get("state") == "ended"
        return context | {"can_confirm": "set_up" in context["allowed"] and not shows_ended}


@login_required
@require_POST
def confirm(request, area):
    """Refuses the whole list when one of it is not this area's (A1)."""
    settings = settings_for(request.user, area, "set_up")
    back = _back_to(request, area)
    wanted = {_reference(text) for text in request.POST.getlist("appointment")}
    if not wanted:
        messages.error(request, "Select at least one person to confirm.")
        return redirect(back)
    chosen = list(appointments_in(settings.territory).filter(reference__in=wanted))
    if len(chosen) != len(wanted):
        raise Http404
    number = actions.confirm_in_post(chosen, today=localdate(), by=request.user)
    messages.success(request, f"{plural(number, 'appointment')} confirmed.")
    return redirect(back)


def _back_to(request, area: str) -> str:
    """Where it was sent from: the list with its filters, or the one appointment."""
    if request.POST.get("from") == "appointment":
        only = _reference(request.POST.get("appointment", ""))
        return reverse("boards:appointment", args=[area, only])
    return f"{reverse('boards:people', args=[area])}?{request.POST.get('filters', '')}"


def _reference(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


class Appoint(OrganisationMixin, ActionFormView):
    form_class = AppointForm
    record_name = "organisation"
    title, button = "Appoint someone", "Appoint"

    def question(self, form):
        """Whoever signs does so alone, and for one party."""
        asked = {name: form.cleaned_data[name] for name in ("seat", "email", "starts_on")}
        others = others_who_sign(self.organisation, **asked)
        both = other_party_of(self.organisation, self.settings, **asked)
        if not others and not both:
            return None
        seat = Seat(asked["seat"]).label.lower()
        follows = [
            f"{self.organisation} has a {seat}: {o.user}, since {long_date(o.starts_on)}." for o in others
        ]
        if both:
            follows.append(
                f"{both.user} is {seat} of {both.organisation} too."
                " One person cannot sign a protocol for both parties: somebody else has to sign for one."
            )
        title = (
            f"Should both be {seat} of {self.organisation}?"
            if others
            else "Should one person speak for both?"
        )
        return Question(title, follows, self.button, OtherChairForm if others else Form)

    def act(self, form):
        values = form.values
        if self.answer and self.answer.cleaned_data.get("others") == "end":
            asked = {name: values[name] for name in ("seat", "email", "starts_on")}
            values["instead_of"] = list(others_who_sign(self.organisation, **asked))
        made = actions.appoint_by_email(self.organisation, by=self.request.user, **values)
        return self.done(f"{made.user} is appointed: {made.get_seat_display().lower()}.")


class AppointmentMixin:
    """The appointment that the address names, in this area."""

    @cached_property
    def appointment(self) -> Appointment:
        found = appointments_in(self.area).prefetch_related("boroughs", "organisation__boroughs")
        return get_object_or_404(found, reference=self.kwargs["reference"])

    @property
    def record(self) -> Appointment:
        return self.appointment

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            appointment=self.appointment, organisation=self.appointment.organisation, **kwargs
        )

    def done(self, text: str):
        messages.success(self.request, text)
        return redirect("boards:appointment", self.area.slug, self.appointment.reference)


class AppointmentDetail(AppointmentMixin, AreaMixin, TemplateView):
    template_name = "boards/appointment.html"

    def get_context_data(self, **kwargs):
        may = APPOINTMENT_RULES.allowed(self.request.user, self.appointment)
        return super().get_context_data(may=may, today=localdate(), rows=_rows(self.appointment), **kwargs)


ACCOUNT = {  # what an area administrator does to a person's account, and what is said then
    "invite": (accounts.invite, "{} gets a new invitation."),
    "disable": (accounts.disable, "The account of {} is switched off. It opens nothing any more."),
    "enable": (accounts.enable, "The account of {} is switched on again."),
    "reset": (accounts.reset_second_factor, "At the next sign-in {} sets up a new authenticator app."),
}


@login_required
@require_POST
def account(request, area, reference):
    settings = settings_for(request.user, area, "set_up")
    appointment = get_object_or_404(appointments_in(settings.territory), reference=reference)
    if (verb := request.POST.get("verb")) not in ACCOUNT:
        raise Http404
    action, done = ACCOUNT[verb]
    try:
        action(appointment.user, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done.format(appointment.user))
    return redirect("boards:appointment", area, reference)


def _rows(appointment: Appointment) -> list[Row]:
    boroughs = ", ".join(b.name for b in appointment.boroughs.all())
    return [
        Row("Seat", appointment.get_seat_display()),
        Row("Organisation", appointment.organisation),
        Row("Boroughs", boroughs or "All that the organisation covers"),
        Row("Job title", appointment.job_title or "Not given"),
        Row("Email address", appointment.user.email),
        Row("Account", _account_state(appointment.user)),
        *(Row(letter.title, _fate(letter)) for letter in letters_to(appointment.user)),
        Row("First day", long_date(appointment.starts_on)),
        Row("Last day", long_date(appointment.ends_on) or "None set"),
        Row("Confirmed on", long_date(appointment.confirmed_on) or "Not confirmed since"),
        Row("Confirm by", long_date(appointment.confirm_by) or "Not set"),
    ]


def _fate(letter: Letter):
    return tag(letter.state, "red") if letter.failed else letter.state


def _account_state(user) -> str:
    if not user.is_active:
        return "Switched off"
    return f"Last sign-in on {long_date(user.last_login)}" if user.last_login else "Never signed in"


class AppointmentChange(AppointmentMixin, ActionFormView):
    form_class = ChangeAppointmentForm
    record_name = "appointment"
    title = "Change appointment"

    def act(self, form):
        actions.change_appointment(self.appointment, by=self.request.user, **form.values)
        return self.done("The appointment is saved.")


class AppointmentEnd(AppointmentMixin, ActionFormView):
    """Also offers to take back what was made by mistake today."""

    form_class = EndForm
    template_name = "boards/appointment_end.html"
    title, button = "End appointment", "End appointment"

    def get_initial(self):
        return {"last_day": localdate()}

    def get_context_data(self, **kwargs):
        may = APPOINTMENT_RULES.allowed(self.request.user, self.appointment)
        begun = self.appointment.starts_on < localdate()
        return super().get_context_data(may=may, begun=begun, **kwargs)

    def post(self, request, *args, **kwargs):
        if "now" in request.POST:
            yesterday = localdate() - timedelta(days=1)
            ended = actions.end_appointment(self.appointment, last_day=yesterday, by=request.user)
            return self.done(f"{ended.user} no longer holds this seat.")
        return super().post(request, *args, **kwargs)

    def act(self, form):
        ended = actions.end_appointment(
            self.appointment, last_day=form.cleaned_data["last_day"], by=self.request.user
        )
        return self.done(f"{ended.user} holds this seat until {long_date(ended.ends_on)}.")


@login_required
@require_POST
def withdraw(request, area, reference):
    settings = settings_for(request.user, area, "set_up")
    appointment = get_object_or_404(appointments_in(settings.territory), reference=reference)
    actions.withdraw_appointment(appointment, by=request.user)
    messages.success(request, f"{appointment.user} is no longer appointed to {appointment.organisation}.")
    return redirect("boards:organisation", area, appointment.organisation.slug)
