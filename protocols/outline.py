"""Clauses as a page shows them: numbered, and addressed by keys that betray no row ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from protocols import text

SALT = "protocols.outline"


@dataclass(frozen=True)
class Line:
    clause: object
    number: str
    key: str

    @property
    def anchor(self) -> str:
        return f"clause-{self.clause.position}"

    @property
    def title(self) -> str:
        return f"{self.number} {self.clause.heading}".strip()

    @property
    def name(self) -> str:
        """As people speak of it: "Clause 4.2", or the label that an appendix carries in its heading."""
        return f"Clause {self.number}" if self.number[:1].isdigit() else self.number or self.clause.heading

    @property
    def level(self) -> int:
        """Of its heading on a page whose h1 names the protocol."""
        return min(self.clause.depth + 1, 4)

    @property
    def placeholders(self) -> list[str]:
        return text.placeholders(f"{self.clause.heading}\n{self.clause.body}")


def outline(clauses: Iterable) -> list[Line]:
    clauses = list(clauses)
    numbers = text.numbers((c.depth, c.heading) for c in clauses)
    return [Line(c, number, key_of(c)) for c, number in zip(clauses, numbers, strict=True)]


def key_of(clause) -> str:
    """Stays with the clause wherever it is moved; a position does not."""
    return salted_hmac(SALT, f"{clause._meta.label}:{clause.pk}").hexdigest()[:16]


def shape_of(lines: Sequence[Line]) -> str:
    """Changes when a clause is added, removed or moved: "after clause 3" then means another place."""
    return salted_hmac(SALT, ",".join(line.key for line in lines)).hexdigest()[:16]


def find(lines: Iterable[Line], key: str) -> Line | None:
    return next((line for line in lines if line.key == key), None)
