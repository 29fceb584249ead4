"""A borough's draft: its clauses one by one, handing it in, the next version, the end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from mappa_portal.exceptions import StaleEdit
from mappa_portal.forms import attempt
from mappa_portal.templatetags.govuk import TaskItem
from protocols import text
from protocols.actions import drafting as actions
from protocols.actions.locks import lock
from protocols.checks import concerns
from protocols.forms import AddClauseForm, ClauseForm, NextVersionForm, ReasonForm, SubmitForm
from protocols.models import TemplateVersion, Version
from protocols.outline import Line, find, shape_of
from protocols.rules import CLAUSE_RULES, VERSION_RULES
from protocols.views.fetch import line_at, line_for, lines_of, others_in_force, posted, version_of
from protocols.views.stale import conflict_page, removed_meanwhile
from protocols.views.templates import same_place


@login_required
def draft(request, reference: str):
    """Every clause with its state; what still has to be filled in stands first in the count."""
    version = version_of(request, reference)
    VERSION_RULES.require("edit", version, by=request.user)
    lines = lines_of(version)
    context = {
        "version": version,
        "protocol": version.protocol,
        "items": [_item(version, line) for line in lines],
        "open": sum(map(_is_open, lines)),
        "locked": sum(line.clause.locked for line in lines),
        "changed": sum(line.clause.is_changed for line in lines),
        "to_check": [line for line in lines if line.clause.to_check],
        "unfilled": sum(bool(line.placeholders) for line in lines),
        "unfinished": [(c.message, _problem_url(version, c.line.clause)) for c in concerns(lines)],
        "allowed": VERSION_RULES.allowed(request.user, version),
    }
    return render(request, "protocols/draft.html", context)


def _item(version: Version, line: Line) -> TaskItem:
    url = _edit_url(version, line) if _is_open(line) else _read_url(version, line)
    hint = f"Still to fill in: {', '.join(line.placeholders)}" if line.placeholders else ""
    status, colour = _state(line)
    return TaskItem(line.title, status, url, hint, colour)


def _read_url(version: Version, line: Line) -> str:
    page = reverse("protocols:detail", args=[version.protocol.reference])
    return f"{page}?version={version.number}#{line.anchor}"


def _is_open(line: Line) -> bool:
    return not line.clause.locked


def _state(line: Line) -> tuple[str, str]:
    """The words and the colour of the tag."""
    if line.placeholders:
        return "To fill in", "yellow"
    if line.clause.to_check:
        return "To check", "yellow"
    if line.clause.locked:
        return "The same everywhere", ""
    if line.clause.clause_id is None:
        return "Added here", "blue"
    return ("Changed here", "blue") if line.clause.is_changed else ("As the template", "")


def _edit_url(version: Version, line: Line) -> str:
    return reverse("protocols:clause", args=[version.protocol.reference, line.clause.position])


@login_required
def edit_clause(request, reference: str, position: int):
    version = version_of(request, reference)
    lines = lines_of(version)
    line = line_for(lines, position, request.POST.get("key", ""))
    VERSION_RULES.require("edit", version, by=request.user)
    if line is None:
        return removed_meanwhile(request, reverse("protocols:draft", args=[reference]))
    line.clause.version = version
    CLAUSE_RULES.require("edit", line.clause, by=request.user)
    form = ClauseForm(posted(request), clause=line.clause, key=line.key)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("heading", "body", "revision")}
        try:
            actions.edit_clause(line.clause, by=request.user, **values)
        except StaleEdit as stale:
            if page := conflict_page(request, stale, form, line, _edit_url(version, line)):
                return page
        return _after_saving(request, version, lines, line)
    context = {
        "version": version,
        "protocol": version.protocol,
        "line": line,
        "form": form,
        "template_text": _template_text(line.clause),
        "following": _following(lines, line),
        "total": len(lines),
    }
    return render(request, "protocols/clause.html", context)


def _template_text(clause) -> dict[str, str] | None:
    """What the template says in this borough; None for the borough's own clauses."""
    if clause.clause is None:
        return None
    borough = clause.about.name
    return {name: text.merge(getattr(clause.clause, name), borough) for name in ("heading", "body")}


def _following(lines: list[Line], line: Line) -> Line | None:
    """The next clause that the borough may change."""
    return next((other for other in lines[line.clause.position :] if _is_open(other)), None)


def _after_saving(request, version: Version, lines: list[Line], line: Line):
    following = _following(lines, line)
    if request.POST.get("then") == "next" and following:
        return redirect(_edit_url(version, following))
    messages.success(request, f"“{request.POST['heading']}” was saved.")
    return redirect("protocols:draft", version.protocol.reference)


@login_required
@require_POST
def restore_clause(request, reference: str, position: int):
    version = version_of(request, reference)
    line = line_for(lines_of(version), position, request.POST.get("key", ""))
    if line is None:
        return removed_meanwhile(request, reverse("protocols:draft", args=[reference]))
    clause = actions.restore_clause(line.clause, by=request.user)
    messages.success(
        request, f"“{clause.heading}” has the template's text again. What stood there is in the history."
    )
    return redirect("protocols:clause", reference, clause.position)


