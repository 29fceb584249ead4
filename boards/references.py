"""References that people and URLs use: CMD-P-2026-014, counted within the owning territory (T5)."""

from boards.models import Counter, Territory


def next_reference(territory: Territory, kind: str, year: int, *, about: Territory | None = None) -> str:
    """``kind`` is one letter: T template, P protocol, M meeting, R referral. Call inside the creating transaction."""
    code = (about or territory).code
    counter, _ = Counter.objects.select_for_update().get_or_create(
        territory=territory, code=code, kind=kind, year=year
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{code}-{kind}-{year}-{counter.last:03}"
