"""One question on its page: the form as it stands in the return, with what is not right yet, and its cells in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from data_returns.actions.entry import differs, missing, unexplained
from data_returns.checks import Beside, Finding, check
from data_returns.comparing import YearBefore, year_before
from data_returns.content import whole
from data_returns.form import Cell, Question
from data_returns.forms.question import QuestionForm
from data_returns.models import Figure, Return, Section
from data_returns.register import Count, counted, exact, facts_for


@dataclass(frozen=True)
class Row:
    """A cell as the page shows it: its fields, what stands beside them."""

    cell: Cell
    figure: object
    blank: object
    reason: object
    seen: object  # what the register counted as the page was shown
    counted: Count | None
    last_year: str


@dataclass
class Entering:
    data_return: Return
    question: Question
    section: Section

    @cached_property
    def counted(self) -> Mapping[str, Count]:
        cells, data_return = self.question.cells, self.data_return
        return counted(cells, facts_for(cells, data_return.territory, data_return.year))

    @cached_property
    def register(self) -> Mapping[str, int]:
        """What the figures are held against."""
        return exact(self.counted)

    @cached_property
    def last_year(self) -> YearBefore | None:
        return year_before(self.data_return, None) if self.question.cells else None

    def form(self, data=None, **kwargs) -> QuestionForm:
        choices = self.data_return.form.choices
        return QuestionForm(
            data,
            question=self.question,
            register=self.register,
            choices=choices,
            kept=self._figures,
            borough=self.data_return.territory,
            **kwargs,
        )

    def stored(self) -> QuestionForm:
        """As it was saved; once saved, with everything that is not right yet."""
        form = self.form(initial=self._initial())
        if self.section.is_done or self.section.revision > 1:
            self._say(form)
        return form

    def _initial(self) -> dict:
        said = self.data_return.said()
        found = {"revision": self.section.revision, "done": "yes" if self.section.is_done else ""}
        for cell in self.question.cells:
            if figure := self._figures.get(cell.key):
                found |= self._stored(cell, figure)
        found |= {f"text-{key}": text for key, text in said.texts.items()}
        return found | {f"answer-{key}": answer for key, answer in said.answers.items()}

    def _stored(self, cell: Cell, figure: Figure) -> dict:
        """A reason that no longer stands has to be written again."""
        reason = "" if unexplained(cell, figure, self.register) else figure.reason
        said = {"figure": figure.value, "blank": figure.blank, "reason": reason}
        return {f"{name}-{cell.key}": value for name, value in said.items()}

    @cached_property
    def _figures(self) -> dict:
        return {figure.key: figure for figure in self.data_return.figures.all()}

    def _say(self, form: QuestionForm) -> None:
        empty = False
        for cell in self.question.cells:
            if found := missing(cell, self._figures.get(cell.key), self.register):
                form.say(*found)
                empty = empty or found[0].startswith("figure-")
        for finding in self._findings():
            names = [finding.at, *(f"figure-{key}" for key in finding.cells)]
            name = next((n for n in names if n in form.fields), "")
            if name and not (empty and finding.code == "H5"):
                form.say(name, finding.message)

    def _findings(self) -> tuple[Finding, ...]:
        """Without what is held against other years and registers: that is for the check of the whole."""
        return check(self.data_return.form, self.data_return.said(), Beside(), lambda key, text: []).errors

    def rows(self, form: QuestionForm) -> list[Row]:
        return [self._row(cell, form) for cell in self.question.cells]

    def _row(self, cell: Cell, form: QuestionForm) -> Row:
        known, figure = self.register.get(cell.key), form[f"figure-{cell.key}"]
        reason = form[f"reason-{cell.key}"] if known is not None else None
        asked = reason and (reason.value() or reason.errors or differs(whole(figure.value()), known))
        return Row(
            cell,
            figure,
            form[f"blank-{cell.key}"],
            reason if asked else None,
            form[f"seen-{cell.key}"] if known is not None else None,
            self.counted.get(cell.key),
            self._last_year(cell),
        )

    def _last_year(self, cell: Cell) -> str:
        if self.last_year is None:
            return "No return of the year before"
        value, breaks = self.last_year.figures.get(cell.key), self.last_year.breaks.get(cell.key)
        if value is None:
            return "Last year: no figure"
        return f"Last year: {value}. Not comparable: {breaks}" if breaks else f"Last year: {value}"
