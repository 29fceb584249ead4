"""Why a level period ended, and how a case stands after it (domain section 1): two endings that are kept apart."""

from django.db.models import TextChoices


class Ending(TextChoices):
    REGISTRATION = "registration", "Registration ended"
    LICENCE = "licence", "Licence expired or discharged"
    RECALLED = "recalled", "Recalled"
    REDUCED = "reduced", "Risk reduced"
    MISTAKE = "mistake", "The level was a mistake"  # of a referral whose link was undone
    NOTIFICATION = "notification", "Notification requirements ended"
    ORDER = "order", "Licence, hospital or guardianship order ended, or no longer barred"
    DECIDED = "decided", "A meeting decided so"
    TERRORIST = "terrorist", "Notification requirements or licence ended"
    DIED = "died", "The person died"
    TRANSFERRED = "transferred", "Transferred"


MANAGEMENT = (Ending.REGISTRATION, Ending.LICENCE, Ending.RECALLED, Ending.REDUCED)  # down to level 1
OF_CATEGORY = {1: Ending.NOTIFICATION, 2: Ending.ORDER, 3: Ending.DECIDED, 4: Ending.TERRORIST}
ELIGIBILITY = (*OF_CATEGORY.values(), Ending.DIED, Ending.TRANSFERRED)


def eligibility_endings(category: int | None) -> tuple[Ending, ...]:
    """Those that somebody may record by hand; without a category, of any."""
    own = (OF_CATEGORY[category],) if category else tuple(OF_CATEGORY.values())
    return (*own, Ending.DIED)


class Standing(TextChoices):
    """Managed also where no level is recorded yet."""

    MANAGED = "managed", "Managed"
    SUSPENDED = "suspended", "Suspended"
    ENDED = "ended", "Ended"
    TRANSFERRED = "transferred", "Transferred"
