"""What was reported: this year, the year before, what changed; comments, signature, versions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from audit.history import history_of
from boards.access import organisations_of
from data_returns.actions.opening import correct
from data_returns.attending import all_attending
from data_returns.comparing import Line, is_first, largest_first, lines_of
from data_returns.evidence import is_kept, sources_of
from data_returns.forms.signing import CorrectForm
from data_returns.models import Return
from data_returns.pdf import pages
from data_returns.rules import RETURN_RULES, SCRUTINY_RULES
from data_returns.states import COLOURS
from data_returns.views.fetch import place, return_of, version_of, versions
from data_returns.years import in_words
from documents.views import deliver
from mappa_portal.forms import attempt


@login_required
def view(request, borough: str, year: int):
    data_return = version_of(request, borough, year)
    allowed = RETURN_RULES.allowed(request.user, data_return)
    lines, changed = lines_of(data_return, request.user), request.GET.get("changed") == "1"
    columns, opens = columns_of(year, lines), "open_records" in allowed
    groups = [("The largest first", largest_first(lines))] if changed else data_return.form.by_question(lines)
    context = {
        "data_return": data_return,
        "colour": COLOURS[data_return.status],
        "document": pages(data_return, "", "", _beside(request, data_return)),
        "changed": changed,
        "first": is_first(lines),
        "columns": columns,
        "groups": [
            (title, [_opening(data_return, line, opens, changed)[: len(columns)] for line in found])
            for title, found in groups
            if found
        ],
        "versions": versions(request, data_return),
        "allowed": allowed,
        "scrutiny": SCRUTINY_RULES.allowed(request.user, data_return.scrutiny),
        "entries": _history(request, data_return),
    }
    return render(request, "data_returns/view.html", context)


def _beside(request, data_return: Return) -> dict:
    """As it was when the return was signed; nothing is counted here."""
    return all_attending(data_return, request.user, timezone.localdate()) if is_kept(data_return) else {}


def _opening(data_return: Return, line: Line, opens: bool, alone: bool) -> list:
    """The figure leads to its cases for those who keep them; away from its question it names it (``alone``)."""
    cells = row(line)
    if alone:
        cells[0] = f"{line.question}: {line.label}"
    if opens and line.cell.source in sources_of(data_return):
        url = reverse("data_returns:records", args=[*place(data_return), line.question, line.cell.key])
        cells[1] = format_html(LINK, url, data_return.number, cells[1], line.label)
    return cells


LINK = '<a class="govuk-link" href="{}?version={}">{}<span class="govuk-visually-hidden">: cases of {}</span></a>'


def columns_of(year: int, lines: list[Line]) -> list[str]:
    """Without the year before where there is none."""
    own = ["Figure", in_words(year)]
    return own if is_first(lines) else [*own, in_words(year - 1), "Change"]


def row(line: Line) -> list:
    return [
        line.label,
        _number(line.now) + (" [r]" if line.revised else ""),
        _number(line.before),
        _change(line),
    ]


def _change(line: Line) -> str:
    if line.breaks and line.before is not None:
        return f"Not comparable. {line.breaks}"
    return "" if line.change is None else f"{line.change:+,}" if line.change else "0"


def _number(value: int | None) -> str:
    return "Not known" if value is None else f"{value:,}"


def _history(request, data_return: Return):
    own = data_return.organisation_id in organisations_of(request.user)
    return history_of(request.user, data_return) if own else []


@login_required
def pdf(request, borough: str, year: int):
    """The sealed file; the taking away is recorded (U2)."""
    data_return = version_of(request, borough, year)
    if data_return.document_id is None:
        raise Http404
    return deliver(request, data_return.document)


@login_required
def correction(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "correct")
    form = CorrectForm(request.POST if request.method == "POST" else None, borough=data_return.territory)
    if request.method == "POST" and form.is_valid():
        act = lambda: correct(data_return, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
        if following := attempt(form, act):
            messages.success(
                request, f"Version {following.number} is open. It starts from what the signed one says."
            )
            return redirect("data_returns:return", *place(following))
    return render(request, "data_returns/correct.html", {"data_return": data_return, "form": form})
