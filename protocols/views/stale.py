"""Two people in one clause: both wordings side by side, nothing lost (C2)."""

from django.shortcuts import render

from mappa_portal.words import clock
from protocols.differences import word_runs

TYPED = ("heading", "body", "locked")


def conflict_page(request, stale, form, line, address: str):
    """None when the other save was the same one: a second click is not a conflict."""
    current = stale.current
    mine = {name: form.cleaned_data[name] for name in TYPED if name in form.cleaned_data}
    if all(getattr(current, name) == value for name, value in mine.items()):
        return None
    form.data = form.data.copy()
    form.data["revision"] = current.revision
    context = {
        "form": form,
        "line": line,
        "current": current,
        "runs": word_runs(current.body, mine["body"]),
        "address": address,
        "clash": f"{_who(current)} changed this{_when(current)}. Check their change, then save yours.",
    }
    return render(request, "protocols/clause_conflict.html", context, status=409)


def _who(clause) -> str:
    return clause.edited_by.name if clause.edited_by else "Somebody"


def _when(clause) -> str:
    return f" at {clock(clause.edited_at)}" if clause.edited_at else ""


def removed_meanwhile(request, back: str):
    """What was typed is shown, so that it can be copied into another clause."""
    return render(request, "protocols/clause_removed.html", {"typed": request.POST, "back": back}, status=409)
