"""What goes along with a case: the particulars, category, level and lead agency as of the offer, and a note."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from accounts.vault import seal, unseal
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date
from referrals.models import Address, Case, LevelPeriod
from referrals.models.addresses import present
from referrals.personal import Person

NONE = "Not recorded"


@dataclass(frozen=True)
class HandOver:
    """``lead_agency`` is a slug, for the new borough if that agency works there too."""

    name: str
    aliases: tuple[str, ...]
    birth_date: str
    kind_of_address: str
    address: str
    place: str
    category: int | None
    level: int | None
    level_since: str
    lead_agency: str
    lead_agency_name: str
    note: str

    @classmethod
    def of(cls, case: Case, note: str, today: date) -> "HandOver":
        person = Person.opened(case.personal)
        lives = present(case.addresses.select_related("borough"), today)
        held: LevelPeriod | None = case.levels.filter(ends_on=None).first()
        lead = case.responsible_agency
        return cls(
            name=person.name,
            aliases=person.aliases,
            birth_date=person.birth_date.isoformat() if person.birth_date else "",
            kind_of_address=lives.kind if lives else "",
            address=lives.lines if lives else "",
            place=lives.place if lives else "",
            category=case.category,
            level=held.level if held else None,
            level_since=held.starts_on.isoformat() if held else "",
            lead_agency=lead.slug if lead else "",
            lead_agency_name=lead.name if lead else "",
            note=note,
        )

    @classmethod
    def opened(cls, sealed: str) -> "HandOver":
        said = json.loads(unseal(sealed))
        return cls(**said | {"aliases": tuple(said["aliases"])})

    def sealed(self) -> str:
        return seal(json.dumps(asdict(self)))

    @property
    def person(self) -> Person:
        born = date.fromisoformat(self.birth_date) if self.birth_date else None
        return Person(self.name, self.aliases, born)

    def rows(self) -> list[Row]:
        since = f", since {long_date(date.fromisoformat(self.level_since))}" if self.level_since else ""
        kind = Address.Kind(self.kind_of_address).label if self.kind_of_address else ""
        lives = ", ".join(filter(None, (kind, self.place, self.address)))
        return [
            Row("Name", self.name or NONE),
            Row("Other names", ", ".join(self.aliases) or NONE),
            Row("Date of birth", self.person.birth_date or NONE),
            Row("Address", lives or NONE),
            Row("Category", Case.Category(self.category).label if self.category else NONE),
            Row("Level", f"Level {self.level}{since}" if self.level else "None at present"),
            Row("Lead agency", self.lead_agency_name or NONE),
            Row("Hand-over note", self.note),
        ]
