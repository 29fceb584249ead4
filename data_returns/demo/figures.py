"""Figures and comments that are made up: of a borough, and agreeing with each other."""

import random
from collections.abc import Mapping
from types import MappingProxyType

from data_returns.content import Content
from data_returns.form import Form

TEXTS = {
    "q2": "The youth risk panel considers them each month.",
    "q5": "Asked at each review and matched with Children's Services.",
    "q6": "Matched with the MARAC list each month.",
    "q11": "Both lessons that the Strategic Management Board shared were discussed.",
}


def content_of(form: Form, figures: dict[str, int], done: int) -> Content:
    """Up to this question."""
    upto = lambda key: form.question_of(key).number <= done  # noqa: E731
    return Content(
        {key: value for key, value in figures.items() if upto(key)},
        {key: text for key, text in TEXTS.items() if upto(key)},
        {"q8": "yes"} if done >= 8 else {},
    )


def figures_of(slug: str, year: int, register: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """Of a borough that is larger or smaller than others and changes a little each year; they agree with each other.

    At Levels 2 and 3 as many as its ``register`` knows.
    """
    size, dice = random.Random(slug).uniform(0.5, 1.6), random.Random(f"{slug} {year}")
    around = lambda number: max(0, round(number * size * dice.uniform(0.9, 1.12)))  # noqa: E731
    managers = {
        m: around(n) for m, n in (("police", 150), ("probation", 62), ("csc", 2), ("yos", 3), ("other", 2))
    }
    one, two, three = sum(managers.values()), around(6), dice.choice((0, 0, 1, 1, 2))
    totals = {1: one, 2: register.get("q1_l2", two), 3: register.get("q1_l3", three)}
    found = {f"q1_l1_{m}": n for m, n in managers.items()} | {f"q1_l{lv}": n for lv, n in totals.items()}
    shares = {2: (0.02, 0.1, 0), 3: (0.3, 0.3, 0.3), 4: (0, 0, 0), 5: (0.35, 0.4, 0.5), 6: (0.25, 0.5, 0.5)}
    for question, by_level in shares.items():
        found |= {f"q{question}_l{lv}": int(totals[lv] * share) for lv, share in enumerate(by_level, start=1)}
    found["q2_l1"] = max(found["q2_l1"], managers["yos"])
    for lv, total in totals.items():
        parts = {"low": 0.1, "medium": 0.2, "high": 0.12, "veryhigh": 0.02}
        found |= {f"q7_l{lv}_{band}": int(total * share) for band, share in parts.items()}
    return found | {"q10": 0}
