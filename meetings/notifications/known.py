"""What an agency may know of a person: a copy frozen on the day it is told, sealed in one column."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from accounts.vault import seal, unseal
from boards.models import Organisation
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date
from meetings.models import Notification
from referrals.models import Case
from referrals.models.addresses import present
from referrals.personal import Person

BY_TYPE = {"CSC": ("name", "birth_date", "address")}  # of others the reference alone
LABELS = dict(Notification.MAY_KNOW)
NOT_RECORDED = "Not recorded"


def usual(agency: Organisation) -> tuple[str, ...]:
    """What an agency of this type is told unless somebody chooses otherwise."""
    return BY_TYPE.get(agency.agency_type, ())


def present_address(case: Case, today: date) -> str:
    lives = present(case.addresses.all(), today)
    return lives.lines if lives else ""


@dataclass(frozen=True)
class Known:
    name: str = ""
    aliases: tuple[str, ...] = ()
    birth_date: date | None = None
    address: str = ""
    category: int | None = None
    level: int | None = None
    why: str = ""

    @classmethod
    def of(cls, case: Case, level: int | None, may_know: Collection[str], why: str, today: date) -> "Known":
        """Only what was chosen is copied at all."""
        person = Person.opened(case.personal)
        every = {
            "name": {"name": person.name, "aliases": person.aliases},
            "birth_date": {"birth_date": person.birth_date},
            "address": {"address": present_address(case, today)},
            "category": {"category": case.category},
            "level": {"level": level},
        }
        chosen = {name: value for code in may_know for name, value in every[code].items()}
        return cls(**chosen, why=why)

    def sealed(self) -> str:
        return seal(json.dumps(asdict(self), default=str))

    @classmethod
    def opened(cls, sealed: str) -> "Known":
        """Nothing, once the case is erased."""
        if not sealed:
            return cls()
        values = json.loads(unseal(sealed))
        born = values.pop("birth_date")
        aliases = tuple(values.pop("aliases"))
        return cls(**values, aliases=aliases, birth_date=date.fromisoformat(born) if born else None)

    def rows(self, may_know: Collection[str]) -> list[Row]:
        """As the agency reads it; what it was not given has no line."""
        said = [row for code in LABELS if code in may_know for row in self._rows(code)]
        return [*said, Row("Why you are told", self.why)] if self.why else said

    def _rows(self, code: str) -> list[Row]:
        if code == "name":
            named = Row("Name", self.name or NOT_RECORDED)
            return [named, Row("Other names", ", ".join(self.aliases) or "None recorded")]
        values = {
            "birth_date": long_date(self.birth_date),
            "address": self.address,
            "category": Case.Category(self.category).label if self.category else "",
            "level": f"Level {self.level}" if self.level else "",
        }
        return [Row(LABELS[code], values[code] or NOT_RECORDED)]
