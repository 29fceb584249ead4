"""The content of minutes: what stood in the records when they were made, in the order of the agenda."""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from accounts.vault import seal, unseal
from mappa_portal.words import long_date, upper_first
from meetings import attendees
from meetings.actions.actions import outcome_of, text_of
from meetings.attendees import Came
from meetings.models import Action, Attendance, Discussion, Meeting, Mode
from meetings.record import Record

LEVELS = dict(Discussion.DECISIONS)
RISKS = dict(Discussion.RiskOfHarm.choices)


@dataclass(frozen=True)
class Part:
    """One agency in one case: what became of it, and who came."""

    agency: str
    outcome: str
    who: str = ""


@dataclass(frozen=True)
class Item:
    """One action: ``state`` is what became of it, of those from before."""

    number: int
    text: str
    agency: str
    due_on: str
    state: str = ""


@dataclass(frozen=True)
class Heard:
    """One case as it was heard."""

    discussion: int
    position: int
    reference: str
    parts: tuple[Part, ...]
    previous: tuple[Item, ...]
    said: Record
    risk_of_harm: str
    disclosure_considered: bool | None
    level_decided: int | None
    next_review_on: str
    actions: tuple[Item, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What of a decision is missing."""
        asked = {
            "level not decided": self.level_decided,
            "risk of serious harm not recorded": self.risk_of_harm,
        }
        return tuple(said for said, value in asked.items() if not value)


@dataclass(frozen=True)
class Content:
    level: int
    held_on: str
    place: str
    chair: str
    cases: tuple[Heard, ...]

    @property
    def undecided(self) -> tuple[Heard, ...]:
        return tuple(case for case in self.cases if case.lacks)

    @property
    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.as_json.encode()).hexdigest()

    def sealed(self) -> str:
        return seal(self.as_json)

    @classmethod
    def opened(cls, sealed: str) -> "Content":
        values = json.loads(unseal(sealed))
        return cls(**values | {"cases": tuple(_heard(case) for case in values["cases"])})

    def of(self, discussions: Collection[int]) -> "Content":
        """What whoever sees these discussions may read."""
        return replace(self, cases=tuple(c for c in self.cases if c.discussion in discussions))


def _heard(values: dict) -> Heard:
    return Heard(
        **values
        | {
            "parts": tuple(Part(**part) for part in values["parts"]),
            "previous": tuple(Item(**item) for item in values["previous"]),
            "actions": tuple(Item(**item) for item in values["actions"]),
            "said": Record(**values["said"]),
        }
    )


# -- From the registers --


def content_of(meeting: Meeting) -> Content:
    """As the records stand now; the same number of questions for any number of cases."""
    discussions = list(
        meeting.discussions.select_related("case").prefetch_related(
            "attendances__organisation__names", "actions__agency"
        )
    )
    came = attendees.recorded(meeting, [a for d in discussions for a in d.attendances.all()])
    previous = _previous(meeting, [d.case_id for d in discussions])
    heard = (_case(meeting, n, d, came, previous.get(d.case_id, ())) for n, d in enumerate(discussions, 1))
    return Content(
        level=meeting.level,
        held_on=meeting.held_on.isoformat(),
        place=meeting.place or ("By video" if meeting.video else ""),
        chair=meeting.chair.name if meeting.chair else "",
        cases=tuple(heard),
    )


def _previous(meeting: Meeting, cases: Collection[int]) -> dict[int, list[Action]]:
    """By case: those of its last earlier meeting, and older ones that are still open."""
    found = Action.objects.filter(
        discussion__case__in=cases, discussion__meeting__held_on__lt=meeting.held_on
    ).select_related("agency", "discussion__meeting")
    by_case: dict[int, list[Action]] = {}
    for action in found.order_by("-discussion__meeting__held_on", "-discussion", "number"):
        mine = by_case.setdefault(action.discussion.case_id, [])
        if not mine or mine[0].discussion_id == action.discussion_id or action.status == Action.Status.OPEN:
            mine.append(action)
    return by_case


def _case(meeting: Meeting, position: int, discussion: Discussion, came, previous) -> Heard:
    rows = sorted((a for a in discussion.attendances.all() if a.invited or a.attended), key=_name)
    day = discussion.next_review_on
    return Heard(
        discussion=discussion.pk,
        position=position,
        reference=discussion.case.reference,
        parts=tuple(_part(a, came, meeting.held_on) for a in rows),
        previous=tuple(_item(a, state=_became(a)) for a in previous),
        said=Record.opened(discussion.record),
        risk_of_harm=discussion.risk_of_harm,
        disclosure_considered=discussion.disclosure_considered,
        level_decided=discussion.level_decided,
        next_review_on=day.isoformat() if day else "",
        actions=tuple(_item(a) for a in discussion.actions.all()),
    )


def _name(part: Attendance) -> str:
    return part.organisation.name


def _part(part: Attendance, came, day: date) -> Part:
    person = came.get((part.organisation_id, part.substitute)) if part.attended else None
    outcome = "Stood down" if part.stood_down else part.outcome.label
    return Part(part.organisation.name_on(day), outcome, _who(person) if person else "")


def _who(person: Came) -> str:
    mode = Mode(person.mode).label.lower() if person.mode else ""
    return upper_first(", ".join(filter(None, (person.name, person.job_title, mode))))


def _item(action: Action, state: str = "") -> Item:
    return Item(action.number, text_of(action), action.agency.name, action.due_on.isoformat(), state)


def _became(action: Action) -> str:
    return ". ".join(filter(None, (action.get_status_display(), outcome_of(action))))


# -- As it is read --


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple, ...] = ()


def attendance_of(content: Content) -> Section:
    """Each agency once, with what became of it in which cases; apologies stand among them."""
    found: dict[str, dict[str, list[int]]] = {}
    who: dict[str, list[str]] = {}
    for case in content.cases:
        for part in case.parts:
            found.setdefault(part.agency, {}).setdefault(part.outcome, []).append(case.position)
            if part.who and part.who not in who.setdefault(part.agency, []):
                who[part.agency].append(part.who)
    several = len(content.cases) > 1
    rows = [
        (agency, "; ".join(who.get(agency, [])) or "Nobody named", _by_case(outcomes, several))
        for agency, outcomes in sorted(found.items())
    ]
    return Section(
        "Introductions, attendance and apologies", (), ("Agency", "Who", "Attendance"), tuple(rows)
    )


def _by_case(outcomes: dict[str, list[int]], several: bool) -> str:
    if not several or len(outcomes) == 1:
        return next(iter(outcomes))
    said = (
        f"{label}: case{'s' if len(of) > 1 else ''} {', '.join(map(str, of))}"
        for label, of in outcomes.items()
    )
    return "; ".join(said)


def sections_of(case: Heard) -> Iterator[Section]:
    said = case.said
    yield _items("Previous actions", case.previous, "No actions from before", "What became of it")
    yield _told("Information from the agencies", said.information)
    yield _told("Victims", said.victims)
    yield _told("Children and safeguarding", said.children)
    yield _told("Diversity", said.diversity)
    risk = f"Risk of serious harm: {RISKS[case.risk_of_harm].lower()}." if case.risk_of_harm else ""
    yield _told("Risk assessment", risk, said.risk)
    considered = {True: "Disclosure was considered.", False: "Disclosure was not considered.", None: ""}
    yield _told("Disclosure", considered[case.disclosure_considered], said.disclosure)
    yield _told("Risk management plan", said.plan)
    yield _items("Actions", case.actions, "No actions for this case")
    yield _told("Level", LEVELS.get(case.level_decided, ""), said.level_reason)
    yield _told("Next review", day(case.next_review_on))
    yield _told("Differing views", said.dissent)


def _told(heading: str, *texts: str) -> Section:
    return Section(heading, tuple(filter(None, texts)) or ("None recorded",))


def _items(heading: str, items: tuple[Item, ...], none: str, state: str = "") -> Section:
    if not items:
        return Section(heading, (none,))
    columns = ("Action", "Agency", "Due", *([state] if state else []))
    rows = tuple(
        (f"{i.number}. {i.text}", i.agency, day(i.due_on), *([i.state] if state else [])) for i in items
    )
    return Section(heading, (), columns, rows)


def day(text: str) -> str:
    return long_date(date.fromisoformat(text)) if text else ""


def changes(old: Content, new: Content) -> list[str]:
    """What reads differently, by case; the words of neither."""
    before = {case.discussion: case for case in old.cases}
    said = [] if replace(old, cases=()) == replace(new, cases=()) else ["The meeting's own particulars"]
    for case in new.cases:
        then = before.get(case.discussion)
        headings = [
            section.heading.lower()
            for section, earlier in zip(sections_of(case), sections_of(then) if then else (), strict=False)
            if section != earlier
        ]
        if then and then.parts != case.parts:
            headings.insert(0, "attendance")
        if headings:
            said.append(f"Case {case.position}: {', '.join(headings)}")
        elif then is None:
            said.append(f"Case {case.position}: added")
    return said
