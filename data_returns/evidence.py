"""What a signed return stood on: the facts of its cases and the counts of KPI 6, frozen with the signature.

No names: references of the borough's own register, which the board is never shown; it gets the digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, fields
from datetime import date, datetime

from data_returns.checking import Ground, kpis_of
from data_returns.checks import Result
from data_returns.models import Return
from data_returns.register import VERSION, VERSIONS, Count, Fact, Source, counted
from data_returns.years import last_day
from meetings.performance import kpis
from meetings.performance.kpis import KPI6_TARGET, Kpis, Rate

COLUMNS = [field.name for field in fields(Fact)]


def freeze(data_return: Return, ground: Ground, result: Result, at: datetime) -> dict:
    return {
        "version": VERSION,
        "position": last_day(data_return.year).isoformat(),
        "taken_at": at.isoformat(),
        "columns": COLUMNS,
        "facts": [[_plain(value) for value in astuple(fact)] for fact in ground.facts],
        "kpi6": {
            "version": kpis.VERSION,
            "agencies": {a.code: [a.rate.attended, a.rate.required] for a in ground.kpis.agencies},
        },
        "register": ground.register(data_return),
        "rules": result.codes(),
    }


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def is_kept(data_return: Return) -> bool:
    """Returns that were signed before evidence was kept have none."""
    return "facts" in data_return.evidence


def facts_of(data_return: Return) -> tuple[Fact, ...]:
    """As they were when it was signed."""
    evidence = data_return.evidence
    rows = (dict(zip(evidence["columns"], row, strict=True)) for row in evidence["facts"])
    return tuple(Fact(**row | {"since": date.fromisoformat(row["since"])}) for row in rows)


def sources_of(data_return: Return) -> Mapping[str, Source]:
    """That counted it, as they were."""
    return VERSIONS[data_return.evidence["version"]]


def derived(data_return: Return) -> dict[str, Count]:
    """The register's figures again, from what was frozen alone."""
    return counted(data_return.form.cells.values(), facts_of(data_return), sources_of(data_return))


def taken_at(data_return: Return) -> datetime:
    return datetime.fromisoformat(data_return.evidence["taken_at"])


def rates_of(data_return: Return, now: Kpis | None = None) -> dict[str, Rate]:
    """KPI 6 of the year by agency type: as it was when the return was signed, else as it is ``now``."""
    if is_kept(data_return):
        frozen = data_return.evidence["kpi6"]["agencies"]
        return {code: Rate(attended, required, KPI6_TARGET) for code, (attended, required) in frozen.items()}
    return {agency.code: agency.rate for agency in (now or kpis_of(data_return)).agencies}


def digest(evidence: dict) -> str:
    """What the signed file carries of it."""
    return fingerprint(evidence)


def fingerprint(data: dict) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
