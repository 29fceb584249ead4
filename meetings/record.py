"""What was said about one case, in the order of the agenda: sealed in one column, as it may name people."""

import json
from dataclasses import asdict, dataclass, fields

from accounts.vault import seal, unseal


@dataclass(frozen=True)
class Record:
    information: str = ""
    victims: str = ""
    children: str = ""
    diversity: str = ""
    risk: str = ""
    disclosure: str = ""
    plan: str = ""
    level_reason: str = ""
    dissent: str = ""

    def sealed(self) -> str:
        return "" if self == Record() else seal(json.dumps(asdict(self)))

    @classmethod
    def opened(cls, sealed: str) -> "Record":
        return cls(**json.loads(unseal(sealed))) if sealed else cls()


TEXTS = tuple(field.name for field in fields(Record))
