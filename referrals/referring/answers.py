"""What a referral says, once it is opened: as a person, as rows of a page, and what still has to be put right."""

from collections.abc import Iterator, Mapping
from datetime import date

from boards.models import Organisation
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date
from referrals.actions.cases import CATEGORY_4_SINCE, TOO_EARLY
from referrals.models import Referral
from referrals.personal import Person, is_under_18
from referrals.referring import form_a
from referrals.referring.form_a import CATEGORY, DATES, OFFENCE, PERSON, SECTIONS, Question
from referrals.referring.rules import who_refers

NOTHING = "Not answered"
Answers = Mapping[int, dict]


def person_of(answers: Answers) -> Person:
    said = answers[PERSON]
    aliases = tuple(filter(None, (" ".join(line.split()) for line in said.get("aliases", "").splitlines())))
    return Person(said.get("name", ""), aliases, day_of(said.get("birth_date")))


def day_of(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def release_of(answers: Answers) -> date | None:
    return day_of(answers[DATES].get("release_on"))


def rows(section: form_a.Section, answers: dict, agencies: Mapping[str, str]) -> list[Row]:
    """For a summary list; ``agencies`` are names by slug."""
    found = [Row(label, shown(q, value, agencies)) for label, q, value in form_a.lines(section, answers)]
    return found or [Row(f"{section.each}ren", "None stated")]


def shown(question: Question, value, agencies: Mapping[str, str]) -> str:
    if not value:
        return NOTHING
    if question.kind in ("date", "past"):
        return long_date(day_of(value))
    if question.kind == "agencies":
        return ", ".join(agencies.get(slug, slug) for slug in value)
    return dict(question.choices).get(value, value)


def problems(
    referral: Referral, answers: Answers, done: Mapping[int, bool], today: date
) -> Iterator[tuple[int, str]]:
    """(section, what to do) before it may be endorsed and sent."""
    for section in SECTIONS:
        if not done[section.number]:
            yield section.number, f"Complete section {section.number}: {section.title}"
    if refused := category_refused(referral.agency, answers[CATEGORY]):
        yield CATEGORY, refused
    if wrong := age_contradicts(answers, today):
        yield PERSON, wrong
    offence = day_of(answers[OFFENCE].get("offence_on"))
    if answers[CATEGORY].get("category") == "4" and offence and offence < CATEGORY_4_SINCE:
        yield CATEGORY, TOO_EARLY


def age_contradicts(answers: Answers, today: date) -> str:
    """Said to be under 18, or not, and born on another side of it."""
    said, born = answers[CATEGORY].get("under_18"), day_of(answers[PERSON].get("birth_date"))
    known = is_under_18(born, today)
    if born is None or said not in ("yes", "no") or (said == "yes") == known:
        return ""
    stated = "under 18" if said == "yes" else "not under 18"
    return (
        f"Section {CATEGORY} says {stated}, but the date of birth is {long_date(born)}: correct one of them"
    )


def category_refused(agency: Organisation, said: dict) -> str:
    category, under_18 = said.get("category"), said.get("under_18", "")
    if not category:
        return ""
    if refused := who_refers(agency.agency_type, int(category), under_18):
        return refused
    if agency.agency_type == "YOT" and under_18 == "yes" and not said.get("assessed_on"):
        return "Enter the date of youth justice’s own assessment"
    return ""
