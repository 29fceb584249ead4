"""The attendance grid as a form: agencies by cases, who came for each, and what was chosen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from boards import agencies
from boards.models import AreaSettings, Organisation
from meetings import attendees
from meetings.attendees import Came, Who
from meetings.models import Attendance, Discussion, Meeting, Mode
from meetings.seniority import is_too_junior

GRADES = [("", "Not recorded"), *agencies.GRADES]
MODES = [("", "Not recorded"), *Mode.choices]
ASKED = [
    ("name", "name", []),
    ("job title", "job_title", []),
    ("seniority", "grade", GRADES),
    ("how", "mode", MODES),
]  # of each person: how a difference names it, the field, its choices
Outcome = Attendance.Outcome
OUTCOMES = Outcome.values
LONGEST = 120


@dataclass
class Line:
    """One agency: its parts by case, what is chosen in each, and who came, as representative or as substitute."""

    agency: Organisation
    name: str
    parts: list[Attendance | None]
    people: dict[bool, Came]
    recorded: dict[bool, Came] = field(default_factory=dict)  # of the people, what stands in the register
    announced: str = ""
    needed: int = 1  # the lowest grade that counts
    chosen: dict[int, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.agency.slug

    @property
    def representative(self) -> Came:
        return self.people[False]

    @property
    def substitute(self) -> Came:
        return self.people[True]

    @property
    def open_parts(self) -> list[tuple[int, Attendance]]:
        """(place, part) of what is to be recorded."""
        return [(place, p) for place, p in enumerate(self.parts, 1) if p and p.is_expected]

    def take(self, posted: Mapping[str, str]) -> None:
        """What is not sent, or not on offer, stays as it is; choices for a whole row or column come on top."""
        for place, part in self.open_parts:
            for name in (f"{self.key}.{place}", f"all.{place}", f"{self.key}.all"):
                asked = posted.get(name)
                if asked in OUTCOMES and (asked or name == f"{self.key}.{place}"):
                    self.chosen[part.pk] = asked
        for is_substitute, person in self.people.items():
            self.people[is_substitute] = self._posted(person, is_substitute, posted)

    def _posted(self, person: Came, is_substitute: bool, posted: Mapping[str, str]) -> Came:
        prefix = self.prefix(is_substitute)
        grade = _known(posted.get(f"{prefix}.grade"), GRADES, str(person.grade or ""))
        return replace(
            person,
            name=posted.get(f"{prefix}.name", person.name).strip()[:LONGEST],
            job_title=posted.get(f"{prefix}.job_title", person.job_title).strip()[:LONGEST],
            mode=_known(posted.get(f"{prefix}.mode"), MODES, person.mode),
            grade=int(grade) if grade else None,
        )

    def prefix(self, is_substitute: bool) -> str:
        return f"{self.key}.substitute" if is_substitute else self.key

    def mark_confirmed(self) -> None:
        """Cells that nobody has recorded yet become what the agency announced, on the page only."""
        for _, part in self.open_parts:
            self.chosen[part.pk] = self.chosen[part.pk] or self.announced

    def still_open(self) -> Iterator[tuple[str, str]]:
        """Each expected cell that says nothing, and the text about it."""
        for place, part in self.open_parts:
            if not self.chosen[part.pk]:
                yield f"{self.key}.{place}", f"{self.name}, case {place}: select attendance"

    @property
    def lacks_grade(self) -> bool:
        """Somebody came, and nobody knows at which seniority."""
        return any(self._came(role) and not person.grade for role, person in self.people.items())

    @property
    def is_too_junior(self) -> bool:
        """Somebody came, and it does not count."""
        return any(
            self._came(role) and is_too_junior(p.grade, self.needed) for role, p in self.people.items()
        )

    def differences(self) -> Iterator[str]:
        """Where the choices, and the people who came by them, differ from the register."""
        for place, part in self.open_parts:
            if self.chosen[part.pk] != part.outcome.value:
                yours = Outcome(self.chosen[part.pk]).label
                yield f"{self.name}, case {place}: now {part.outcome.label}, yours {yours}"
        for role, person in self.people.items():
            if role in self.recorded or self._came(role):
                before = self.recorded.get(role, Came())
                yield from (f"{self.name}, {text}" for text in _other_words(role, before, person))

    def _came(self, role: bool) -> bool:
        outcome = Outcome.SUBSTITUTE if role else Outcome.ATTENDED
        return any(self.chosen[part.pk] == outcome for _, part in self.open_parts)


def _other_words(role: bool, now: Came, yours: Came) -> Iterator[str]:
    who = "substitute" if role else "representative"
    for label, name, choices in ASKED:
        stands, typed = (str(getattr(person, name) or "") for person in (now, yours))
        if stands != typed:
            words = {str(value): text for value, text in choices}
            stands, typed = (words.get(v) or v or "Not recorded" for v in (stands, typed))
            yield f"{label} of the {who}: now {stands}, yours {typed}"


def _known(value: str | None, choices, otherwise: str) -> str:
    return value if value in {str(choice) for choice, _ in choices} else otherwise


def lines_of(meeting: Meeting, discussions: list[Discussion]) -> list[Line]:
    """In order of name; their attendances are prefetched with organisation and names."""
    parts = [part for d in discussions for part in d.attendances.all()]
    there = {part.organisation_id: part.organisation for part in parts}
    answers = attendees.replies(meeting)
    recorded = attendees.recorded(meeting, parts)
    people = attendees.expected(answers) | recorded
    announced = attendees.confirmed(answers)
    rules = AreaSettings.objects.get(territory=meeting.territory.parent_id)
    lines = []
    for pk, agency in sorted(there.items(), key=lambda item: item[1].name):
        mine = [next((a for a in d.attendances.all() if a.organisation_id == pk), None) for d in discussions]
        came = {role: people.get((pk, role), Came()) for role in (False, True)}
        stands = {role: recorded[pk, role] for role in came if (pk, role) in recorded}
        name = agency.name_on(meeting.held_on)
        line = Line(
            agency, name, mine, came, stands, announced.get(pk, ""), rules.lowest_grade(agency, meeting.level)
        )
        line.chosen = {part.pk: part.outcome.value for part in mine if part}
        lines.append(line)
    return lines


def marks_of(lines: Iterable[Line]) -> dict[int, str]:
    return {part.pk: line.chosen[part.pk] for line in lines for _, part in line.open_parts}


def came_of(lines: Iterable[Line]) -> dict[Who, Came]:
    return {(line.agency.pk, role): person for line in lines for role, person in line.people.items()}
