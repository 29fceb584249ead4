"""Too many attempts: until when, and whom to ask (E4). allauth counts them, by address and by account."""

import math
import time
from datetime import UTC, datetime

from allauth.core import context
from allauth.core.internal import ratelimit
from django.core.cache import cache

from mappa_portal.exceptions import TooMany
from mappa_portal.words import clock


def locked_out(key: str, *, action: str = "login_failed") -> TooMany:
    """To be raised where allauth has refused to count one more."""
    return TooMany(_words(blocked_until(action, key) or time.time() + 60))


def lockout(key: str, *, action: str = "login_failed") -> str:
    """The same words while it lasts, for a page that is opened meanwhile."""
    until = blocked_until(action, key)
    return _words(until) if until else ""


def _words(until: float) -> str:
    minute = 60 * math.ceil(until / 60)
    return (
        f"There were too many attempts. You can try again after {clock(datetime.fromtimestamp(minute, UTC))}."
        " If you need to get in sooner, ask the administrator of your MAPPA area."
    )


def blocked_until(action: str, key: str) -> float | None:
    """When the oldest counted attempt of every full window has left it."""
    now, ends = time.time(), []
    for rate in ratelimit.get_rates(app="allauth.account", action=action):
        kept = ratelimit.get_cache_key(
            context.request, app="allauth.account", action=action, rate=rate, key=key
        )
        counted = [at for at in cache.get(kept, []) if at > now - rate.duration]
        if len(counted) >= rate.amount:
            ends.append(min(counted) + rate.duration)
    return max(ends, default=None)