@login_required
def add_clause(request, reference: str):
    version = version_of(request, reference)
    VERSION_RULES.require("edit", version, by=request.user)
    if request.method == "POST":
        lock(version)  # a second click waits here, and finds the first one's clause
    lines = lines_of(version)
    initial = {"shape": shape_of(lines), "after": request.GET.get("after", len(lines))}
    form = AddClauseForm(posted(request), lines=lines, initial=initial)
    if request.method == "POST" and form.is_valid() and same_place(form, lines):
        values = {name: form.cleaned_data[name] for name in ("after", "depth", "heading", "body")}
        clause = actions.add_clause(version, by=request.user, **values)
        messages.success(request, f"“{clause.heading}” was added.")
        return redirect("protocols:draft", reference)
    context = {"version": version, "protocol": version.protocol, "form": form}
    return render(request, "protocols/clause_add.html", context)


@login_required
def remove_clause(request, reference: str, position: int):
    version = version_of(request, reference)
    lines = lines_of(version)
    line = find(lines, request.POST.get("key", "")) if request.method == "POST" else line_at(lines, position)
    VERSION_RULES.require("edit", version, by=request.user)
    if line is None:
        return redirect("protocols:draft", reference)
    line.clause.version = version
    CLAUSE_RULES.require("edit", line.clause, by=request.user)
    if request.method == "POST":
        actions.remove_clause(line.clause, by=request.user)
        messages.success(request, f"“{line.clause.heading}” was removed. Its text stays in the history.")
        return redirect("protocols:draft", reference)
    context = {"version": version, "protocol": version.protocol, "line": line}
    return render(request, "protocols/clause_remove.html", context)


@login_required
def submit(request, reference: str):
    """What is wrong, each with its clause; else who will be asked, in order."""
    version = version_of(request, reference)
    VERSION_RULES.require("submit", version, by=request.user)
    found = [
        (message, _problem_url(version, clause) if clause else "")
        for clause, message in actions.problems(version)
    ]
    lines = lines_of(version)
    unfinished = [(c.message, _problem_url(version, c.line.clause)) for c in concerns(lines)]
    form = SubmitForm(posted(request)) if unfinished else None
    if request.method == "POST" and not found and (form is None or form.is_valid()):
        try:
            version = actions.submit(version, by=request.user)
        except ValidationError:
            return redirect(
                "protocols:submit", reference
            )  # the text changed meanwhile: the page lists what is wrong
        messages.success(request, f"Version {version.number} was submitted. Its text is fixed from now on.")
        return redirect("protocols:detail", reference)
    bodies = actions.bodies_of(version)
    context = {
        "version": version,
        "protocol": version.protocol,
        "problems": found,
        "unfinished": unfinished,
        "form": form,
        "count": len(lines),
        "changed": [line for line in lines if line.clause.clause_id and line.clause.is_changed],
        "added": [line for line in lines if line.clause.clause_id is None],
        "will_replace": others_in_force(request.user, version),
        "asked": [body for body, same in bodies if same is None],
        "not_asked": [(body, same) for body, same in bodies if same],
    }
    return render(request, "protocols/submit.html", context)


def _problem_url(version: Version, clause) -> str:
    return (
        ""
        if clause.locked
        else reverse("protocols:clause", args=[version.protocol.reference, clause.position])
    )


@login_required
def discard(request, reference: str):
    version = version_of(request, reference)
    VERSION_RULES.require("discard", version, by=request.user)
    if request.method == "POST":
        before = actions.discard(version, by=request.user)
        messages.success(
            request, f"Version {version.number} was discarded. Version {before.number} stands again."
        )
        return redirect("protocols:detail", reference)
    return render(request, "protocols/discard.html", {"version": version, "protocol": version.protocol})


# -- The next version, the end --


@login_required
def start_next(request, reference: str):
    version = version_of(request, reference)
    VERSION_RULES.require("start_next", version, by=request.user)
    newer = _newer_template(version)
    form = NextVersionForm(posted(request), version=version, newer=newer) if newer else None
    if request.method == "POST" and (form is None or form.is_valid()):
        base = newer if form and form.cleaned_data["base"] == "newer" else None
        started = actions.start_next(version, by=request.user, template_version=base)
        messages.success(request, f"Version {started.number} was started.")
        return redirect("protocols:draft", reference)
    wanted = version.approvals.filter(decision="changes").select_related("organisation")
    context = {
        "version": version,
        "protocol": version.protocol,
        "form": form,
        "newer": newer,
        "wanted": wanted,
    }
    return render(request, "protocols/next.html", context)


def _newer_template(version: Version) -> TemplateVersion | None:
    published = version.template_version.template.versions.published().first()
    return published if published and published.number > version.template_version.number else None


@login_required
def withdraw(request, reference: str):
    version = version_of(request, reference)
    VERSION_RULES.require("withdraw", version, by=request.user)
    form = ReasonForm(
        posted(request),
        label="Why is the protocol withdrawn?",
        help_text="For example: the board was replaced by another.",
        wanted="Enter why the protocol is withdrawn",
    )
    if request.method == "POST" and form.is_valid():
        today = localdate()
        done = attempt(
            form, lambda: actions.withdraw(version, by=request.user, on=today, **form.cleaned_data)
        )
        if done:
            messages.success(request, "The protocol was withdrawn. Its versions stay readable here.")
            return redirect("protocols:detail", reference)
    context = {
        "version": version,
        "protocol": version.protocol,
        "form": form,
        "others": others_in_force(request.user, version),
        "in_force": version.protocol.versions.in_force().exists(),
    }
    return render(request, "protocols/withdraw.html", context)
