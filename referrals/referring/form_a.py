"""MAPPA A as data: the letter and its editions, thirteen sections of one topic each and the questions they ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

LETTER = "MAPPA A"
EDITIONS = (  # from when; the letters of other forms changed in 2022, this one kept its own
    (date(2012, 1, 1), "2012"),
    (date(2022, 4, 28), "2022"),
)
LEVELS = (("2", "Level 2"), ("3", "Level 3"))
CATEGORIES = (
    ("1", "Category 1: registered sexual offender"),
    ("2", "Category 2: violent or other sexual offender"),
    ("3", "Category 3: other dangerous offender"),
    ("4", "Category 4: terrorist or terrorist-risk offender"),
)
KNOWN = (("yes", "Yes"), ("no", "No"), ("unknown", "Not known"))
YES_NO = (("yes", "Yes"), ("no", "No"))
RISK = (("low", "Low"), ("medium", "Medium"), ("high", "High"), ("very_high", "Very high"))
AREA, CATEGORY, PERSON, OFFENCE, DATES, CHILDREN, INVITE, REFERRER = 0, 1, 2, 3, 4, 9, 12, 13


@dataclass(frozen=True)
class Question:
    """``kind``: text, lines, date, past (a date), choice, or agencies of the borough. ``error``: if left empty."""

    key: str
    label: str
    kind: str = "text"
    hint: str = ""
    error: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def is_required(self) -> bool:
        return bool(self.error)


@dataclass(frozen=True)
class Section:
    """``each`` names what the questions are asked about again and again: a child."""

    number: int
    title: str
    questions: tuple[Question, ...]
    hint: str = ""
    each: str = ""


def _harm(group: str, key: str) -> Question:
    return Question(
        f"harm_{key}",
        f"Risk of serious harm to {group}",
        "choice",
        error=f"Select the risk of serious harm to {group}",
        choices=RISK,
    )


SECTIONS = (
    Section(
        AREA,
        "Level asked",
        (
            Question(
                "level_asked",
                "Which level is asked?",
                "choice",
                error="Select Level 2 or Level 3",
                choices=LEVELS,
            ),
        ),
        "Ask for the lowest level that can hold the risk",
    ),
    Section(
        CATEGORY,
        "Category",
        (
            Question(
                "category",
                "MAPPA category",
                "choice",
                "One only. A person with more than one offence has the category that lasts longest.",
                "Select the MAPPA category",
                CATEGORIES,
            ),
            Question(
                "under_18",
                "Is the person under 18?",
                "choice",
                error="Select if the person is under 18",
                choices=KNOWN,
            ),
            Question(
                "assessed_on",
                "Date of youth justice’s own assessment",
                "past",
                "Only if youth justice refers a person under 18",
            ),
        ),
    ),
    Section(
        PERSON,
        "The person",
        (
            Question("name", "Full name", error="Enter the person’s full name"),
            Question("aliases", "Other names and nicknames", "lines", "One a line"),
            Question("birth_date", "Date of birth", "past", error="Enter the date of birth"),
            Question("gender", "Gender"),
            Question("ethnicity", "Ethnicity", hint="In words"),
            Question("address", "Address", "lines", "Of no fixed abode: the area of the closest links"),
            Question("release_address", "Approved address on release", "lines"),
            Question("visor", "ViSOR reference"),
            Question("pnc", "PNC number"),
            Question("delius", "Delius number (CRN)"),
            Question("prison_number", "Prison number"),
        ),
    ),
    Section(
        OFFENCE,
        "Offence",
        (
            Question("offence", "Index offence or caution", error="Enter the index offence or caution"),
            Question("offence_on", "Date of the offence", "past", error="Enter the date of the offence"),
            Question("sentence", "Sentence", error="Enter the sentence"),
            Question(
                "description", "What happened?", "lines", "Short, a point a line", "Enter what happened"
            ),
            Question("previous", "Previous related offences", "lines"),
        ),
    ),
    Section(
        DATES,
        "Dates",
        (
            Question("sentenced_on", "Date of sentence", "past"),
            Question("release_on", "Date of release", "date", "The earliest one, if it is still to come"),
            Question("licence_ends_on", "Licence ends on", "date"),
            Question("registration_ends_on", "Registration ends on", "date"),
        ),
        "Leave empty what does not apply",
    ),
    Section(
        5,
        "Hospital",
        (
            Question(
                "hospital",
                "Hospital and ward",
                hint="If the person is detained; mental health services answer",
            ),
            Question("hospital_order", "Section and restrictions", "lines"),
        ),
        "Leave empty if the person is not detained in hospital",
    ),
    Section(
        6,
        "Reasons",
        (
            Question("behaviour", "Behaviour and attitude", "lines", error="Enter behaviour and attitude"),
            Question("patterns", "Patterns of offending", "lines"),
            Question("others", "What others know", "lines", "Information of other agencies"),
        ),
    ),
    Section(
        7,
        "Risk",
        (
            Question("tools", "Assessments used, with dates", "lines", error="Enter the assessments used"),
            *(
                _harm(group, key)
                for group, key in (
                    ("the public", "public"),
                    ("a known adult", "adult"),
                    ("children", "children"),
                    ("staff", "staff"),
                    ("the person themselves", "self"),
                )
            ),
            Question("risk", "What is the risk, to whom, and when?", "lines", error="Enter what the risk is"),
        ),
    ),
    Section(8, "Victims", (Question("victims", "Victims, their safety and their wishes", "lines"),)),
    Section(
        CHILDREN,
        "Children",
        (
            Question("name", "Name", error="Enter the child’s name"),
            Question("birth_date", "Date of birth", "past"),
            Question("address", "Address", "lines"),
            Question("key_worker", "Key worker"),
        ),
        "Only children who have a connection with the person. Leave empty if there are none.",
        each="Child",
    ),
    Section(
        10,
        "Plan",
        (
            Question("plan", "Risk management plan", "lines", error="Enter the risk management plan"),
            Question(
                "added_value",
                "Why can Level 1 not manage the risk?",
                "lines",
                "What a meeting at Level 2 or 3 adds",
                "Enter why Level 1 cannot manage the risk",
            ),
        ),
    ),
    Section(
        11,
        "Disclosure",
        (
            Question(
                "considered",
                "Was disclosure considered?",
                "choice",
                error="Select yes if it was considered",
                choices=YES_NO,
            ),
            Question(
                "disclosure",
                "To whom and why, or why not",
                "lines",
                error="Enter to whom and why, or why not",
            ),
        ),
    ),
    Section(
        INVITE,
        "Who to invite",
        (
            Question(
                "agencies",
                "Agencies",
                "agencies",
                "Those that should be at the meeting",
                "Select at least one agency",
            ),
            Question("people", "People", "lines", "Name, agency and how to reach them"),
        ),
    ),
    Section(
        REFERRER,
        "Referrer",
        (
            Question("referrer", "Referrer’s name", error="Enter the referrer’s name"),
            Question("job", "Job title", error="Enter the referrer’s job title"),
            Question(
                "reached", "Telephone number or email address", error="Enter how the referrer is reached"
            ),
            Question("manager", "Manager who endorses the referral", error="Enter the manager’s name"),
        ),
        "The manager endorses it in the portal, or has signed the paper form",
    ),
)


def edition_on(day: date) -> str:
    return [name for since, name in EDITIONS if since <= day][-1]


def lines(section: Section, answers: dict) -> Iterator[tuple[str, Question, object]]:
    """(label, question, answer) of everything that a section asks, once for each child."""
    if not section.each:
        yield from ((q.label, q, answers.get(q.key)) for q in section.questions)
    for n, one in enumerate(answers.get("each", ()) if section.each else (), 1):
        yield from ((f"{section.each} {n}: {q.label}", q, one.get(q.key)) for q in section.questions)
