"""What was reported: this year, the year before, what changed; comments, signature, versions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from audit.history import history_of
from boards.access import organisations_of
from data_returns.actions.opening import correct
from data_returns.comparing import Line, largest_first, lines_of
from data_returns.forms.signing import CorrectForm
from data_returns.models import Return
from data_returns.pdf import pages
from data_returns.rules import RETURN_RULES, SCRUTINY_RULES
from data_returns.states import COLOURS
from data_returns.views.fetch import place, return_of
from data_returns.years import in_words
from documents.views import deliver
from mappa_portal.forms import attempt


@login_required
def view(request, borough: str, year: int):
    data_return = _version(request, borough, year)
    lines, changed = lines_of(data_return, request.user), request.GET.get("changed") == "1"
    shown = largest_first(lines) if changed else lines
    context = {
        "data_return": data_return,
        "colour": COLOURS[data_return.status],
        "document": pages(data_return, "", ""),
        "changed": changed,
        "first": all(line.before is None for line in lines),
        "columns": ["Question", "Figure", in_words(year), in_words(year - 1), "Change"],
        "rows": [row(line) for line in shown],
        "versions": _versions(request, data_return),
        "allowed": RETURN_RULES.allowed(request.user, data_return),
        "scrutiny": SCRUTINY_RULES.allowed(request.user, data_return.scrutiny),
        "entries": _history(request, data_return),
    }
    return render(request, "data_returns/view.html", context)


def _version(request, borough: str, year: int) -> Return:
    """The newest, or the one that ``?version=`` names."""
    newest, asked = return_of(request, borough, year), request.GET.get("version", "")
    if not asked or asked == str(newest.number):
        return newest
    found = next((v for v in _versions(request, newest) if str(v.number) == asked), None)
    if found is None:
        raise Http404
    return found


def row(line: Line) -> list:
    change = line.change
    return [
        line.question,
        line.label,
        _number(line.now) + (" [r]" if line.revised else ""),
        _number(line.before),
        "" if change is None else f"{change:+,}" if change else "0",
    ]


def _number(value: int | None) -> str:
    return "Not known" if value is None else f"{value:,}"


def _versions(request, data_return: Return) -> list[Return]:
    found = Return.objects.for_user(request.user).filter(
        territory=data_return.territory_id, year=data_return.year
    )
    found = found.select_related("territory__parent", "organisation", "board", "signed_by", "document")
    return list(found.order_by("-number"))


def _history(request, data_return: Return):
    own = data_return.organisation_id in organisations_of(request.user)
    return history_of(request.user, data_return) if own else []


@login_required
def pdf(request, borough: str, year: int):
    """The sealed file; the taking away is recorded (U2)."""
    data_return = _version(request, borough, year)
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
