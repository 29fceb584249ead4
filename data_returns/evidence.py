"""What a signed return stood on: the facts of its cases and the counts of KPI 6, frozen with the signature.

No names: references of the borough's own register, which the board is never shown; it gets the digest. What deriving
the figures again needs is read from here alone: later code may keep other facts, other targets, other forms.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, fields
from datetime import date, datetime
from types import SimpleNamespace

from data_returns.checking import Ground, kpis_of
from data_returns.checks import Result
from data_returns.models import Return
from data_returns.register import SOURCES, VERSION, VERSIONS, Count, Fact, Source, counted
from data_returns.years import last_day
from meetings.performance import kpis
from meetings.performance.kpis import Kpis, Rate

FIRST_TARGET = 90  # of KPI 6, where evidence does not say it yet


def freeze(data_return: Return, ground: Ground, result: Result, at: datetime) -> dict:
    return {
        "version": VERSION,
        "position": last_day(data_return.year).isoformat(),
        "taken_at": at.isoformat(),
        "columns": [field.name for field in fields(Fact)],
        "facts": [[_plain(value) for value in astuple(fact)] for fact in ground.facts],
        "kpi6": {
            "version": kpis.VERSION,
            "target": kpis.KPI6_TARGET,
            "agencies": {a.code: [a.rate.attended, a.rate.required] for a in ground.kpis.agencies},
        },
        "register": ground.register,
        "rules": result.codes(),
        "board": data_return.board.name,
        **said_beside(data_return),
    }


def said_beside(data_return: Return) -> dict:
    """What the file prints beside its data: the form, why figures differ or are blank, what is corrected."""
    figures = list(data_return.figures.all())
    return {
        "form": fingerprint(data_return.content),
        "reasons": {f.key: [f.register, f.reason] for f in figures if f.reason},
        "blanks": {f.key: f.blank for f in figures if f.blank},
        "corrects": data_return.reason,
    }


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def is_kept(data_return: Return) -> bool:
    """Returns that were signed before evidence was kept have none."""
    return "facts" in data_return.evidence


def facts_of(data_return: Return) -> tuple[Fact, ...]:
    """As they were when it was signed, with the fields that facts had then: the sources of that version read these."""
    evidence = data_return.evidence
    rows = (dict(zip(evidence["columns"], row, strict=True)) for row in evidence["facts"])
    return tuple(SimpleNamespace(**row | {"since": date.fromisoformat(row["since"])}) for row in rows)


def sources_of(data_return: Return) -> Mapping[str, Source]:
    """That counted it, as they were; while nothing is frozen those of today."""
    return VERSIONS[data_return.evidence["version"]] if is_kept(data_return) else SOURCES


def derived(data_return: Return) -> dict[str, Count]:
    """The register's figures again, from what was frozen alone."""
    return counted(data_return.form.cells.values(), facts_of(data_return), sources_of(data_return))


def taken_at(data_return: Return) -> datetime:
    return datetime.fromisoformat(data_return.evidence["taken_at"])


def rates_of(data_return: Return, now: Kpis | None = None) -> dict[str, Rate]:
    """KPI 6 of the year by agency type: as it was when the return was signed, else as it is ``now``."""
    if is_kept(data_return):
        frozen = data_return.evidence["kpi6"]
        target = frozen.get("target", FIRST_TARGET)
        return {code: Rate(*counts, target) for code, counts in frozen["agencies"].items()}
    return {agency.code: agency.rate for agency in (now or kpis_of(data_return)).agencies}


def digest(evidence: dict) -> str:
    """What the signed file carries of it."""
    return fingerprint(evidence)


def fingerprint(data: dict) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
