"""How often one person may do what costs much or could be used to probe (assurance E4)."""

from django.core.cache import cache

from mappa_portal.exceptions import TooMany


def limit(action: str, who: object, *, most: int, seconds: int = 60) -> None:
    """Count one more; TooMany above ``most``. ``who`` is a person's id, or an address when signed out."""
    key = f"limit:{action}:{who}"
    cache.add(key, 0, timeout=seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended in between
        return
    if count > most:
        raise TooMany(f"You can do this {most} times in {seconds} seconds.")
