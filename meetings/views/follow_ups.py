"""Follow-ups of absence: the list, one of them with its steps and letters, and what the SMB was told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from audit.history import done_to
from boards.access import organisations_of, units_with
from boards.dates import add_working_days
from boards.models import Organisation
from mappa_portal.forms import attempt
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import short_date, tag
from mappa_portal.words import plural, weekday_date
from meetings import absences
from meetings.actions import follow_ups as actions
from meetings.forms.follow_ups import (
    AnswerForm,
    CloseForm,
    ExplanationForm,
    FollowUpFilterForm,
    LetterForm,
    SmbAnswerForm,
)
from meetings.models import Escalation, FollowUp, Meeting, Step
from meetings.rules import ESCALATION_RULES, FOLLOW_UP_RULES

COLOURS = {"open": "blue", "explained": "green", "closed": "grey", "answered": "green"}


class FollowUpList(LoginRequiredMixin, TemplateView):
    template_name = "meetings/follow_ups.html"

    def get_context_data(self, **kwargs):
        found = FollowUp.objects.for_user(self.request.user)
        agencies = Organisation.objects.filter(pk__in=found.values("agency"))
        form = FollowUpFilterForm(self.request.GET or None, agencies=agencies)
        asked = {k: v for k, v in form.cleaned_data.items() if v} if form.is_valid() else {}
        shown = found.filter(**asked).select_related("agency", "meeting__territory").prefetch_related("steps")
        page = keyset(shown, self.request, "-opened_on", "-pk")
        today = localdate()
        return super().get_context_data(
            **kwargs,
            filters=form,
            keeps=bool(units_with(self.request.user, "record_meeting")),
            filtered=bool(asked),
            page=page,
            columns=["Reference", "Agency", "Meeting", "Step", "Due", "Status"],
            rows=[_row(follow_up, today) for follow_up in page],
        )


def _row(follow_up: FollowUp, today) -> list:
    step = list(follow_up.steps.all())[-1]
    url = reverse("meetings:follow_up", args=[follow_up.reference])
    return [
        format_html('<a class="govuk-link" href="{}">{}</a>', url, follow_up.reference),
        follow_up.agency.name,
        f"{follow_up.meeting.territory}, {short_date(follow_up.meeting.held_on)}",
        step.get_number_display(),
        _due(follow_up, step, today),
        tag(follow_up.get_status_display(), COLOURS[follow_up.status]),
    ]


def _due(follow_up: FollowUp, step: Step, today):
    if not follow_up.is_open:
        return "Not applicable"
    late = tag("Overdue", "orange") if step.is_overdue(today) else ""
    return format_html("{} {}", short_date(step.due_on), late)


@login_required
@require_POST
def start(request, reference: str):
    """By hand, from the meeting or from the rows behind a figure."""
    meeting = get_object_or_404(Meeting.objects.for_user(request.user), reference=reference)
    agency = Organisation.objects.filter(
        kind=Organisation.Kind.AGENCY, slug=request.POST.get("agency", "")
    ).first()
    if agency is None:
        raise Http404
    follow_up = actions.open_follow_up(meeting, agency, today=localdate(), by=request.user)
    messages.success(request, "The request to the agency is drafted. Check it, then send it.")
    return redirect("meetings:follow_up", follow_up.reference)


# -- One follow-up --


@login_required
def follow_up(request, reference: str):
    return _page(request, _of(request, reference))


def _of(request, reference: str) -> FollowUp:
    found = FollowUp.objects.for_user(request.user).select_related(
        "meeting__territory", "agency", "territory__parent", "organisation"
    )
    return get_object_or_404(found, reference=reference)


def _page(request, follow_up: FollowUp, **typed):
    allowed = FOLLOW_UP_RULES.allowed(request.user, follow_up)
    kept = follow_up.organisation_id in organisations_of(request.user)
    context = {
        "follow_up": follow_up,
        "meeting": follow_up.meeting,
        "step": follow_up.step,
        "steps": [s for s in follow_up.steps.all() if kept or s.is_sent],
        "days": absences.days_of(follow_up) if kept else [],
        "escalation": _escalation(request.user, follow_up),
        "colour": COLOURS[follow_up.status],
        "today": localdate(),
        "partly": absences.cases_missed(follow_up),
        "until": _until(follow_up) if "send" in allowed else "",
        "allowed": allowed,
        "kept": kept,
        "letter_form": LetterForm(step=follow_up.step),
        "explanation_form": ExplanationForm(initial={"answer": follow_up.step.answer}),
        "answer_form": AnswerForm(),
        "close_form": CloseForm(),
        "entries": done_to(follow_up) if kept else [],
    }
    return render(request, "meetings/follow_up.html", context | typed)


def _until(follow_up: FollowUp) -> str:
    """By when an answer is due to a letter that goes out today."""
    days = actions.answer_days(follow_up, follow_up.step.number)
    return f"{weekday_date(add_working_days(localdate(), days))}, {plural(days, 'working day')} from today"


def _escalation(user, follow_up: FollowUp) -> Escalation | None:
    return Escalation.objects.for_user(user).filter(reference=follow_up.reference).first()


def _act(request, reference: str, rule: str, form_of, name: str, act, said: str):
    """Ask who and when, then the form, then do it; what was typed stays on the page."""
    found = _of(request, reference)
    FOLLOW_UP_RULES.require(rule, found, by=request.user)
    form = form_of(found)
    if form.is_valid() and attempt(
        form, lambda: act(found, by=request.user, today=localdate(), **form.cleaned_data)
    ):
        messages.success(request, said)
        return redirect("meetings:follow_up", reference)
    return _page(request, found, **{name: form, "form": form})


@login_required
@require_POST
def send(request, reference: str):
    def form_of(found):
        return LetterForm(request.POST, step=found.step)

    return _act(
        request, reference, "send", form_of, "letter_form", actions.send, "The request is on its way."
    )


@login_required
@require_POST
def answer(request, reference: str):
    said = "Your answer is recorded. The chair decides whether it explains the absence."
    return _act(
        request, reference, "answer", lambda _: AnswerForm(request.POST), "answer_form", actions.answer, said
    )


@login_required
@require_POST
def explain(request, reference: str):
    return _act(
        request,
        reference,
        "record_explanation",
        lambda _: ExplanationForm(request.POST),
        "explanation_form",
        actions.record_explanation,
        "The explanation is recorded.",
    )


@login_required
@require_POST
def close(request, reference: str):
    return _act(
        request,
        reference,
        "close",
        lambda _: CloseForm(request.POST),
        "close_form",
        actions.close,
        "The follow-up is closed.",
    )


@login_required
@require_POST
def escalate(request, reference: str):
    found = actions.escalate(_of(request, reference), today=localdate(), by=request.user)
    told = found.step.number == Step.Number.SMB
    messages.success(
        request,
        "The SMB is told." if told else "The letter to the line manager is drafted. Check it, then send it.",
    )
    return redirect("meetings:follow_up", reference)


# -- What the SMB was told --


class EscalationList(LoginRequiredMixin, TemplateView):
    template_name = "meetings/escalations.html"

    def get_context_data(self, **kwargs):
        found = Escalation.objects.for_user(self.request.user).select_related("agency", "about")
        page = keyset(found, self.request, "-raised_on", "-pk")
        return super().get_context_data(
            **kwargs,
            page=page,
            columns=["Reference", "Borough", "Agency", "Absences", "Answer due", "Status"],
            rows=[_escalation_row(escalation) for escalation in page],
        )


def _escalation_row(escalation: Escalation) -> list:
    url = reverse("meetings:escalation", args=[escalation.reference])
    return [
        format_html('<a class="govuk-link" href="{}">{}</a>', url, escalation.reference),
        escalation.about.name,
        escalation.agency.name,
        plural(len(escalation.days), "day"),
        short_date(escalation.due_on),
        tag(escalation.get_status_display(), "red" if escalation.status == "open" else "green"),
    ]


@login_required
def escalation(request, reference: str):
    """Read by the area and the borough; answered for the SMB by the executive office."""
    found = get_object_or_404(
        Escalation.objects.for_user(request.user).select_related("agency", "about", "territory"),
        reference=reference,
    )
    form = SmbAnswerForm(request.POST or None)
    if request.method == "POST":
        ESCALATION_RULES.require("answer", found, by=request.user)
        if form.is_valid():
            actions.answer_escalation(found, today=localdate(), by=request.user, **form.cleaned_data)
            messages.success(request, "The SMB’s answer is recorded. The borough sees it.")
            return redirect("meetings:escalation", reference)
    context = {
        "escalation": found,
        "days": [weekday_date(day) for day in found.days],
        "allowed": ESCALATION_RULES.allowed(request.user, found),
        "form": form,
        "colour": "red" if found.status == Escalation.Status.OPEN else "green",
    }
    return render(request, "meetings/escalation.html", context)
