"""A person's particulars: sealed in one column, found through keyed blind indexes (H4)."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.vault import seal, unseal


@dataclass(frozen=True)
class Person:
    """What is known of the person behind a case; everything may be empty."""

    name: str = ""
    aliases: tuple[str, ...] = ()
    birth_date: date | None = None
    address: str = ""

    def sealed(self) -> str:
        if self == Person():
            return ""
        return seal(json.dumps(asdict(self), default=str))

    @classmethod
    def opened(cls, sealed: str) -> "Person":
        if not sealed:
            return cls()
        values = json.loads(unseal(sealed))
        born = values["birth_date"]
        return cls(
            values["name"],
            tuple(values["aliases"]),
            date.fromisoformat(born) if born else None,
            values["address"],
        )

    def tokens(self) -> set[tuple[str, str]]:
        """(kind, token) of everything that this person is to be found by."""
        found = (
            {("birth_date", blind("birth_date", self.birth_date.isoformat()))} if self.birth_date else set()
        )
        for name in (self.name, *self.aliases):
            found |= {("name", blind("name", word)) for word in words(name)}
        return found


def words(name: str) -> Iterator[str]:
    """A name's words in one form: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return (word for word in re.split(r"[^a-z0-9]+", plain.replace("'", "")) if word)


def blind(kind: str, text: str) -> str:
    """HMAC under a key of its own: equal texts match, and nobody without the key can try them out."""
    return salted_hmac(
        f"referrals.blind.{kind}", text, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


def is_under_18(birth_date: date | None, on: date) -> bool | None:
    """Age on a day (C11): 18 from the start of the birthday; born on 29 February, on 1 March in common years."""
    if birth_date is None:
        return None
    birthday = (birth_date.month, birth_date.day)
    return on.year - birth_date.year - ((on.month, on.day) < birthday) < 18
