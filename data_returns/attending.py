"""KPI 6 of the year beside what a return says of an agency's attendance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from boards.agencies import AGENCY_TYPES
from data_returns.evidence import rates_of
from data_returns.form import Question
from data_returns.models import Return
from data_returns.years import in_words
from meetings.access import sight_of
from meetings.forms.performance import YEARS
from meetings.performance.kpis import Kpis, Rate
from meetings.performance.periods import year_of


@dataclass(frozen=True)
class Said:
    """``url``: the absences behind it, for those who may open them while the year is on offer."""

    text: str
    url: str = ""


def attending(
    data_return: Return, question: Question, user, today: date, kpis: Kpis | None = None
) -> dict[str, list[Said]]:
    """By the text of a question; ``kpis``: of the year, if somebody has counted them."""
    asked = {text.key: text.attends for text in question.texts if text.attends}
    if not asked:
        return {}
    rates, query = rates_of(data_return, kpis), _query(data_return, user, today)
    return {key: list(_lines(codes, data_return.year, rates, query)) for key, codes in asked.items()}


def all_attending(data_return: Return, user, today: date, kpis: Kpis | None = None) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = {}
    for question in data_return.form.questions:
        found |= attending(data_return, question, user, today, kpis)
    return found


def _lines(codes, year: int, rates: Mapping[str, Rate], query: dict) -> Iterator[Said]:
    """One agency type needs no name, as the comment is about it."""
    for code in codes:
        name = f", {AGENCY_TYPES[code].name}" if len(codes) > 1 else ""
        rate, url = rates.get(code), ""
        if rate and query:
            url = f"{reverse('meetings:missed', args=['6'])}?{urlencode(query | {'agency': code})}"
        yield Said(f"KPI 6 {in_words(year)}{name}: {_in_words(rate)}", url)


def _in_words(rate: Rate | None) -> str:
    if rate is None or not rate.required:
        return "no figure, as no recorded discussion required it"
    met = "met" if rate.met else "not met"
    return f"attended {rate.attended:,} of {rate.required:,}, {rate.percentage}%, {met}"


def _query(data_return: Return, user, today: date) -> dict:
    if data_return.year <= year_of(today) - YEARS or sight_of(user, data_return.territory) is None:
        return {}
    return {"place": data_return.territory.slug, "year": data_return.year}
