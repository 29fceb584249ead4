"""A return held against its rules: what it says, last year's, the registers, and words that nobody has cleared."""

from collections.abc import Iterator
from dataclasses import dataclass

from data_returns.actions.entry import unexplained
from data_returns.checks import Beside, Finding, Result, check
from data_returns.comparing import year_before
from data_returns.models import Return
from data_returns.personal import Known, suspects
from data_returns.register import Fact, counted, exact, facts_for
from data_returns.years import first_day, last_day
from meetings.performance import figures
from meetings.performance.kpis import Kpis


@dataclass(frozen=True)
class Ground:
    """What the registers of a borough say for a return, read once."""

    facts: tuple[Fact, ...]
    kpis: Kpis

    @classmethod
    def of(cls, data_return: Return) -> "Ground":
        borough, year = data_return.territory, data_return.year
        cells = data_return.form.cells.values()
        return cls(facts_for(cells, borough, year), kpis_of(data_return))

    def register(self, data_return: Return) -> dict[str, int]:
        return exact(counted(data_return.form.cells.values(), self.facts))


def kpis_of(data_return: Return) -> Kpis:
    borough, year = data_return.territory, data_return.year
    return figures.of_borough(borough, first_day(year), last_day(year), None).kpis


def result_of(data_return: Return, ground: Ground | None = None) -> Result:
    cleared = {answer.key: answer.cleared for answer in data_return.answers.all()}
    known = Known.of(data_return.territory, data_return.said().texts.values())

    def personal(key: str, text: str) -> list[str]:
        return [word for word in suspects(text, known) if word not in cleared[key]]

    ground = ground or Ground.of(data_return)
    return check(data_return.form, data_return.said(), beside(data_return, ground), personal)


def beside(data_return: Return, ground: Ground) -> Beside:
    kpis, last = ground.kpis, year_before(data_return, None)
    return Beside(
        last_year=last and last.comparable,
        register=ground.register(data_return),
        rates={a.code: (a.rate.met, _in_words(a.rate)) for a in kpis.agencies if a.rate.required},
        under_18_discussions=kpis.joint.required if kpis.counts.discussions else None,
    )


def to_fix(data_return: Return, ground: Ground, result: Result) -> list[Finding]:
    """All that keeps it from being signed: broken rules, and figures that differ from the register without a reason.

    The register may have changed since a figure was entered.
    """
    return [*result.errors, *_overrides(data_return, ground)]


def _overrides(data_return: Return, ground: Ground) -> Iterator[Finding]:
    register = ground.register(data_return)
    for figure in data_return.figures.all():
        cell = data_return.form.cells.get(figure.key)
        if cell and (found := unexplained(cell, figure, register)):
            yield Finding("reason", figure.key, found)


def _in_words(rate) -> str:
    return f"{rate.percentage}% ({rate.attended} of {rate.required})"
