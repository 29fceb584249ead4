"""What the register of meetings does when a case, or minutes, are erased: the words go, the figures stay."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from django.utils.timezone import localdate, now

from boards.access import unshare
from boards.models import Organisation
from meetings.ages import ages_on
from meetings.minutes import Content
from meetings.models import Discussion, Minutes, Notification
from meetings.record import Record
from referrals import rooms
from referrals.models import Case
from referrals.records.kinds import KINDS, MOST, Kind

ERASED = Record(information="Erased")


@rooms.erases
def before_a_case_goes(case: Case) -> None:
    """Ages that figures rest on are kept as yes or no; minutes of its meetings lose its pages."""
    heard = Discussion.objects.filter(case=case)
    heard.filter(under_18__isnull=False).update(under_18_stated=True)
    Case.objects.filter(pk=case.pk).update(kept_ages=_ages(case))
    discussions = set(heard.values_list("pk", flat=True))
    for told in Notification.objects.filter(case=case):  # no agency reads of the person any more
        unshare(told, with_=told.agency)
    Notification.objects.filter(case=case, withdrawn_at=None).update(withdrawn_at=now())
    for minutes in Minutes.objects.select_for_update().filter(meeting__in=heard.values("meeting")):
        blank(minutes, discussions)


def _ages(case: Case) -> dict[str, bool]:
    """On each 31 March of its levels, the day of the return."""
    days = {
        day
        for starts_on, ends_on in case.levels.values_list("starts_on", "ends_on")
        for year in range(starts_on.year, (ends_on or localdate()).year + 1)
        if starts_on <= (day := date(year, 3, 31)) and (ends_on is None or day <= ends_on)
    }
    told = {day.isoformat(): ages_on({case.pk: case.personal}, day).get(case.pk) for day in days}
    return {day: is_under for day, is_under in told.items() if is_under is not None}


def blank(minutes: Minutes, discussions: Collection[int] | None = None) -> None:
    """Of these discussions, or of all; the fingerprint stays that of what was approved."""
    content = Content.opened(minutes.content)
    cases = tuple(
        replace(case, said=ERASED, previous=(), actions=())
        if discussions is None or case.discussion in discussions
        else case
        for case in content.cases
    )
    minutes.content = replace(content, cases=cases).sealed()
    minutes.save(update_fields=["content"])


def _ended(unit: Organisation, by: date, done) -> Iterable[tuple[int, str, date]]:
    mine = Minutes.objects.filter(meeting__organisation=unit, meeting__held_on__lte=by).exclude(pk__in=done)
    found = mine.order_by("meeting__held_on", "pk").values_list(
        "pk", "meeting__reference", "number", "meeting__held_on"
    )
    return [(pk, f"{reference}-{number}", day) for pk, reference, number, day in found[:MOST]]


def _erase(pk: int) -> dict:
    blank(Minutes.objects.select_for_update().get(pk=pk))
    return {"meetings.minutes": [pk]}


KINDS["minutes"] = Kind(
    "Minutes",
    "keep_minutes_years",
    _ended,
    lambda pk: Case.objects.filter(discussions__meeting__minutes=pk).order_by("pk"),
    _erase,
)
