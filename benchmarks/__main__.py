"""Prints a table and, with --json FILE, writes it; a missed goal does not fail the run, an unequal answer does."""

import argparse
import json
import logging
import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa_portal.settings")
django.setup()

from benchmarks import cases, data  # noqa: E402  they need the app registry
from benchmarks.measure import table  # noqa: E402

FEW, MANY = 1, 100  # protocols of each of London's 33 boroughs
GROWTH_GOAL = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(prog="./portal bench")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    logging.disable(logging.INFO)
    data.migrate()
    people = data.london()
    data.protocols(FEW, people["co_ordinator"])
    few = _lists(people, asked.rounds)
    data.protocols(MANY, people["co_ordinator"])
    many = _lists(people, asked.rounds)
    for small, large in zip(few, many, strict=True):
        large.growth, large.growth_goal = large.ours_ms / small.ours_ms, GROWTH_GOAL
    results = [*few, *many, cases.pdf(max(asked.rounds // 6, 3)), cases.signature(max(asked.rounds // 6, 3))]
    print(table(results))
    if asked.json:
        asked.json.write_text(json.dumps([r.as_json() for r in results], indent=1))


def _lists(people, rounds):
    by = people["co_ordinator"]
    return [cases.protocol_list(by, rounds), cases.protocol_page(by, rounds)]


main()
