"""Files of a referral: added and taken off while it is written, read by whoever reads the referral."""

import hashlib
import json
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from accounts.vault import seal, seal_bytes
from audit.events import record
from mappa_portal.exceptions import Conflict
from referrals.actions.referrals import take, touch
from referrals.looking import reason_to_open
from referrals.models import Referral, ReferralAttachment
from referrals.personal import blind

KINDS = tuple(ReferralAttachment.Kind.values)
MOST_FILES, MOST_BYTES = 10, 10 * 2**20
MOST_BYTES_OF_AGENCY = 2**30
TOO_MANY = f"A referral has {MOST_FILES} files at most. Remove one, or put several into one PDF"
TOO_LARGE = f"The file must be smaller than {MOST_BYTES // 2**20} MB. Make pictures smaller or split it."
QUOTA = "The files of your agency’s referrals have reached their limit. Ask the MAPPA unit for advice"


@transaction.atomic
def attach(
    referral: Referral, *, data: bytes, kind: str, name: str, what: str, by, at: datetime
) -> ReferralAttachment:
    """``data`` has passed the checks of uploads. The same file again is there already. An endorsement goes."""
    referral = take(referral, "fill", by)
    digest = blind("attachment", hashlib.sha256(data).hexdigest())
    if there := referral.attachments.listed().filter(digest=digest).first():
        return there
    _refuse_too_much(referral, data)
    words = json.dumps({"name": name[-200:], "what": what})
    attachment = ReferralAttachment(
        territory=referral.territory, referral=referral, kind=kind, size=len(data)
    )
    attachment.digest, attachment.said, attachment.content = digest, seal(words), seal_bytes(data)
    attachment.added_by, attachment.added_at = by, at
    attachment.save()
    attachment.refresh_from_db(fields=["key"])
    touch(referral)
    _record("attached", attachment, referral, by)
    return attachment


def _refuse_too_much(referral: Referral, data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise ValidationError({"file": TOO_LARGE})
    if referral.attachments.count() >= MOST_FILES:
        raise ValidationError({"file": TOO_MANY})
    of_agency = ReferralAttachment.objects.filter(referral__organisation=referral.organisation_id)
    used = of_agency.aggregate(used=Sum("size"))["used"] or 0
    if used + len(data) > MOST_BYTES_OF_AGENCY:
        raise ValidationError({"file": QUOTA})


@transaction.atomic
def detach(referral: Referral, attachment: ReferralAttachment, *, by) -> None:
    """Nothing of it stays but that it was there."""
    referral = take(referral, "fill", by)
    attachment = referral.attachments.listed().select_for_update(of=["self"]).filter(pk=attachment.pk).first()
    if attachment is None:
        raise Conflict("This file is gone already: it was removed.")
    _record("detached", attachment, referral, by)
    attachment.delete()
    touch(referral)


@transaction.atomic
def read(attachment: ReferralAttachment, *, by) -> bytes:
    """The one way to its content: it leaves an event before the first byte (H1)."""
    why = reason_to_open([attachment.referral.case], by=by)
    _record("attachment_read", attachment, attachment.referral, by, reason=why)
    return attachment.opened()


def _record(what: str, attachment: ReferralAttachment, referral: Referral, by, **more) -> None:
    about = {"kind": attachment.kind, "size": attachment.size}
    record(f"referral.{what}", attachment, by=by, reference=referral.reference, after=about, **more)
