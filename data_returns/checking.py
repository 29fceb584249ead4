"""A return held against its rules: what it says, last year's, the registers, and words that nobody has cleared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

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
    """What the registers of a borough say for a return: each read once, and not before it is asked for."""

    data_return: Return

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        asked = self.data_return
        return facts_for(asked.form.cells.values(), asked.territory, asked.year)

    @cached_property
    def kpis(self) -> Kpis:
        return kpis_of(self.data_return)

    @cached_property
    def register(self) -> dict[str, int]:
        return exact(counted(self.data_return.form.cells.values(), self.facts))


def kpis_of(data_return: Return) -> Kpis:
    borough, year = data_return.territory, data_return.year
    return figures.of_borough(borough, first_day(year), last_day(year), None).kpis


def result_of(data_return: Return, ground: Ground | None = None) -> Result:
    return _held_against(data_return, beside(data_return, ground or Ground(data_return)))


def errors_of(data_return: Return) -> tuple[Finding, ...]:
    """Only warnings are held against other years and registers."""
    return _held_against(data_return, Beside()).errors


def _held_against(data_return: Return, known: Beside) -> Result:
    cleared = {answer.key: answer.cleared for answer in data_return.answers.all()}
    names = Known.of(data_return.territory, data_return.said().texts.values())

    def personal(key: str, text: str) -> list[str]:
        return [word for word in suspects(text, names) if word not in cleared[key]]

    return check(data_return.form, data_return.said(), known, personal)


def beside(data_return: Return, ground: Ground) -> Beside:
    kpis, last = ground.kpis, year_before(data_return, None)
    return Beside(
        last_year=last and last.comparable,
        register=ground.register,
        rates={a.code: (a.rate.met, _in_words(a.rate)) for a in kpis.agencies if a.rate.required},
        under_18_discussions=kpis.joint.required if kpis.counts.discussions else None,
    )


def to_fix(data_return: Return, ground: Ground, errors: Iterable[Finding]) -> list[Finding]:
    """All that keeps it from being signed: broken rules, and figures that differ from the register without a reason.

    The register may have changed since a figure was entered.
    """
    return [*errors, *_overrides(data_return, ground)]


def _overrides(data_return: Return, ground: Ground) -> Iterator[Finding]:
    for figure in data_return.figures.all():
        cell = data_return.form.cells.get(figure.key)
        if cell and (found := unexplained(cell, figure, ground.register)):
            yield Finding("reason", figure.key, found)


def _in_words(rate) -> str:
    return f"{rate.percentage}% ({rate.attended} of {rate.required})"
