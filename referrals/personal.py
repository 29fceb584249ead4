"""A person's particulars: sealed in one column, found through keyed blind indexes (H4)."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

import jellyfish
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.vault import seal, unseal

LONG = 4  # letters from which a word is also found with one of them wrong


@dataclass(frozen=True)
class Person:
    """What is known of the person behind a case; everything may be empty."""

    name: str = ""
    aliases: tuple[str, ...] = ()
    birth_date: date | None = None

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
        )

    def tokens(self) -> set[tuple[str, str]]:
        """(kind, token) of everything that this person is to be found by."""
        named = [("name", self.name), *(("alias", alias) for alias in self.aliases)]
        forms = {form for kind, name in named for word in words(name) for form in forms_of(kind, word)}
        if self.birth_date:
            forms.add(("birth_date", self.birth_date.isoformat()))
        return {(kind, blind(kind, text)) for kind, text in forms}


def forms_of(kind: str, word: str) -> Iterator[tuple[str, str]]:
    """(kind, text) under which a word of a name or alias is kept: as it is, by its sound, one letter short."""
    yield kind, word
    yield from (("sound", code) for code in sounds(word))
    if len(word) >= LONG:
        yield from (("near", form) for form in [word, *one_letter_short(word)])


def sounds(word: str) -> Iterator[str]:
    """Rhiannon and Ryannon sound alike, which the algorithm alone does not say."""
    spelt = word[:1] + word[1:].replace("y", "i")
    return filter(None, [jellyfish.metaphone(spelt.replace("rh", "r"))])


def one_letter_short(word: str) -> set[str]:
    """Two words that share one of these differ by a letter left out, added, changed or swapped with its neighbour."""
    return {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) >= LONG else set()


def words(name: str) -> Iterator[str]:
    """A name's words in one form: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return (word for word in re.split(r"[^a-z0-9]+", plain.replace("'", "")) if word)


def blind(kind: str, text: str, secret: str | None = None) -> str:
    """HMAC under a key of its own: equal texts match, and nobody without the key can try them out."""
    return salted_hmac(
        f"referrals.blind.{kind}", text, secret=secret or settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


def sought(kind: str, text: str) -> list[str]:
    """As it stands in the index under the present key, and under those before it until that is rebuilt."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [blind(kind, text, secret) for secret in secrets]


def is_under_18(birth_date: date | None, on: date) -> bool | None:
    """Age on a day (C11): 18 from the start of the birthday; born on 29 February, on 1 March in common years."""
    if birth_date is None:
        return None
    birthday = (birth_date.month, birth_date.day)
    return on.year - birth_date.year - ((on.month, on.day) < birthday) < 18
