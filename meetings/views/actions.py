"""Actions: agreed, read, reported done; a list for the unit and for whoever owns them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from boards.rules import may
from mappa_portal.exceptions import StaleEdit
from mappa_portal.forms import attempt
from mappa_portal.pagination import keyset
from meetings import actions_list
from meetings.actions import actions as verbs
from meetings.forms.decisions import ActionFilterForm, ActionForm, OutcomeForm
from meetings.models import Action
from meetings.rules import ACTION_RULES, DISCUSSION_RULES
from meetings.views.fetch import action_of, discussion_of

FIELDS = ("text", "agency", "due_on")


@login_required
def add(request, reference: str, position: int):
    discussion = discussion_of(request, reference, position)
    DISCUSSION_RULES.require("record", discussion, by=request.user)
    form = ActionForm(request.POST if request.method == "POST" else None, discussion=discussion)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        if attempt(form, lambda: verbs.add(discussion, by=request.user, **values)):
            messages.success(request, "The action was added.")
            again = "another" in request.POST
            return redirect("meetings:action_add" if again else "meetings:decision", reference, position)
    context = {"discussion": discussion, "meeting": discussion.meeting, "position": position, "form": form}
    return render(request, "meetings/action_add.html", context)


@login_required
def action(request, reference: str, position: int, number: int):
    found = action_of(request, reference, position, number)
    allowed = ACTION_RULES.allowed(request.user, found)
    as_owner = "close" not in allowed
    form = OutcomeForm(request.POST if request.method == "POST" else None, as_owner=as_owner)
    if request.method == "POST":
        ACTION_RULES.require("report_done" if as_owner else "close", found, by=request.user)
        if form.is_valid() and _closed(request, found, form, as_owner):
            messages.success(request, "The outcome of the action was recorded.")
            if as_owner:
                return redirect("meetings:actions")
            return redirect("meetings:decision", reference, position)
    text, outcome = verbs.look(found, by=request.user)
    context = {
        "action": found,
        "meeting": found.discussion.meeting,
        "position": position,
        "text": text,
        "outcome": outcome,
        "allowed": allowed,
        "keeps": may(request.user, "record_meeting", found.discussion),
        "form": form if {"close", "report_done"} & allowed else None,
        "status": actions_list.status_tag(found, localdate()),
    }
    return render(request, "meetings/action.html", context)


def _closed(request, found: Action, form: OutcomeForm, as_owner: bool) -> Action | None:
    verb = verbs.report_done if as_owner else verbs.close
    return attempt(form, lambda: verb(found, by=request.user, today=localdate(), **form.cleaned_data))


@login_required
def change(request, reference: str, position: int, number: int):
    found = action_of(request, reference, position, number)
    ACTION_RULES.require("edit", found, by=request.user)
    sent = request.POST if request.method == "POST" else None
    text = "" if sent is not None else verbs.look(found, by=request.user)[0]
    form = ActionForm(sent, discussion=found.discussion, action=found, text=text)
    changed = None
    if sent is not None and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            revision = form.cleaned_data["revision"] or 0
            if attempt(form, lambda: verbs.edit(found, by=request.user, revision=revision, **values)):
                messages.success(request, "The action was changed.")
                return redirect("meetings:action", reference, position, number)
        except StaleEdit as stale:
            changed, data = stale.current, sent.copy()
            data["revision"] = changed.revision
            form = ActionForm(data, discussion=found.discussion)
    context = {
        "action": found,
        "meeting": found.discussion.meeting,
        "position": position,
        "form": form,
        "changed": changed,
        "now": changed and verbs.look(changed, by=request.user)[0],
    }
    return render(request, "meetings/action_change.html", context, status=409 if changed else 200)


class ActionList(LoginRequiredMixin, TemplateView):
    """Of the unit's own meetings, or those that one's agency owns."""

    template_name = "meetings/actions.html"

    def get_context_data(self, **kwargs):
        form = ActionFilterForm(self.request.GET or None)
        asked = form.cleaned_data["status"] if form.is_valid() else ""
        today = localdate()
        found = _filtered(Action.objects.for_user(self.request.user), asked, today)
        page = keyset(
            found.with_place().select_related("agency", "discussion__case", "discussion__meeting"),
            self.request,
            *(("due_on", "pk") if asked in ("", "overdue") else ("-due_on", "-pk")),
        )
        return super().get_context_data(
            **kwargs,
            filters=form,
            filtered=bool(asked),
            page=page,
            columns=actions_list.COLUMNS,
            rows=actions_list.rows(page, today),
        )


def _filtered(found, asked: str, today):
    if asked == "overdue":
        return found.open().filter(due_on__lt=today)
    if asked == "closed":
        return found.exclude(status=Action.Status.OPEN)
    return found if asked == "all" else found.open()
