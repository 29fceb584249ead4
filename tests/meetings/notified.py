"""A planned meeting whose cases are about somebody, and agencies with people who answer."""

from datetime import date, timedelta

from django.utils.timezone import localdate, now

from accounts.models import User
from accounts.vault import seal
from audit.models import Draft, Event
from boards.references import next_reference
from boards.roles import Seat
from meetings.actions import actions, checks, invitations, notifications
from meetings.actions.checks import Check
from meetings.actions.decisions import record_discussion
from meetings.actions.notifications import Telling
from meetings.models import Discussion, Meeting, Notification
from meetings.record import Record
from referrals.actions import write_tokens
from referrals.models import Address, Case, LevelPeriod
from referrals.personal import Person
from tests.factories import person

BORN = date(1981, 5, 17)
SAID = {  # what gives each particular away
    "name": ("Jo Canary", "Birdie"),
    "birth_date": ("17 May 1981", "1981-05-17"),
    "address": ("9 Canary Row",),
    "category": ("2: violent", '"category": 2'),
}
WHY = "Canary reason"
DEFAULT = ("name", "birth_date", "address")
KNOWN = Check("known", "Ada Worker", "Social worker", "ada@camden.example", "020 7946 0000")


def events(name: str) -> int:
    return sum(table.objects.filter(name=name).count() for table in (Draft, Event))


def save(notification: Notification, check: Check = KNOWN, *, by, revision=None) -> list[Notification]:
    notification.refresh_from_db()
    return checks.save([(notification, check, revision or notification.revision)], by=by, at=now())


def page(browser_of, who: str, notification: Notification) -> str:
    return browser_of(who).get(f"/notifications/{notification.key}/").text


def subject(case: Case, level: int = 2) -> None:
    case.personal = Person("Jo Canary", ("Birdie",), BORN).sealed()
    case.category = 2
    case.save()
    write_tokens([case])
    home = {"number": 1, "kind": Address.Kind.HOME, "text": seal("9 Canary Row")}
    Address.objects.get_or_create(territory=case.territory, case=case, ends_on=None, defaults=home)
    since = localdate() - timedelta(days=30)
    LevelPeriod.objects.get_or_create(territory=case.territory, case=case, level=level, starts_on=since)


def told_outside(camden, case: Case, **more) -> Notification:
    """Adult Social Care, by the lead agency's word."""
    if not User.objects.filter(email="camden_asc_spoc@example.org").exists():
        person("camden_asc_spoc", camden.agency("ASC"), Seat.SPOC)
    values = {"telling": Telling(("name",)), "word_by": "Lee Brandt, police", "word_on": localdate()}
    values |= {"check_by": localdate(), "by": camden.by, "at": now()} | more
    return notifications.notify_by_word(case, camden.agency("ASC"), **values)


def panel(camden, *codes: str, cases: int = 2, sent: bool = True, **more) -> Meeting:
    for code in codes:
        if code in ("YOT", "ASC"):
            person(f"camden_{code.lower()}_spoc", camden.agency(code), Seat.SPOC)
    more.setdefault("reference", next_reference(camden.borough, "M", localdate().year))
    meeting = camden.meeting(*codes, cases=cases, **more)
    for discussion in meeting.discussions.select_related("case__territory"):
        subject(discussion.case)
    if sent:
        invitations.send(meeting, by=camden.by)
    return meeting


def notify(camden, meeting: Meeting, code: str, *may_know: str, why: str = "", **more) -> list[Notification]:
    """Of all its cases."""
    telling = Telling(may_know, why)
    values = {"check_by": meeting.held_on - timedelta(days=7), "by": camden.by, "at": now()} | more
    chosen = dict.fromkeys(meeting.discussions.values_list("pk", flat=True), telling)
    return notifications.notify(meeting, camden.agency(code), chosen=chosen, **values)


def decide(camden, meeting: Meeting) -> None:
    """Held, a level decided for each case, an action for Children's Services and one for Housing."""
    Meeting.objects.filter(pk=meeting.pk).update(status=Meeting.Status.HELD, held_on=localdate())
    for discussion in Discussion.objects.filter(meeting=meeting):
        _decide(discussion, camden.by)
        for code in ("CSC", "POL"):
            due_on = localdate() + timedelta(days=20)
            text = f"Canary action of {code}"
            actions.add(discussion, text=text, agency=camden.agency(code), due_on=due_on, by=camden.by)


def _decide(discussion: Discussion, by) -> None:
    discussion = Discussion.objects.select_related("meeting", "case").get(pk=discussion.pk)
    record_discussion(
        discussion,
        said=Record(risk="Canary risk"),
        risk_of_harm="high",
        disclosure_considered=True,
        level_decided=2,
        revision=discussion.revision,
        by=by,
        today=localdate(),
    )
