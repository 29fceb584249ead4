"""One agency and one meeting: standing it down, and telephoning it when notice is short."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate, now

from mappa_portal.exceptions import StaleEdit
from mappa_portal.forms import Form, attempt
from meetings.actions import calls
from meetings.actions.calls import notice_of
from meetings.actions.inviting_again import invite_again as again
from meetings.actions.standing_down import stand_down as act
from meetings.forms.planning import CallForm, ReasonForm, StandDownForm
from meetings.models import Attendance, PhoneCall, Reply
from meetings.rules import INVITATION_RULES
from meetings.views.fetch import invitation_of
from meetings.views.replies import moved_meanwhile

NEXT = {  # what the reply still asks
    Reply.Answer.SUBSTITUTE: "meetings:answer_someone_else",
    Reply.Answer.APOLOGIES: "meetings:answer_cannot_attend",
}
REPLIED_SINCE = '{}. This call was made. <a class="govuk-link" href="{}">Enter a reply by telephone</a>'


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
def invite_again(request, reference: str, agency: str):
    invitation = invitation_of(request, reference, agency, "invite")
    meeting, notice = invitation.meeting, notice_of(invitation.meeting, localdate(), sent_on=localdate())
    told_off = invitation.stood_down_at and invitation.sent_at
    if told_off and notice.short_by and not meeting.short_notice_reason:
        form = ReasonForm(request.POST or None, asks="Why can this meeting not wait?", wanted=notice.why)
    else:
        form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: again(invitation, by=request.user, at=now(), **form.cleaned_data)):
            messages.success(request, f"{invitation.agency} is invited again.")
            return redirect("meetings:meeting", reference)
    hint = "The agency is expected again for all cases that it was stood down from."
    if told_off:
        hint += " It gets a new letter and sees them again. What it replied before no longer counts."
    return _page(request, invitation, form, f"Invite {invitation.agency} again", "Invite again", hint)


@login_required
def call(request, reference: str, agency: str):
    invitation = invitation_of(request, reference, agency, "record_call")
    due = PhoneCall.objects.filter(invitation=invitation).order_by("pk").last()
    if due is None:
        raise Http404
    contact, meeting = invitation.contact, invitation.meeting
    may_answer = "note_answer" in INVITATION_RULES.allowed(request.user, invitation)
    form = CallForm(
        request.POST or None,
        initial={"spoke_to": due.spoke_to, "outcome": due.outcome, "starts": meeting.starts.isoformat()},
        usual=contact.usual.name if contact and may_answer and due.made_at is None else "",
    )
    if request.method == "POST" and form.is_valid() and _record(request, due, form):
        messages.success(request, f"The call to {invitation.agency} is recorded.")
        following = NEXT.get(form.cleaned_data.get("answer", ""))
        return (
            redirect(following, reference, agency) if following else redirect("meetings:meeting", reference)
        )
    hint = f"{contact.name}, {contact.phone or 'no telephone number recorded'}" if contact else ""
    if due.made_at and may_answer:
        hint = format_html(REPLIED_SINCE, hint, reverse("meetings:answer", args=[reference, agency]))
    return _page(request, invitation, form, f"Phone {invitation.agency}", "Record the call", hint)


def _record(request, due: PhoneCall, form: CallForm) -> PhoneCall | None:
    """None, with the reason in the form, when the meeting was moved after the page was opened."""
    values = {name: form.cleaned_data[name] for name in ("spoke_to", "outcome", "starts")}
    confirmed = form.cleaned_data.get("answer") == Reply.Answer.ATTENDING
    try:
        return calls.record_call(due, by=request.user, at=now(), confirmed=confirmed, **values)
    except StaleEdit as stale:
        meeting = stale.current.meeting
        form.add_error(None, moved_meanwhile(meeting))
        form.data = form.data.copy()
        form.data["starts"] = meeting.starts.isoformat()
        return None


def _page(request, invitation, form, title: str, button: str, hint: str = ""):
    context = {"meeting": invitation.meeting, "form": form, "title": title, "button": button, "hint": hint}
    return render(request, "meetings/act.html", context)
