"""What is left of a return."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.timezone import localdate

from data_returns.models import Return, Standing
from data_returns.progress import COMPLETED, Progress
from data_returns.views.fetch import page, place, return_of
from mappa_portal.templatetags.govuk import TaskItem


@login_required
def task_list(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "fill")
    progress = Progress.of(data_return)
    standing = Standing.objects.for_user(request.user).get(about=data_return.territory, year=year)
    context = {
        "return": data_return,
        "progress": progress,
        "next": progress.after(0),
        "standing": standing,
        "late": standing.is_late(localdate()),
        "groups": [
            (name, [progress.item(data_return, question) for question in questions])
            for name, questions in data_return.form.pages().items()
        ],
        "last": _last(data_return),
    }
    return render(request, "data_returns/task_list.html", context)


def _last(data_return: Return) -> list[TaskItem]:
    """Checking it, and signing what was checked."""
    checked = data_return.status == Return.Status.CHECKED
    check, sign = page("check", *place(data_return)), page("sign", *place(data_return)) if checked else ""
    return [
        _item("Check the answers", check, COMPLETED if checked else "Not yet started"),
        _item("Sign and send", sign, "Not yet started"),
    ]


def _item(title: str, url: str, status: str) -> TaskItem:
    if not url:
        return TaskItem(title, "Cannot start yet")
    return TaskItem(title, status, url, colour="" if status == COMPLETED else "grey")
