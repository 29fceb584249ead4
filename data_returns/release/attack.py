"""What somebody who holds every released rendition can work out about the hidden cells (assurance S2, S3)."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from data_returns.form import LARGEST

Name = Hashable  # of one cell: its borough, version and key


@dataclass(frozen=True)
class Rule:
    """Known to every reader of the form: the sum of the cells, each times its number, lies between the two."""

    terms: Mapping[Name, int]
    low: float
    high: float


@dataclass
class Knowledge:
    """``shown`` has its value, ``hidden`` is a whole number of zero or more; any other name in a rule is neither."""

    shown: dict[Name, int] = field(default_factory=dict)
    hidden: set[Name] = field(default_factory=set)
    rules: list[Rule] = field(default_factory=list)

    def has(self, name: Name) -> bool:
        return name in self.shown or name in self.hidden

    def hide(self, names: Iterable[Name]) -> None:
        for name in names:
            del self.shown[name]
            self.hidden.add(name)

    def part_of(self, names: Iterable[Name]) -> "Knowledge":
        """Only what hangs together with these cells through others whose value is not shown."""
        near, rules, left = set(names), [], list(self.rules)
        while touched := [rule for rule in left if near & rule.terms.keys()]:
            rules += touched
            near |= {n for rule in touched for n in rule.terms} - self.shown.keys()
            left = [rule for rule in left if rule not in touched]
        named = {name for rule in rules for name in rule.terms}
        return Knowledge({n: v for n, v in self.shown.items() if n in named}, self.hidden & near, rules)


def narrow(known: Knowledge, enough: int) -> dict[Name, int]:
    """The hidden cells that have fewer than ``enough`` possible values, each with how many it has."""
    solver, found = Solver(known), {}
    solver.look_around()
    for name in known.hidden:
        if (count := solver.count(name, enough)) < enough:
            found[name] = count
    return found


class Solver:
    """Integer programming over the cells that are not shown. Each answer is a witness for all of them."""

    def __init__(self, known: Knowledge):
        import highspy  # with numpy: a tenth of a second that no other page should wait for

        self.hidden = sorted(known.hidden, key=str)
        free = {n for rule in known.rules for n in rule.terms} - known.shown.keys() - known.hidden
        self.at = {name: i for i, name in enumerate([*self.hidden, *sorted(free, key=str)])}
        self.highs, self.kinds = highspy.Highs(), highspy
        self.highs.silent()
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        for i in range(len(self.at)):
            self.highs.addVar(0, LARGEST)
            self.highs.changeColIntegrality(i, highspy.HighsVarType.kInteger)
        for rule in known.rules:
            self._add(rule, known.shown)
        self.least = dict.fromkeys(self.hidden, LARGEST)
        self.most = dict.fromkeys(self.hidden, 0)

    def _add(self, rule: Rule, shown: Mapping[Name, int]) -> None:
        fixed = sum(times * shown[name] for name, times in rule.terms.items() if name in shown)
        open_terms = {self.at[name]: times for name, times in rule.terms.items() if name not in shown}
        if open_terms:
            places, times = list(open_terms), list(open_terms.values())
            self.highs.addRow(rule.low - fixed, rule.high - fixed, len(places), places, times)

    def look_around(self) -> None:
        """All hidden cells as large, then as small as they get: this settles most of them at once."""
        for sign in (1, -1):
            self._solve(dict.fromkeys(self.hidden, sign))

    def count(self, name: Name, enough: int) -> int:
        """How many values it can have; the search ends at ``enough``."""
        for sign in (1, -1):
            if self.most[name] - self.least[name] + 1 < enough:
                self._solve({name: sign})
        return self.most[name] - self.least[name] + 1

    def _solve(self, wanted: Mapping[Name, int]) -> None:
        places = list(range(len(self.at)))
        costs = [0] * len(places)
        for name, sign in wanted.items():
            costs[self.at[name]] = -sign
        self.highs.changeColsCost(len(places), places, costs)
        self.highs.run()
        if self.highs.getModelStatus() != self.kinds.HighsModelStatus.kOptimal:
            raise ValueError("The released cells contradict each other or the form.")
        values = self.highs.getSolution().col_value
        for name in self.hidden:
            value = round(values[self.at[name]])
            self.least[name] = min(self.least[name], value)
            self.most[name] = max(self.most[name], value)


def near(name: Name, known: Knowledge) -> Iterator[list[Name]]:
    """The shown cells that help to work out this one: those one step away first, then further."""
    reached, left = {name}, list(known.rules)
    while touching := [rule for rule in left if reached & set(rule.terms)]:
        left = [rule for rule in left if rule not in touching]
        names = {n for rule in touching for n in rule.terms}
        if ring := [n for n in names if n in known.shown]:
            yield ring
        reached |= names - known.shown.keys()
