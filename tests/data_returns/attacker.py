"""A reader of every release of a year, who knows the printed form: stated here anew, from domain.md section 6."""

import highspy

MANAGERS = ("probation", "police", "csc", "yos", "other")
BANDS = ("low", "medium", "high", "veryhigh")
LEVELS = (1, 2, 3)
MOST = 99_999
Release = dict  # borough, number, cells, revised; sums: borough "", covers


def fewest_values(
    releases: list[Release], enough: int, of: set[str] | None = None
) -> tuple[int, tuple | None]:
    """Of all hidden cells, or those of some boroughs, the one with the fewest possible values, up to ``enough``."""
    attack = _Attack(releases)
    hidden = [cell for cell in attack.hidden if of is None or cell[0] in of]
    counted = {cell: attack.values_of(cell, enough) for cell in hidden}
    worst = min(counted, key=counted.get, default=None)
    return (counted[worst], worst) if worst else (enough, None)


class _Attack:
    def __init__(self, releases: list[Release]):
        self.model = highspy.Highs()
        self.model.silent()
        self.cells, self.hidden, self.seen = {}, [], {}
        for release in releases:
            for key, value in release["cells"].items():
                self._cell((release["borough"], release["number"], key), value)
        for release in releases:
            self._sums(release) if release.get("covers") else self._return(release, releases)

    def _cell(self, name, value) -> None:
        low, high = (value, value) if isinstance(value, int) else (0, MOST)
        self.cells[name] = self.model.addIntegral(lb=low, ub=high)
        if value == "c":
            self.hidden.append(name)

    def _return(self, release: Release, releases: list[Release]) -> None:
        x = lambda key: self.cells[(release["borough"], release["number"], key)]  # noqa: E731
        self.model.addConstr(sum(x(f"q1_l1_{m}") for m in MANAGERS) == x("q1_l1"))  # H1
        for level in LEVELS:
            whole = x(f"q1_l{level}")
            for question in range(2, 7):
                self.model.addConstr(x(f"q{question}_l{level}") <= whole)  # H2
            self.model.addConstr(sum(x(f"q7_l{level}_{band}") for band in BANDS) <= whole)  # H3
        before = [
            r for r in releases if r["borough"] == release["borough"] and r["number"] < release["number"]
        ]
        if before:
            last = max(before, key=lambda r: r["number"])
            for key in release["cells"].keys() - set(release["revised"]):
                old = self.cells[(last["borough"], last["number"], key)]
                self.model.addConstr(x(key) == old)  # a correction marks what it changed

    def _sums(self, release: Release) -> None:
        for key in release["cells"]:
            parts = [self.cells[(slug, number, key)] for slug, number in release["covers"]]
            self.model.addConstr(sum(parts) == self.cells[("", release["number"], key)])

    def values_of(self, name, enough: int) -> int:
        """Distinct values that some solution gives it; the solutions found on the way count for all cells."""
        seen = self.seen.setdefault(name, set())
        for act in (self.model.maximize, self.model.minimize):
            if len(seen) < enough:
                act(self.cells[name])
                assert self.model.getModelStatus() == highspy.HighsModelStatus.kOptimal
                self._remember()
        low, high = min(seen), max(seen)
        for value in range(low + 1, min(high, low + enough)):
            if len(seen) < enough and value not in seen and self._can_be(name, value):
                seen.add(value)
        return len(seen)

    def _remember(self) -> None:
        for name in self.hidden:
            self.seen.setdefault(name, set()).add(round(self.model.val(self.cells[name])))

    def _can_be(self, name, value: int) -> bool:
        place = self.cells[name].index
        self.model.changeColBounds(place, value, value)
        self.model.run()
        found = self.model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if found:
            self._remember()
        self.model.changeColBounds(place, 0, MOST)
        return found
