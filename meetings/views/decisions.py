"""What was decided: the cases of a meeting, and the record of each on a page of its own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.rules import may
from mappa_portal.action_form import shown
from mappa_portal.exceptions import StaleEdit
from mappa_portal.forms import attempt
from mappa_portal.templatetags.govuk import short_date, tag
from meetings import actions_list
from meetings.actions import actions
from meetings.actions import decisions as verbs
from meetings.forms.decisions import CarryOverForm, RecordForm
from meetings.models import Action, Discussion
from meetings.rules import DISCUSSION_RULES
from meetings.views.fetch import discussion_of, discussions_of, meeting_of


@login_required
def overview(request, reference: str):
    """The unit sees what each case still lacks; an agency its own actions."""
    meeting = meeting_of(request, reference)
    discussions = discussions_of(request, meeting)
    found = Action.objects.for_user(request.user).filter(discussion__meeting=meeting)
    found = list(found.with_place().select_related("agency", "discussion__case", "discussion__meeting"))
    keeps = may(request.user, "record_meeting", meeting)
    context = {
        "meeting": meeting,
        "keeps": keeps,
        "cases": [_case(meeting, place, d, found) for place, d in discussions] if keeps else [],
        "case_columns": ["Case", "Level decided", "Next review", "Actions", "Record"],
        "actions": actions_list.rows(found, localdate()),
        "action_columns": actions_list.COLUMNS,
        "caption": "Actions of this meeting" if keeps else "Your agency’s actions",
    }
    return render(request, "meetings/decisions.html", context)


def _case(meeting, place: int, discussion: Discussion, found: list[Action]) -> list:
    url = reverse("meetings:decision", args=[meeting.reference, place])
    mine = [action for action in found if action.discussion_id == discussion.pk]
    done = discussion.level_decided is not None
    return [
        format_html('<a class="govuk-link" href="{}">Case {}, {}</a>', url, place, discussion.case.reference),
        f"Level {discussion.level_decided}" if done else "Not decided",
        short_date(discussion.next_review_on) or "None",
        len(mine),
        tag("Recorded", "green")
        if done
        else tag("Under way" if discussion.record else "Not started", "grey"),
    ]


@login_required
def decision(request, reference: str, position: int):
    discussion = discussion_of(request, reference, position)
    DISCUSSION_RULES.require("record", discussion, by=request.user)
    if request.method != "POST":
        return _page(request, discussion, position, _looked_at(discussion, request.user))
    then = request.POST.get("then", "")
    form = RecordForm(request.POST, discussion=discussion, complete=then == "next")
    if form.is_valid():
        try:
            saved = attempt(
                form,
                lambda: verbs.record_discussion(
                    discussion, by=request.user, today=localdate(), **form.values()
                ),
            )
        except StaleEdit as stale:
            return _both(request, discussion, position, form, stale.current)
        if saved and then == "carry":
            return _carry_over(request, saved, position)
        if saved:
            return _after_saving(request, discussion, position, then)
    verbs.look(discussion, by=request.user)  # the actions stand below what was typed
    return _page(request, discussion, position, form)


def _looked_at(discussion: Discussion, user) -> RecordForm:
    return RecordForm(discussion=discussion, said=verbs.look(discussion, by=user))


def _page(request, discussion: Discussion, position: int, form: RecordForm, **more):
    found = list(discussion.actions.select_related("agency", "discussion__meeting"))
    unfinished = list(actions.unfinished_before(discussion))
    more.setdefault("carry_over", _previous(request, unfinished) if unfinished else None)
    context = {
        "meeting": discussion.meeting,
        "discussion": discussion,
        "position": position,
        "total": discussion.meeting.discussions.count(),
        "form": form,
        "earlier": [(action, actions_list.url_of(action, action.place)) for action in unfinished],
        "actions": actions_list.texts(found, position, localdate()),
        "action_columns": actions_list.TEXT_COLUMNS,
        **more,
    }
    return render(request, "meetings/decision.html", context, status=409 if "both" in more else 200)


def _previous(request, unfinished: list[Action]) -> CarryOverForm:
    if request.method != "POST":
        return CarryOverForm(unfinished=unfinished)
    form = CarryOverForm(request.POST, unfinished=unfinished)
    return form if request.POST.get("then") == "carry" else form.unasked()


def _both(request, discussion: Discussion, position: int, yours: RecordForm, current: Discussion):
    """What stands now beside what was typed; saving again replaces the one that the person has now seen (C2)."""
    current.meeting, current.territory = discussion.meeting, discussion.territory
    theirs = _looked_at(current, request.user)
    sent = yours.data.copy()
    sent["revision"] = current.revision
    form = RecordForm(sent, discussion=current, complete=yours.complete)
    pairs = [(theirs[name], form[name]) for name in form.fields if name != "revision"]
    both = [(t.label, shown(t), shown(y)) for t, y in pairs if shown(t) != shown(y)]
    columns = ("Question", "Saved now", "Yours")
    return _page(request, current, position, form, changed=current, both=both, columns=columns)


def _after_saving(request, discussion: Discussion, position: int, then: str) -> HttpResponseRedirect:
    reference = discussion.meeting.reference
    if then == "action":
        return redirect("meetings:action_add", reference, position)
    messages.success(request, f"The record of case {position} is saved.")
    if then == "next" and position < discussion.meeting.discussions.count():
        return redirect("meetings:decision", reference, position + 1)
    return redirect("meetings:decisions", reference)


def _carry_over(request, discussion: Discussion, position: int):
    """After the record was saved: what is wrong with these fields takes nothing of it back."""
    form = CarryOverForm(request.POST, unfinished=list(actions.unfinished_before(discussion)))
    new = form.is_valid() and attempt(
        form,
        lambda: actions.carry_over(
            discussion, actions=form.chosen, due_on=form.cleaned_data["due_on"], by=request.user
        ),
    )
    if new:
        messages.success(request, "The record is saved and the actions were carried over.")
        return redirect("meetings:decision", discussion.meeting.reference, position)
    messages.success(request, "The record is saved. No action was carried over yet.")
    return _page(request, discussion, position, _looked_at(discussion, request.user), carry_over=form)
