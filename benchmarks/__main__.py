"""Prints a table and, with --json FILE, writes it; a missed goal does not fail the run, an unequal answer does."""

import argparse
import json
import logging
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa_portal.settings")
django.setup()

from benchmarks import cases, data, figures, imports, lists, personal, registers, returns  # noqa: E402  they need the app registry
from benchmarks.measure import Result, table  # noqa: E402

FEW, MANY = 1, 100  # protocols of each of London's 33 boroughs
ROWS, FULL = (30_000, 300_000), (30_000, 300_000, 3_000_000)  # of attendance
FILES = (10_000, 100_000)  # rows of an attendance file
GROWTH_GOAL, FILE_GROWTH_GOAL = 1.5, 12


def main() -> None:
    parser = argparse.ArgumentParser(prog="./portal bench")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--full", action="store_true", help="with 3 million attendances too")
    parser.add_argument("--only", choices=["protocols", "figures"])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    logging.disable(logging.INFO)
    data.migrate()
    results = []
    if asked.only != "figures":
        results += _protocols(asked.rounds)
    if asked.only != "protocols":
        results += _figures(asked.rounds, FULL if asked.full else ROWS)
    print(table(results))
    print(personal.measured())
    if asked.json:
        asked.json.write_text(json.dumps([r.as_json() for r in results], indent=1))


def _protocols(rounds: int) -> list[Result]:
    people = data.london()
    data.protocols(FEW, people["co_ordinator"])
    few = _lists(people, rounds)
    data.protocols(MANY, people["co_ordinator"])
    many = _lists(people, rounds)
    _grown(few, many, GROWTH_GOAL)
    paper = [cases.pdf(max(rounds // 6, 3)), cases.signature(max(rounds // 6, 3))]
    return [*few, *many, *paper, returns.measured(people["board_chair"])]


def _lists(people, rounds: int) -> list[Result]:
    by = people["co_ordinator"]
    return [cases.protocol_list(by, rounds), cases.protocol_page(by, rounds)]


def _figures(rounds: int, sizes: tuple[int, ...]) -> list[Result]:
    found: list[list[Result]] = []
    for rows in sizes:
        area = registers.fill(rows)
        found.append([*figures.measured(area, rows, rounds), *lists.measured(area, rows, rounds)])
        for steady in (slice(figures.STEADY), slice(-lists.COUNT, None)):
            _grown(found[0][steady], found[-1][steady], GROWTH_GOAL)
    boroughs = iter(area.children.select_related("parent").order_by("-pk"))
    for rows in FILES:
        found.append(imports.measured(boroughs, rows))
    _grown(found[-2], found[-1], FILE_GROWTH_GOAL)
    return [result for each in found for result in each]


def _grown(small: list[Result], large: list[Result], goal: float) -> None:
    for before, after in zip(small, large, strict=True):
        if before is not after:
            after.growth, after.growth_goal = after.ours_ms / before.ours_ms, goal


main()
