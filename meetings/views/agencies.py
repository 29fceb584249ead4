"""One agency and one meeting: standing it down, and telephoning it when notice is short."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import now

from mappa_portal.forms import attempt
from meetings.actions import calls
from meetings.actions.standing_down import stand_down as act
from meetings.forms.planning import CallForm, StandDownForm
from meetings.models import Attendance, PhoneCall
from meetings.views.fetch import invitation_of


@login_required
def stand_down(request, reference: str, agency: str):
    invitation = invitation_of(request, reference, agency, "stand_down")
    if invitation.stood_down_at:
        raise Http404
    parts = Attendance.objects.required().filter(
        discussion__meeting=invitation.meeting, organisation=invitation.agency
    )
    heard = [part.discussion for part in parts.select_related("discussion__case").order_by("discussion")]
    form = StandDownForm(request.POST or None, discussions=heard)
    if request.method == "POST" and form.is_valid():
        values = {"reason": form.cleaned_data["reason"], "discussion": form.discussion}
        if attempt(form, lambda: act(invitation, by=request.user, at=now(), **values)):
            messages.success(request, f"{invitation.agency} is stood down.")
            return redirect("meetings:meeting", reference)
    return _page(request, invitation, form, f"Stand {invitation.agency} down", "Stand down")


@login_required
def call(request, reference: str, agency: str):
    invitation = invitation_of(request, reference, agency, "record_call")
    due = PhoneCall.objects.filter(invitation=invitation).order_by("pk").last()
    if due is None:
        raise Http404
    form = CallForm(request.POST or None, initial={"spoke_to": due.spoke_to, "outcome": due.outcome})
    if request.method == "POST" and form.is_valid():
        calls.record_call(due, by=request.user, at=now(), **form.cleaned_data)
        messages.success(request, f"The call to {invitation.agency} is recorded.")
        return redirect("meetings:meeting", reference)
    contact = invitation.contact
    hint = f"{contact.name}, {contact.phone or 'no telephone number recorded'}" if contact else ""
    return _page(request, invitation, form, f"Phone {invitation.agency}", "Record the call", hint)


def _page(request, invitation, form, title: str, button: str, hint: str = ""):
    context = {"meeting": invitation.meeting, "form": form, "title": title, "button": button, "hint": hint}
    return render(request, "meetings/act.html", context)
