"""One route: who gets it, who may know of it, what its address names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Who gets ``ok`` for a GET, who may know of the thing but gets 403; for everybody else it does not exist (404).

    ``of`` says what the address names, ``stage`` how far the agreement has come, ``post`` that only POST is answered:
    ``status`` is then what the right person may get at this moment besides success.
    """

    ok: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()
    of: str = ""
    stage: str = "draft"
    post: bool = False
    status: int = 200
    unlike: tuple[tuple[str, int], ...] = ()  # people whose status differs, with the reason beside the row

    def expected(self, person: str) -> int:
        if person in dict(self.unlike):
            return dict(self.unlike)[person]
        if person in self.ok:
            return self.status
        return 403 if person in self.knows else 404


def rows(of: str, ok, knows=(), *, pages=(), post=(), **more) -> dict[str, Row]:
    common = {"of": of, "ok": frozenset(ok), "knows": frozenset(knows), **more}
    return {name: Row(**common) for name in pages} | {name: Row(**common, post=True) for name in post}
