"""Saying that something happened, in the transaction in which it happens (H1)."""

import hashlib
import json
import secrets

from django.core.serializers.json import DjangoJSONEncoder

from audit.models import Change, Draft
from boards.access import organisations_of, seats_of
from boards.models import Organisation, Territory


def record(
    name: str,
    subject,
    *,
    by,
    territory: Territory | None = None,
    organisation: Organisation | None = None,
    reference: str = "",
    before: dict | None = None,
    after: dict | None = None,
    recipient: str = "",
    reason: str = "",
) -> None:
    """Add one event to the chain of the subject's territory; ``by=None`` is the system.

    ``organisation`` is named only where the act itself says for whom, like a signature.
    ``before`` and ``after`` map field names to values: the event keeps the names and a salted digest,
    the values stand beside it and can be erased. The link is made as the transaction commits, or all fails.
    """
    territory_id = territory.pk if territory else subject.territory_id
    fields = sorted({*(before or {}), *(after or {})})
    values = json.dumps([before or {}, after or {}], sort_keys=True, cls=DjangoJSONEncoder)
    salt = secrets.token_hex(16)
    draft = Draft.objects.create(
        territory_id=territory_id,
        name=name,
        actor=by,
        organisation=organisation or acted_through(by, subject, territory_id),
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        reference=reference or getattr(subject, "reference", ""),
        fields=fields,
        digest=digest(salt, values) if fields else "",
        recipient=recipient,
        reason=reason,
    )
    if fields:
        old, new = json.loads(values)
        Change.objects.create(
            territory_id=territory_id,
            about_id=getattr(subject, "about_id", None),
            event_id=draft.pk,
            salt=salt,
            before=old,
            after=new,
        )


def acted_through(user, subject, territory_id: int) -> Organisation | None:
    """Of the person's organisations one of the subject's parties, else one that looks after the place, else any."""
    mine = organisations_of(user)
    if len(mine) < 2:
        return next(iter(mine.values()), None)
    parties = {organisation.pk for organisation in getattr(subject, "parties", ())}
    place = getattr(subject, "about_id", None) or territory_id

    def distance(seating) -> tuple[bool, bool]:
        where = seating.organisation
        return where.pk not in parties, place not in {where.territory_id, *seating.boroughs}

    return min(seats_of(user), key=distance).organisation


def digest(salt: str, values: str) -> str:
    return hashlib.sha256(f"{salt}{values}".encode()).hexdigest()
