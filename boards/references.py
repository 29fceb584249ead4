"""References that people and URLs use: CMD-P-2026-014, counted within the owning territory (T5)."""

from boards.models import Counter, Territory


def next_reference(territory: Territory, kind: str, year: int, *, about: Territory | None = None) -> str:
    """``kind`` is one letter: T template, P protocol, M meeting, C case. Call inside the creating transaction."""
    return next_references(territory, kind, year, 1, about=about)[0]


def next_references(
    territory: Territory, kind: str, year: int, many: int, *, about: Territory | None = None
) -> list[str]:
    """Several in a row, for imports: the counter moves once."""
    code = (about or territory).code
    counter, _ = Counter.objects.select_for_update().get_or_create(
        territory=territory, code=code, kind=kind, year=year
    )
    first, counter.last = counter.last + 1, counter.last + many
    counter.save(update_fields=["last"])
    return [f"{code}-{kind}-{year}-{number:03}" for number in range(first, counter.last + 1)]
