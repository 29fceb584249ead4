"""Approval by the area's bodies: one protocol after reading what changed, or several in one decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate

from boards.models import ApprovingBody
from mappa_portal.exceptions import Conflict
from mappa_portal.forms import attempt
from mappa_portal.pagination import sorting
from mappa_portal.words import long_date, plural
from protocols import text, waiting
from protocols.actions import approval as actions
from protocols.forms import BulkApprovalForm, CorrectDateForm, DecisionForm
from protocols.models import Approval, Version
from protocols.rules import APPROVAL_RULES
from protocols.views.fetch import lines_of, most_mine, posted, version_of

ORDER = {"borough": ["about__name", "pk"], "since": ["since", "pk"]}


@login_required
def approve(request, reference: str):
    version = version_of(request, reference)
    approval = most_mine(
        request.user, version.approvals.select_related("organisation"), APPROVAL_RULES, "decide"
    )
    replaced = _replaced(request, version)
    if approval is None:
        raise Conflict(
            replaced
            or f"Version {version.number} is still being written. You will be asked when it is submitted."
        )
    approval.version = version
    APPROVAL_RULES.require("decide", approval, by=request.user)
    form = DecisionForm(posted(request), initial={"version": version.number})
    if request.method == "POST" and form.is_valid():
        if replaced:
            form.add_error(None, replaced)
            form.data = form.data.copy()
            form.data["version"] = version.number
        elif _decide(request, approval, form):
            return redirect("protocols:detail", reference)
    context = {
        "is_last": not version.approvals.filter(position__gt=approval.position, decision="open").exists(),
        "version": version,
        "protocol": version.protocol,
        "approval": approval,
        "form": form,
        **_since(approval, version),
    }
    return render(request, "protocols/approve.html", context, status=409 if replaced else 200)


def _replaced(request, version: Version) -> str:
    """What to say when the page was opened for a version that has been replaced since."""
    seen = request.POST.get("version", "")
    if request.method != "POST" or seen == str(version.number):
        return ""
    return f"Version {version.number} replaced version {seen[:5]}. Review version {version.number}"


def _decide(request, approval: Approval, form: DecisionForm) -> Approval | None:
    values = {name: form.cleaned_data[name] for name in ("decision", "decided_on", "comment")}
    done = attempt(form, lambda: actions.decide(approval, by=request.user, today=localdate(), **values))
    if done:
        said = "approved" if done.decision == Approval.Decision.APPROVED else "asked for changes to"
        messages.success(
            request,
            f"Recorded: {done.organisation} {said} version {approval.version.number}.{_note([done])}",
        )
    return done


def _note(done: list[Approval]) -> str:
    """Nobody is refused for a day before the text came here, but nobody enters one unawares."""
    early = [a for a in done if a.is_before_submission]
    if not early:
        return ""
    versions = ", ".join(a.version.protocol.reference for a in early)
    return (
        f" The date, {long_date(early[0].decided_on)}, is before the text was submitted here ({versions})."
        " If that is a slip, correct it on the protocol's page."
    )


@login_required
def correct_date(request, reference: str, position: int):
    version = version_of(request, reference)
    approval = get_object_or_404(version.approvals.select_related("organisation"), position=position)
    approval.version = version
    APPROVAL_RULES.require("correct_date", approval, by=request.user)
    form = CorrectDateForm(posted(request), initial={"decided_on": approval.decided_on})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form, lambda: actions.correct_date(approval, by=request.user, today=localdate(), **values)
        )
        if done:
            messages.success(
                request,
                f"Corrected: {done.organisation} decided on {long_date(done.decided_on)}.{_note([done])}",
            )
            return redirect("protocols:detail", reference)
    context = {"version": version, "protocol": version.protocol, "approval": approval, "form": form}
    return render(request, "protocols/approval_date.html", context)


def _since(approval: Approval, version: Version) -> dict:
    """The clauses that differ from what this body saw last, as far as it approves them at all."""
    last = (
        Approval.objects.filter(
            version__protocol=version.protocol_id,
            organisation=approval.organisation_id,
            version__number__lt=version.number,
        )
        .exclude(decision=Approval.Decision.OPEN)
        .select_related("version")
        .order_by("-version__number")
        .first()
    )
    lines = lines_of(version)
    if approval.sees == ApprovingBody.Sees.SHARED:
        lines = [line for line in lines if line.clause.locked]
    if last is None:
        return {"last": None, "lines": lines, "differences": []}
    old = [c for c in last.version.clauses.all() if c.locked or approval.sees == ApprovingBody.Sees.WHOLE]
    differences = [d for d in text.compare(old, [line.clause for line in lines]) if d.kind != "same"]
    return {"last": last, "lines": lines, "differences": differences}


@login_required
def approve_several(request):
    if not waiting.approves(request.user):
        raise PermissionDenied(
            "Approvals are recorded by the chair or business manager of an approving body."
        )
    sort, order = sorting(request, ORDER, "borough")
    found = list(waiting.approvals_for(request.user).order_by(*order))
    form = BulkApprovalForm(posted(request), approvals=found)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: actions.decide_all(
                form.chosen, decided_on=form.cleaned_data["decided_on"], by=request.user, today=localdate()
            ),
        )
        if done:
            messages.success(request, f"Recorded: {plural(len(done), 'protocol')} approved.{_note(done)}")
            return redirect("protocols:approvals")
    ticked = set(request.POST.getlist("approvals"))
    context = {"approvals": found, "form": form, "ticked": ticked, "sort": sort}
    return render(request, "protocols/approvals.html", context)
