"""People and their seats."""

from django import forms
from django.utils.timezone import localdate

from boards.actions.appointments import CONFIRM_EVERY
from boards.area_rules import seats_in
from boards.dates import add_months
from boards.directory import organisations_in
from boards.forms.fields import Boroughs, RevisedForm
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from mappa_portal.forms import DateField, Form


class AppointmentFields(Form):
    """What both appointing and changing ask. Boroughs only where there is more than one to choose from."""

    job_title = forms.CharField(label="Job title (optional)", max_length=80, required=False)
    boroughs = Boroughs(
        label="Limit to boroughs",
        required=False,
        help_text="Select none for all boroughs that the organisation covers",
    )
    confirm_by = DateField(
        label="Confirm by", help_text="By then somebody checks that this person still holds the seat"
    )

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.covered = organisation.boroughs.all()
        if len(self.covered) > 1:
            self.fields["boroughs"].queryset = self.covered
        else:
            del self.fields["boroughs"]

    @property
    def values(self) -> dict:
        return {"boroughs": []} | self.cleaned_data


class AppointForm(AppointmentFields):
    field_order = ("email", "name", "seat", "job_title", "boroughs", "starts_on", "confirm_by")

    email = forms.EmailField(
        label="Email address",
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text="Whoever has no account yet gets one, and an invitation to it",
    )
    name = forms.CharField(
        label="Full name", max_length=120, help_text="Used for a new account; an existing one keeps its own"
    )
    seat = forms.ChoiceField(label="Seat", widget=forms.RadioSelect)
    starts_on = DateField(label="First day")

    def __init__(self, *args, organisation: Organisation, **kwargs):
        today = localdate()
        kwargs["initial"] = {"starts_on": today, "confirm_by": add_months(today, CONFIRM_EVERY)}
        super().__init__(*args, organisation=organisation, **kwargs)
        self.fields["seat"].choices = [(seat.value, seat.label) for seat in seats_in(organisation)]

    def clean_confirm_by(self):
        first, day = self.cleaned_data.get("starts_on"), self.cleaned_data["confirm_by"]
        if first and day < first:
            raise forms.ValidationError("Confirm by must be the same as or after the first day")
        return day


class ChangeAppointmentForm(RevisedForm, AppointmentFields):
    def __init__(self, *args, appointment: Appointment, **kwargs):
        kwargs["initial"] = {
            "revision": appointment.revision,
            "job_title": appointment.job_title,
            "boroughs": [b.slug for b in appointment.boroughs.all()],
            "confirm_by": appointment.confirm_by,
        }
        super().__init__(*args, organisation=appointment.organisation, **kwargs)


class OtherChairForm(Form):
    others = forms.ChoiceField(
        label="What about the present one?",
        choices=[
            ("keep", "Both hold the seat: either may sign"),
            ("end", "The present appointment ends on the day before"),
        ],
        widget=forms.RadioSelect,
    )


class EndForm(Form):
    last_day = DateField(label="Last day", help_text="From the day after, the seat opens nothing.")


class PeopleFilter(Form):
    organisation = forms.ChoiceField(label="Organisation", required=False)
    seat = forms.ChoiceField(label="Seat", required=False, choices=[("", "All"), *Seat.choices])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "In post"), ("overdue", "Confirmation overdue"), ("ended", "Ended")],
    )

    def __init__(self, *args, area: Territory, **kwargs):
        super().__init__(*args, **kwargs)
        found = organisations_in(area).prefetch_related(None).order_by("name").values_list("slug", "name")
        self.fields["organisation"].choices = [("", "All"), *found]

    def narrow(self, appointments, today):
        data = self.cleaned_data if self.is_valid() else {}
        if data.get("organisation"):
            appointments = appointments.filter(organisation__slug=data["organisation"])
        if data.get("seat"):
            appointments = appointments.filter(seat=data["seat"])
        if data.get("state") == "ended":
            return appointments.filter(ends_on__lt=today)
        appointments = appointments.exclude(ends_on__lt=today)
        if data.get("state") == "overdue":
            appointments = appointments.filter(confirm_by__lt=today)
        return appointments
