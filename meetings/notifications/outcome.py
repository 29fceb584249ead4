"""After the meeting: a note for the agency's case file and its warning flag, made from what it was given."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from mappa_portal.words import OFFICIAL_SENSITIVE, long_date, lower_first
from meetings.actions.actions import text_of
from meetings.models import Action, Contact, DiscussionGrant, Meeting, Notification
from meetings.notifications.known import Known

SCHEMA = "mappa-portal/warning-flag/1"
KEEP = (
    "Confidential: need to know only. No copying or sharing outside the agency without the chair’s agreement. "
    "Keep in the restricted part of the file."
)


@dataclass(frozen=True)
class Outcome:
    note: str
    flag: dict

    @property
    def flag_text(self) -> str:
        return "\n".join(f"{label}: {value}" for label, value in _lines(self.flag))


def is_ready(notification: Notification) -> bool:
    """The meeting was held and its decision on the case recorded."""
    meeting = notification.meeting
    decided = meeting and notification.discussion.level_decided is not None
    return bool(decided and meeting.status == Meeting.Status.HELD)


def outcomes_of(told: Mapping[Notification, Known], today: date) -> dict[Notification, Outcome]:
    """Of those that are ready, at the cost of one."""
    ready = [notification for notification in told if is_ready(notification)]
    there = _There.of(ready)
    found = {}
    for notification in ready:
        known = told[notification]
        flag = _flag(notification, known, there, today)
        found[notification] = Outcome("\n".join(_note(notification, known, there, flag)), flag)
    return found


Pair = tuple[int, int]  # two ids


@dataclass(frozen=True)
class _There:
    """What the notes and flags of several take from elsewhere."""

    actions: Mapping[Pair, list[Action]]  # by discussion and agency
    asked: Collection[Pair]  # discussion, group of the agency
    contacts: Mapping[Pair, Contact]  # by MAPPA unit and agency

    @classmethod
    def of(cls, notifications: Collection[Notification]) -> "_There":
        discussions = [n.discussion_id for n in notifications]
        actions: dict[Pair, list[Action]] = {}
        for action in Action.objects.filter(discussion__in=discussions):
            actions.setdefault((action.discussion_id, action.agency_id), []).append(action)
        grants = DiscussionGrant.objects.filter(content_object__in=discussions)
        units = {n.organisation_id for n in notifications}
        leads = {n.case.responsible_agency_id for n in notifications}
        contacts = Contact.objects.current().filter(organisation__in=units, agency__in=leads).order_by("-pk")
        return cls(
            actions,
            set(grants.values_list("content_object_id", "group_id")),
            {(contact.organisation_id, contact.agency_id): contact for contact in contacts},
        )


def _note(notification: Notification, known: Known, there: _There, flag: dict) -> list[str]:
    meeting = notification.meeting
    named = f", {known.name}" if known.name else ""
    lines = [
        f"MAPPA Level {meeting.level} meeting, {meeting.territory}, {long_date(meeting.held_on)}.",
        f"Case {notification.case.reference}{named}.",
    ]
    if "level" in flag:
        until = flag["next_review_on"]
        review = f" Next review by {long_date(date.fromisoformat(until))}." if until else ""
        lines.append(f"The meeting decided: Level {flag['level']}.{review}")
    lines += _actions(notification, there)
    if notification.answer:
        on = long_date(notification.answered_at)
        lines.append(f"Our own check, {on}: {lower_first(notification.get_answer_display())}.")
    if notification.worker:
        lines.append(
            f"Our worker: {', '.join(filter(None, (notification.worker, notification.worker_job_title)))}."
        )
    return [*lines, KEEP]


def _actions(notification: Notification, there: _There) -> list[str]:
    mine = there.actions.get((notification.discussion_id, notification.agency_id), ())
    said = [f"- {text_of(action)} By {long_date(action.due_on)}." for action in mine]
    return (
        [f"Actions for {notification.agency}:", *said] if said else [f"No action for {notification.agency}."]
    )


def _flag(notification: Notification, known: Known, there: _There, today: date) -> dict:
    meeting, case, given = notification.meeting, notification.case, notification.may_know
    person = {}
    if "name" in given:
        person |= {"name": known.name, "aliases": list(known.aliases)}
    if "birth_date" in given:
        person["birth_date"] = known.birth_date.isoformat() if known.birth_date else None
    if "address" in given:
        person["address"] = known.address
    flag = {
        "schema": SCHEMA,
        "marking": OFFICIAL_SENSITIVE,
        "made_on": today.isoformat(),
        "agency": notification.agency.name,
        "case": case.reference,
        "person": person,
        "told_on": localdate(notification.notified_at).isoformat(),
        "meeting": {
            "reference": meeting.reference,
            "held_on": meeting.held_on.isoformat(),
            "level": meeting.level,
        },
        "lead_agency": _lead(notification, there),
    }
    if "category" in given:
        flag["category"] = known.category
    return flag | _decided(notification, there)


def _decided(notification: Notification, there: _There) -> dict:
    """What the meeting decided is for who was asked to the case, or was told the level anyway."""
    asked = (notification.discussion_id, notification.agency.group_id) in there.asked
    if "level" not in notification.may_know and not asked:
        return {}
    until = notification.discussion.next_review_on
    return {
        "level": notification.discussion.level_decided,
        "next_review_on": until.isoformat() if until else None,
    }


def _lead(notification: Notification, there: _There) -> dict | None:
    """The lead agency, and how its officer is reached: through its contact for the borough."""
    lead = notification.case.responsible_agency
    if lead is None:
        return None
    contact = there.contacts.get((notification.organisation_id, lead.pk))
    reached = {"name": contact.name, "email": contact.email, "telephone": contact.phone} if contact else None
    return {"name": lead.name, "contact": reached}


def _lines(flag: dict) -> list[tuple[str, str]]:
    """The same as the file, to be copied by hand."""
    person, lead = flag["person"], flag["lead_agency"]
    contact = (lead or {}).get("contact") or {}
    reached = ", ".join(filter(None, contact.values()))
    said = [("MAPPA case", flag["case"])]
    if "name" in person:
        said += [("Name", person["name"]), ("Other names", ", ".join(person["aliases"]))]
    born = person.get("birth_date")
    said += (
        [("Date of birth", long_date(date.fromisoformat(born)) if born else "")]
        if "birth_date" in person
        else []
    )
    said += [("Address when told", person["address"])] if "address" in person else []
    said.append(("Told on", long_date(date.fromisoformat(flag["told_on"]))))
    if "category" in flag:
        said.append(("Category", str(flag["category"] or "")))
    if "level" in flag:
        until = flag["next_review_on"]
        review = long_date(date.fromisoformat(until)) if until else "None"
        said += [("Level", str(flag["level"])), ("Next review by", review)]
    said += [("Lead agency", lead["name"] if lead else ""), ("Its contact", reached)]
    return [(label, value or "Not recorded") for label, value in said]
