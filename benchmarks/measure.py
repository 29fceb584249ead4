"""Interleaved medians: what is ours and its limit take turns, so a machine that slows down slows both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass
class Result:
    """``growth`` is our cost with the larger data divided by the cost with the smaller; times are in milliseconds."""

    name: str
    limit_is: str
    limit_ms: float
    ours_ms: float
    goal: float
    growth: float | None = None
    growth_goal: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.limit_ms

    @property
    def met(self) -> bool:
        grown = self.growth is None or self.growth_goal is None or self.growth <= self.growth_goal
        return self.ratio <= self.goal and grown

    def as_json(self) -> dict:
        return asdict(self) | {"ratio": round(self.ratio, 3), "met": self.met}


class Unequal(AssertionError):
    """Both sides must give the same answer, else there is no ratio."""


def compare(
    name: str, limit_is: str, limit: Callable, ours: Callable, *, goal: float, rounds: int, same: bool = True
) -> Result:
    """Warm both up, hold their answers against each other, then time them in turns."""
    answers = limit(), ours()
    if same and answers[0] != answers[1]:
        raise Unequal(f"{name}: {str(answers[0])[:200]} is not {str(answers[1])[:200]}")
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, work in enumerate((limit, ours)):
            start = time.perf_counter()
            work()
            times[side].append(time.perf_counter() - start)
    medians = [statistics.median(side) * 1000 for side in times]
    return Result(name, limit_is, medians[0], medians[1], goal)


def table(results: list[Result]) -> str:
    head = (
        f"{'what':<44}{'against':<34}{'limit ms':>10}{'ours ms':>10}{'ratio':>8}{'goal':>7}{'growth':>8}  met"
    )
    lines = [head, "-" * len(head)]
    for r in results:
        growth = f"{r.growth:.2f}" if r.growth is not None else ""
        lines.append(
            f"{r.name:<44}{r.limit_is:<34}{r.limit_ms:>10.2f}{r.ours_ms:>10.2f}{r.ratio:>8.2f}{r.goal:>7.2f}"
            f"{growth:>8}  {'yes' if r.met else 'no'}"
        )
    return "\n".join(lines)
