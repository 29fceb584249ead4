"""What goes along with a case: the particulars, category, level and lead agency as of the offer, and a note."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import F

from accounts.vault import seal, unseal
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date
from referrals.models import Address, Case
from referrals.models.addresses import present
from referrals.personal import Person

NONE = "Not recorded"
BEFORE_RECALLS = {"recalled_on": "", "level_before": None}  # of what was handed over without them


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
    recalled_on: str
    level_before: int | None  # the recall
    lead_agency: str
    lead_agency_name: str
    note: str

    @classmethod
    def of(cls, case: Case, note: str, today: date) -> "HandOver":
        person = Person.opened(case.personal)
        known = Address.objects.filter(case__in=case.family).select_related("borough")
        lives = present(known.order_by(F("case__merged_into").asc(nulls_first=True)), today)
        levelled = Case.objects.with_level(today).with_standing().get(pk=case.pk)
        recalled = case.levels.first() if levelled.suspended_on else None
        lead = case.responsible_agency
        return cls(
            name=person.name,
            aliases=person.aliases,
            birth_date=person.birth_date.isoformat() if person.birth_date else "",
            kind_of_address=lives.kind if lives else "",
            address=lives.lines if lives else "",
            place=lives.place if lives else "",
            category=case.category,
            level=levelled.present_level,
            level_since=levelled.level_since.isoformat() if levelled.level_since else "",
            recalled_on=levelled.suspended_on.isoformat() if recalled else "",
            level_before=recalled.level if recalled else None,
            lead_agency=lead.slug if lead else "",
            lead_agency_name=lead.name if lead else "",
            note=note,
        )

    @classmethod
    def opened(cls, sealed: str) -> "HandOver":
        said = json.loads(unseal(sealed))
        return cls(**BEFORE_RECALLS | said | {"aliases": tuple(said["aliases"])})

    def sealed(self) -> str:
        return seal(json.dumps(asdict(self)))

    @property
    def person(self) -> Person:
        born = date.fromisoformat(self.birth_date) if self.birth_date else None
        return Person(self.name, self.aliases, born)

    def _recalled(self) -> str:
        if not self.recalled_on:
            return ""
        return f": recalled on {long_date(date.fromisoformat(self.recalled_on))}, Level {self.level_before} before"

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
            Row(
                "Level", f"Level {self.level}{since}" if self.level else f"None at present{self._recalled()}"
            ),
            Row("Lead agency", self.lead_agency_name or NONE),
            Row("Hand-over note", self.note),
        ]
