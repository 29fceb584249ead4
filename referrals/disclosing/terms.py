"""The words of disclosure as data: circumstances, recipients, legal bases by date, the schemes' clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

CIRCUMSTANCES = {
    "GROOM": "The person may groom people at specific places",
    "LICENCE": "A licence or order keeps the person away from places or people",
    "VICTIM": "Somebody is or may become a victim",
    "SCHOOL": "A young person returns to school or college",
    "OTHERS": "Others share a place with the person, like hostel residents or staff",
    "INFO": "Information is needed for the assessment of risk",
}
GROUNDS = {
    "consent": "The person consents",
    "crime": "To prevent crime",
    "harm": "To prevent serious harm or abuse",
}
ROLES = {
    "head": "Head teacher",
    "safeguarding": "Designated safeguarding teacher",
    "parent": "Parent or carer",
    "partner": "Partner or other adult of the household",
    "victim": "Past or potential victim",
    "social_worker": "Social worker",
    "health": "Health professional",
    "accommodation": "Manager or staff of accommodation",
    "employer": "Employer or organiser of volunteers",
    "faith": "Leader of a faith or community group",
    "other": "Somebody else",
}
AT_SCHOOL = ("head", "safeguarding")
SCHEMES = {
    "csods": "Child Sex Offender Disclosure Scheme (Sarah’s law)",
    "dvds": "Domestic Violence Disclosure Scheme (Clare’s law)",
}
TELLERS = ("POL", "PRB")  # agency types: only police and probation carry a disclosure out


@dataclass(frozen=True)
class Basis:
    """``since`` and ``until`` are the first and last day on which it can be relied on."""

    code: str
    name: str
    since: date = date.min
    until: date = date.max

    def holds_on(self, day: date) -> bool:
        return self.since <= day <= self.until


BASES = {
    basis.code: basis
    for basis in (
        Basis("cja325", "Criminal Justice Act 2003, section 325(4)", date(2004, 4, 5)),
        Basis("cja325a", "Criminal Justice Act 2003, section 325(4A) and (4B)", date(2022, 4, 28)),
        Basis("cja327a", "Criminal Justice Act 2003, section 327A", date(2008, 7, 14)),
        Basis("cda115", "Crime and Disorder Act 1998, section 115", date(1998, 9, 30)),
        Basis("common", "Common law: to prevent crime and protect people"),
        Basis("ca2004", "Children Act 2004", date(2005, 10, 1)),
        Basis("hra", "Human Rights Act 1998", date(2000, 10, 2)),
        Basis("dpa1998", "Data Protection Act 1998", date(2000, 3, 1), date(2018, 5, 24)),
        Basis("gdpr", "GDPR and Data Protection Act 2018", date(2018, 5, 25), date(2020, 12, 31)),
        Basis("ukgdpr", "UK GDPR and Data Protection Act 2018", date(2021, 1, 1)),
        Basis(
            "dpa3",
            "Data Protection Act 2018, Part 3 (police, probation, prisons)",
            date(2018, 5, 25),
        ),
    )
}


def bases_on(day: date) -> list[Basis]:
    return [basis for basis in BASES.values() if basis.holds_on(day)]


# -- Clocks of the schemes --


@dataclass(frozen=True)
class Step:
    """Something a scheme must have done within so many days of the application, if that was made by ``until``."""

    scheme: str
    code: str
    name: str
    days: int
    since: date = date.min
    until: date = date.max


_2022, _2023 = date(2022, 12, 31), date(2023, 1, 1)
STEPS = (
    *(Step(scheme, "checks", "First checks", 1) for scheme in SCHEMES),
    *(Step(scheme, "interview", "Interview with the applicant", 10) for scheme in SCHEMES),
    Step("csods", "decision", "Decision", 45, until=_2022),
    Step("csods", "decision", "Decision", 28, since=_2023),
    Step("dvds", "decision", "Decision", 35, until=_2022),
    Step("dvds", "decision", "Decision", 28, since=_2023),
)
STEP_NAMES = {step.code: step.name for step in STEPS}


@dataclass(frozen=True)
class Due:
    code: str
    name: str
    due_on: date
    done_on: date | None

    def is_overdue(self, today: date) -> bool:
        return self.due_on < (self.done_on or today)


def clocks(scheme: str, asked_on: date, done: dict[str, date]) -> Iterator[Due]:
    """By when each step is due and when it was done; the day of the application does not count."""
    for step in STEPS:
        if step.scheme == scheme and step.since <= asked_on <= step.until:
            yield Due(step.code, step.name, asked_on + timedelta(days=step.days), done.get(step.code))
