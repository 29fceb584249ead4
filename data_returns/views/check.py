"""Can it be signed? What must be fixed, what wants an explanation, and all answers."""

from operator import itemgetter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate

from boards.rules import may
from data_returns.actions.checking import pass_check
from data_returns.answers import cards
from data_returns.attending import all_attending
from data_returns.checking import Ground, result_of, to_fix
from data_returns.checks import Finding
from data_returns.models import Return
from data_returns.progress import Progress
from data_returns.rules import RETURN_RULES
from data_returns.views.fetch import place, return_of, while_open


@login_required
@while_open
def check(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "fill")
    if request.method == "POST":
        return _passed(request, pass_check(data_return, by=request.user))
    ground = Ground(data_return)
    result = result_of(data_return, ground)
    found = to_fix(data_return, ground, result.errors)
    errors = [_numbered(data_return, finding) for finding in found] + _unfinished(data_return, found)
    beside = all_attending(data_return, request.user, localdate(), ground.kpis)
    context = {
        "return": data_return,
        "to_fix": [line for _, *line in sorted(errors, key=itemgetter(0))],
        "signs": may(request.user, "sign_return", data_return),
        "to_explain": [(*_linked(data_return, f), _is_explained(data_return, f)) for f in result.warnings],
        "cards": [(card, _url(data_return, card.question.number)) for card in cards(data_return, beside)],
    }
    return render(request, "data_returns/check.html", context)


def _passed(request, data_return: Return):
    """On to the declaration for the chair; for others it is the chair's turn."""
    if "sign" in RETURN_RULES.allowed(request.user, data_return):
        return redirect("data_returns:sign", *place(data_return))
    messages.success(request, f"The return {data_return.reference} is ready. The MAPPA chair signs it.")
    return redirect("data_returns:return", *place(data_return))


def _unfinished(data_return: Return, found: list[Finding]) -> list[tuple[int, str, str]]:
    """Questions that nobody completed and whose errors do not say so already."""
    named = {data_return.form.question_of(finding.key).number for finding in found}
    left = [n for n in Progress.of(data_return).unfinished if n not in named]
    return [(n, f"Question {n} is not completed", _url(data_return, n)) for n in left]


def _numbered(data_return: Return, finding: Finding) -> tuple[int, str, str]:
    """Its question's number, to stand in order and in the line unless the message names it."""
    number, (said, url) = data_return.form.question_of(finding.key).number, _linked(data_return, finding)
    return number, said if said.startswith("Question ") else f"Question {number}: {said}", url


def _linked(data_return: Return, finding: Finding) -> tuple[str, str]:
    number = data_return.form.question_of(finding.key).number
    return finding.message, f"{_url(data_return, number)}#id_{finding.at}"


def _url(data_return: Return, number: int) -> str:
    return reverse("data_returns:question", args=[*place(data_return), number])


def _is_explained(data_return: Return, finding: Finding) -> bool:
    question = data_return.form.question_of(finding.key)
    said = data_return.said()
    return bool(said.text(finding.key) or said.text(question.comment.key))
