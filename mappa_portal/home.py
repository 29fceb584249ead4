"""The home page: what each room says needs this person today."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.timezone import localdate

from boards.access import seats_of
from boards.roles import Seat

SOON = timedelta(days=14)
HEADINGS = (("Overdue", "overdue"), ("Today", "today"), ("Next 14 days", "soon"), ("Later", "later"))


@dataclass(frozen=True)
class Task:
    """``verb`` and ``title`` read as one: "Sign", "the Camden protocol". ``url`` opens the form itself.

    ``waiting`` is a short line below it: who waits, or for what. Without ``due`` it waits for this person now.
    ``late``: overdue whatever its day, like what was done already and still needs somebody's word.
    """

    title: str
    url: str
    due: date | None
    waiting: str = ""
    verb: str = ""
    late: bool = False


@dataclass(frozen=True)
class Group:
    heading: str
    kind: str
    tasks: list[Task]


Room = Callable[..., Iterable[Task]]
_rooms: list[Room] = []


def register(tasks: Room) -> Room:
    """``tasks(user, today)`` gives what a room has for this person."""
    if tasks not in _rooms:
        _rooms.append(tasks)
    return tasks


def tasks_of(user, today: date) -> list[Task]:
    found = [task for tasks in _rooms for task in tasks(user, today)]
    return sorted(found, key=lambda t: (t.due or date.max, t.title))


def grouped(tasks: Iterable[Task], today: date) -> list[Group]:
    """Overdue, today, the next 14 days, later; groups without tasks are left out."""
    groups = [Group(heading, kind, []) for heading, kind in HEADINGS]
    for task in tasks:
        groups[_group(task, today)].tasks.append(task)
    return [group for group in groups if group.tasks]


def _group(task: Task, today: date) -> int:
    """What has no date waits for this person now."""
    if task.late or (task.due and task.due < today):
        return 0
    if task.due is None or task.due == today:
        return 1
    return 2 if task.due <= today + SOON else 3


@login_required
def home(request):
    today = localdate()
    tasks = tasks_of(request.user, today)
    needed = any(_group(task, today) < 2 for task in tasks)
    following = next((task for task in tasks if _group(task, today) > 1), None)
    return render(
        request,
        "home.html",
        {
            "groups": grouped(tasks, today),
            "needed": needed,
            "following": following,
            "today": today,
            "held": [(Seat(s.seat).label, s.organisation) for s in seats_of(request.user)],
        },
    )
