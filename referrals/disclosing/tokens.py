"""Finding a disclosure by who was, or would be, told: through a blind index of their names (H4)."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from audit.events import record
from boards.models import Organisation
from referrals.models import Disclosure, DisclosureEntry, RecipientToken
from referrals.personal import blind, sought, sounds, words

MOST = 50


def write_recipient_tokens(entries: Iterable[DisclosureEntry]) -> None:
    """Make the index of these entries what they say; again after a change of the key."""
    entries = list(entries)
    RecipientToken.objects.filter(entry__in=[entry.pk for entry in entries]).delete()
    RecipientToken.objects.bulk_create(
        RecipientToken(territory_id=entry.territory_id, entry=entry, token=blind("recipient", form))
        for entry in entries
        if entry.content  # not erased
        for form in {f for each in entry.said.get("recipients", ()) for f in _forms_of(each["name"])}
    )


def _forms_of(name: str) -> Iterator[str]:
    for word in words(name):
        yield word
        yield from _by_sound(word)


def _by_sound(word: str) -> list[str]:
    return [f"~{code}" for code in sounds(word)]


@transaction.atomic
def find_by_recipient(units: list[Organisation], *, name: str, by) -> list[Disclosure]:
    """Disclosures to somebody of whom every word of the name is known, or sounds alike; newest first."""
    asked = list(words(name))
    for unit in units:
        after = {"searched_for": blind("asked", " ".join(asked))}
        record("disclosure.recipient_searched", unit, by=by, after=after)
    found = Disclosure.objects.filter(organisation__in=units)
    for word in asked:
        tokens = [t for form in (word, *_by_sound(word)) for t in sought("recipient", form)]
        there = RecipientToken.objects.filter(token__in=tokens, territory__in=[u.territory_id for u in units])
        found = found.filter(pk__in=there.values("entry__disclosure"))
    return list(found.select_related("case").order_by("-opened_on", "-pk")[:MOST]) if asked else []
