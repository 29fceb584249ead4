"""The board's review of a return: a thread for each question asked, then accept or send back."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from data_returns.actions import scrutiny as actions
from data_returns.forms.scrutiny import AskForm, MessageForm, SendBackForm, TableForm
from data_returns.models import Query, Return
from data_returns.rules import RETURN_RULES, SCRUTINY_RULES
from data_returns.views.fetch import place, return_of
from mappa_portal.exceptions import Conflict
from mappa_portal.forms import Form, attempt

COLOURS = {"open": "blue", "answered": "yellow", "closed": "grey"}


@login_required
def review(request, borough: str, year: int):
    return _page(request, return_of(request, borough, year))


def _page(request, data_return: Return, *, status: int = 200, **typed):
    borough = data_return.territory
    queries = data_return.queries.prefetch_related("messages__organisation", "messages__written_by")
    context = {
        "data_return": data_return,
        "threads": [(query, COLOURS[query.status]) for query in queries],
        "allowed": RETURN_RULES.allowed(request.user, data_return),
        "scrutiny": SCRUTINY_RULES.allowed(request.user, data_return.scrutiny),
        "ask_form": AskForm(
            form=data_return.form, borough=borough, initial={"question": request.GET.get("question")}
        ),
        "message_form": MessageForm(auto_id=False, borough=borough),
        "table_form": TableForm(),
        "back_form": SendBackForm(borough=borough),
    }
    return render(request, "data_returns/review.html", context | typed, status=status)


def _act(request, data_return: Return, form, name: str, act: Callable, said: str):
    """What was typed stays on the page beside what is wrong with it."""
    if form.is_valid() and attempt(form, lambda: act(**form.cleaned_data)):
        messages.success(request, said)
        return redirect("data_returns:review", *place(data_return))
    return _page(request, data_return, **{name: form, "form": form})


@login_required
@require_POST
def ask(request, borough: str, year: int):
    found = _for_board(request, borough, year, "ask")

    def act(**said):
        return actions.ask(found, by=request.user, at=timezone.now(), **said)

    form = AskForm(request.POST, form=found.form, borough=found.territory)
    return _act(request, found, form, "ask_form", act, "Your question is sent to the MAPPA unit.")


@login_required
@require_POST
def say(request, borough: str, year: int, number: int):
    """The unit's answer, or the board's next words, by who says them."""
    found = return_of(request, borough, year)
    query = _query(found, number)
    is_unit = "answer_query" in RETURN_RULES.allowed(request.user, found)
    verb = actions.answer if is_unit else actions.ask_on

    def act(text: str):
        return verb(query, text=text, by=request.user, at=timezone.now())

    form = MessageForm(request.POST, auto_id=f"query-{number}-%s", borough=found.territory)
    context = {"typed_number": number}
    if form.is_valid() and attempt(form, lambda: act(**form.cleaned_data)):
        messages.success(
            request, "Your answer is sent to the board." if is_unit else "Your question is sent."
        )
        return redirect("data_returns:review", *place(found))
    return _page(request, found, typed_form=form, form=form, **context)


@login_required
@require_POST
def close(request, borough: str, year: int, number: int):
    found = _for_board(request, borough, year, "ask")
    actions.close(_query(found, number), by=request.user)
    messages.success(request, "The question is closed.")
    return redirect("data_returns:review", *place(found))


@login_required
@require_POST
def table(request, borough: str, year: int):
    found = _for_board(request, borough, year, "table")

    def act(on):
        return actions.table(found, on=on, today=localdate(), by=request.user)

    return _act(
        request, found, TableForm(request.POST), "table_form", act, "The meeting of the board is recorded."
    )


@login_required
@require_POST
def accept(request, borough: str, year: int):
    found = _for_board(request, borough, year, "accept")
    try:
        actions.accept(found, today=localdate(), by=request.user)
    except Conflict as unsettled:
        form = Form(request.POST)
        form.add_error(None, str(unsettled))
        return _page(request, found, status=409, form=form, accept_form=form)
    messages.success(request, "The return is accepted.")
    return redirect("data_returns:view", *place(found))


@login_required
@require_POST
def send_back(request, borough: str, year: int):
    found = _for_board(request, borough, year, "send_back")

    def act(reason: str):
        return actions.send_back(found, reason=reason, by=request.user, at=timezone.now())

    said = "The return is sent back. The MAPPA unit corrects it as its next version."
    return _act(request, found, SendBackForm(request.POST, borough=found.territory), "back_form", act, said)


def _for_board(request, borough: str, year: int, rule: str) -> Return:
    found = return_of(request, borough, year)
    SCRUTINY_RULES.require(rule, found.scrutiny, by=request.user)
    return found


def _query(data_return: Return, number: int) -> Query:
    return get_object_or_404(data_return.queries, number=number)
