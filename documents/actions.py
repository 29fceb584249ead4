"""Filing a document, and putting the signatures into it that were given."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse

from audit.events import record
from boards.models import Territory
from documents.look_up import expected_of
from documents.models import Document, Revision, new_code
from documents.signatory import Seal, Signatory
from mappa_portal.exceptions import Conflict


class SealBroken(Exception):
    """A signature was made that the portal itself would not accept; nothing was stored."""


@dataclass(frozen=True)
class Place:
    """For whom the document leaves room to sign."""

    role: str
    organisation: str


Held = Callable[[], AbstractContextManager]  # opens a transaction; the slow work happens between two of them


def file_document(
    *,
    territory: Territory,
    about: Territory | None,
    kind: str,
    reference: str,
    version: int,
    title: str,
    marking: str,
    places: Sequence[Place],
    template: str,
    context: Mapping,
    signed_data: Mapping,
    at: datetime,
    by,
    held: Held = transaction.atomic,
) -> Document:
    """Render and keep the file that will be signed. A second call returns the first document.

    The template is told ``verify.code`` and ``verify.url``. ``signed_data`` goes into the file as JSON.
    """
    from documents.render import Embedded, render_pdf  # loads WeasyPrint: two seconds, for those who need it

    named = {"territory": territory, "kind": kind, "reference": reference, "version": version}
    with held():
        if found := Document.objects.filter(**named).first():
            return found
    code = new_code(territory.code)
    fields = {f"signature-{n}": place for n, place in enumerate(places, start=1)}
    pdf = render_pdf(
        template,
        {**context, "verify": {"code": code, "url": verify_url(code)}},
        title=title,
        marking=marking,
        reference=f"{reference}, version {version}",
        identifier=code,
        created=at,
        attachments=[Embedded(f"{reference}.json", _json(signed_data), "What was signed, as data")],
        signature_fields={name: f"Signature of {p.role}, {p.organisation}" for name, p in fields.items()},
    )
    signatories = [{"field": n, "role": p.role, "organisation": p.organisation} for n, p in fields.items()]
    values = {"about": about, "title": title, "marking": marking, "code": code, "signatories": signatories}
    with held():
        document, created = Document.objects.get_or_create(**named, defaults=values)
        if created:
            _keep(document, pdf, number=0, at=at)
            record("document.filed", document, by=by)
    return document


def verify_url(code: str) -> str:
    return settings.PUBLIC_URL + reverse("documents:verify", args=[code])


def seal(
    document: Document,
    *,
    field: str,
    signatory: Signatory,
    reason: str,
    at: datetime,
    by=None,
    held: Held = transaction.atomic,
) -> Revision:
    """Put one signature into the file, after those it has. A second call returns the same revision.

    Raises ``TimeStampUnavailable`` and changes nothing while nobody confirms the time.
    """
    from documents.seals import seals_hold  # pyHanko: a second
    from documents.sign import sign

    with held():
        if done := document.revisions.filter(field=field).first():
            return done
        location, latest, before = document.territory.name, document.latest, expected_of(document).seals
    place = document.signatory(field)
    if (signatory.role, signatory.organisation) != (place["role"], place["organisation"]):
        raise Conflict(f"This place is for {place['role']}, {place['organisation']}.")

    pdf = sign(latest.read(), field, signatory, reason=reason, location=location, now=at)
    if not seals_hold(pdf, document.code, (*before, Seal(signatory, at))):
        raise SealBroken(f"{document}, {field}")
    with held():
        document = Document.objects.select_for_update().get(pk=document.pk)
        if done := document.revisions.filter(field=field).first():
            return done
        if document.latest != latest:
            raise Conflict("Another signature came into the file meanwhile.")
        revision = _keep(document, pdf, number=latest.number + 1, at=at, field=field, signatory=signatory)
        record("document.sealed", document, by=by, reason=f"revision {revision.number}")
    return revision


def _keep(
    document: Document,
    pdf: bytes,
    *,
    number: int,
    at: datetime,
    field: str = "",
    signatory: Signatory | None = None,
) -> Revision:
    return Revision.objects.create(
        territory_id=document.territory_id,
        about_id=document.about_id,
        document=document,
        number=number,
        sha256=sha256(pdf).hexdigest(),
        file=ContentFile(pdf, name=f"{uuid4().hex}.pdf"),
        field=field,
        name=signatory.name if signatory else "",
        role=signatory.role if signatory else "",
        organisation=signatory.organisation if signatory else "",
        signed_at=signatory.signed_at if signatory else None,
        stored_at=at,
    )


def _json(data: Mapping) -> bytes:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, indent=1).encode()
