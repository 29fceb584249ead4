"""What was answered of a form of several pages, until it is recorded or the session ends."""

import json
from dataclasses import asdict, dataclass, field

from cryptography.fernet import InvalidToken
from django.http import QueryDict

from accounts.vault import seal, unseal

KEPT = "disclosure_drafts"
AT_MOST = 200_000  # characters: the whole of a session is read with each request


@dataclass
class Draft:
    """``sent``: how many pages were; ``refused``: what was wrong with the whole, by field."""

    typed: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def data(self) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, value in self.typed:
            data.appendlist(name, value)
        return data


def draft_of(session, name: str) -> Draft:
    try:
        return Draft(**json.loads(unseal(session.get(KEPT, {})[name])))
    except (KeyError, InvalidToken):
        return Draft()


def keep(session, name: str, draft: Draft) -> bool:
    """False for more than any answer may be."""
    text = json.dumps(asdict(draft))
    if len(text) > AT_MOST:
        return False
    session[KEPT] = session.get(KEPT, {}) | {name: seal(text)}
    return True


def drop(session, name: str) -> None:
    session[KEPT] = {other: kept for other, kept in session.get(KEPT, {}).items() if other != name}
