from django.conf import settings
from django.db import models

from boards.access import seats_with
from boards.models import Organisation
from boards.owned import AboutOwned, Owned, OwnedKey, OwnedQuerySet


class EventQuerySet(OwnedQuerySet):
    def for_user(self, user):
        """The chains of the territories whose audit trail the person reads."""
        return self.filter(territory__in=chains_of(user))


def chains_of(user) -> set[int]:
    """By seats in units and in an area's boards: the body's own territory, and the boroughs that a unit covers."""
    readable: set[int] = set()
    for seating in seats_with(user, "read_audit"):
        kind = seating.organisation.kind
        if kind not in KEEPERS:
            continue
        readable.add(seating.organisation.territory_id)
        if kind == Organisation.Kind.UNIT:
            readable |= seating.boroughs
    return readable


KEEPERS = {*Organisation.AREA_BOARDS, Organisation.Kind.UNIT}


class EventFields(Owned):
    """What an event says: ids, field names and a salted digest, never names or values of people (H2)."""

    name = models.CharField(max_length=60)  # noun.past_participle
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    subject_kind = models.CharField(max_length=60)  # app_label.model
    subject_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=80, blank=True)
    fields = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    recipient = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Draft(EventFields):
    """An event until its transaction ends: a deferred trigger then moves it to the end of its chain (H3)."""

    class Meta:
        db_table = "audit_draft"


class Event(EventFields):
    """One link of a territory's chain, written by the database; the application can only add."""

    at = models.DateTimeField()
    seq = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "seq"], name="one_event_per_place")]
        indexes = [
            models.Index(
                fields=["territory", "subject_kind", "subject_id"],
                name="events_of_subject",
            ),
            models.Index(fields=["territory", "-at"], name="events_by_time"),
            models.Index(fields=["-at", "-id"], name="events_newest_first"),
        ]


class Change(AboutOwned):
    """The values behind an event's digest, and its salt. The chain stays valid without it."""

    event = OwnedKey(Event, related_name="changes")  # the key is the draft's: it becomes the event's
    salt = models.CharField(max_length=32)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
