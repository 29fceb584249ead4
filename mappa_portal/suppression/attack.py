"""What somebody who holds every released rendition can work out about the hidden cells (assurance S2, S3)."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

LARGEST = 99_999  # people in one cell: more is a slip of the hand
TOLERANCE = 1e-6  # of the solver
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

    def told(self, truth: Mapping[Name, int], others: Set[Name]) -> "Knowledge":
        """What somebody knows who knows some hidden cells besides; only those of ``others`` are to be kept."""
        own = self.hidden & truth.keys()
        shown = self.shown | {name: truth[name] for name in own}
        return Knowledge(shown, (self.hidden & others) - own, self.rules)

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
    solver.look_around(known.rules, enough)
    for name in known.hidden:
        if (count := solver.count(name, enough)) < enough:
            found[name] = count
    return found


class Solver:
    """Linear programming over the cells that are not shown. Each answer is a witness for all of them."""

    def __init__(self, known: Knowledge):
        import highspy  # with numpy: a tenth of a second that no other page should wait for
        import numpy

        self.kinds, self.numpy = highspy, numpy
        self.hidden = sorted(known.hidden, key=str)
        free = {n for rule in known.rules for n in rule.terms} - known.shown.keys() - known.hidden
        self.at = {name: i for i, name in enumerate([*self.hidden, *sorted(free, key=str)])}
        self.places = numpy.arange(len(self.at), dtype=numpy.int32)
        self.least = numpy.full(len(self.at), LARGEST)
        self.most = numpy.zeros(len(self.at), dtype=int)
        self.highs = highspy.Highs()
        self.highs.silent()
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        for _ in self.at:
            self.highs.addVar(0, LARGEST)
        for rule in known.rules:
            self._add(rule, known.shown)

    def _add(self, rule: Rule, shown: Mapping[Name, int]) -> None:
        fixed = sum(times * shown[name] for name, times in rule.terms.items() if name in shown)
        open_terms = {self.at[name]: times for name, times in rule.terms.items() if name not in shown}
        if open_terms:
            places, times = list(open_terms), list(open_terms.values())
            self.highs.addRow(rule.low - fixed, rule.high - fixed, len(places), places, times)

    def look_around(self, rules: Iterable[Rule], enough: int) -> None:
        """Settles most cells at once: those that share no rule are made large, then small, together."""
        sharing: dict[Name, set[Name]] = {name: set() for name in self.hidden}
        for rule in rules:
            there = [name for name in rule.terms if name in sharing]
            for name in there:
                sharing[name].update(there)
        for sign in (1, -1):
            left = [name for name in self.hidden if self._found(name) < enough]
            while left:
                batch: list[Name] = []
                for name in left:
                    if not sharing[name].intersection(batch):
                        batch.append(name)
                self._solve(batch, sign)
                left = [name for name in left if name not in batch and self._found(name) < enough]

    def count(self, name: Name, enough: int) -> int:
        """How many values it can have; the search ends at ``enough``."""
        for sign in (1, -1):
            if self._found(name) < enough:
                self._solve([name], sign)
        return self._found(name)

    def _found(self, name: Name) -> int:
        place = self.at[name]
        return int(self.most[place] - self.least[place]) + 1

    def _solve(self, names: list[Name], sign: int) -> None:
        costs = self.numpy.zeros(len(self.at))
        costs[[self.at[name] for name in names]] = -sign
        self.highs.changeColsCost(len(self.at), self.places, costs)
        values = self._run()
        whole = self.numpy.rint(values)
        if abs(values - whole).max() > TOLERANCE:
            whole = self.numpy.rint(self._in_whole_numbers())
        self.least = self.numpy.minimum(self.least, whole)
        self.most = self.numpy.maximum(self.most, whole)

    def _in_whole_numbers(self):
        """Rarely needed: with rules like those of the forms, the quick linear answer is whole by itself."""
        kinds, count = self.kinds.HighsVarType, len(self.at)
        self.highs.changeColsIntegrality(count, self.places, [kinds.kInteger] * count)
        values = self._run()
        self.highs.changeColsIntegrality(count, self.places, [kinds.kContinuous] * count)
        return values

    def _run(self):
        self.highs.run()
        if self.highs.getModelStatus() != self.kinds.HighsModelStatus.kOptimal:
            raise ValueError("The released cells contradict each other or the form.")
        return self.numpy.array(self.highs.getSolution().col_value)


def near(name: Name, known: Knowledge) -> Iterator[list[Name]]:
    """The shown cells that help to work out this one: those one step away first, then further."""
    reached, left = {name}, list(known.rules)
    while touching := [rule for rule in left if reached & set(rule.terms)]:
        left = [rule for rule in left if rule not in touching]
        names = {n for rule in touching for n in rule.terms}
        if ring := [n for n in names if n in known.shown]:
            yield ring
        reached |= names - known.shown.keys()
