"""What is left of a return."""

from collections import Counter
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from data_returns.checking import Ground, errors_of, to_fix
from data_returns.models import Return, Standing
from data_returns.progress import COMPLETED, Progress
from data_returns.rules import RETURN_RULES
from data_returns.views.fetch import place, return_of, while_open
from mappa_portal.templatetags.govuk import TaskItem


@login_required
@while_open
def task_list(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "fill")
    progress = Progress.of(data_return)
    problems = _problems(data_return)
    standing = Standing.objects.for_user(request.user).get(about=data_return.territory, year=year)
    context = {
        "return": data_return,
        "progress": progress,
        "next": progress.after(0),
        "standing": standing,
        "late": standing.is_late(localdate()),
        "groups": [
            (name, [progress.item(data_return, q, problems[q.number]) for q in questions])
            for name, questions in data_return.form.pages().items()
        ],
        "last": _last(data_return, RETURN_RULES.allowed(request.user, data_return)),
    }
    return render(request, "data_returns/task_list.html", context)


def _problems(data_return: Return) -> Counter[int]:
    """How much keeps each question from being signed."""
    ground = Ground(data_return)
    found = to_fix(data_return, ground, errors_of(data_return))
    return Counter(data_return.form.question_of(finding.key).number for finding in found)


def _last(data_return: Return, allowed: set[str]) -> list[TaskItem]:
    """Checking it, and signing what was checked: a link for the chair alone."""
    checked = data_return.status == Return.Status.CHECKED
    url = reverse("data_returns:check", args=place(data_return))
    check = TaskItem("Check the answers", COMPLETED, url)
    if not checked:
        return [
            replace(check, status="Not yet started", colour="grey"),
            TaskItem("Sign and send", "Cannot start yet"),
        ]
    if "sign" not in allowed:
        return [check, TaskItem("Sign and send", "With the MAPPA chair")]
    sign = reverse("data_returns:sign", args=place(data_return))
    return [check, TaskItem("Sign and send", "Not yet started", sign, colour="grey")]
