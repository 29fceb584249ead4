"""Signing: the return is fixed, with what its figures stood on; once its file is sealed the board is given it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audit.events import record
from boards.access import share
from data_returns.actions.opening import mirror
from data_returns.checking import Ground, result_of, to_fix
from data_returns.content import as_json
from data_returns.evidence import digest, fingerprint, freeze, is_kept
from data_returns.models import Return, Standing
from data_returns.rules import RETURN_RULES
from data_returns.years import slashed
from mappa_portal.exceptions import Conflict
from mappa_portal.words import plural
from outbox.jobs import post

CHANGED = "The return was changed after you opened this page. Nothing was signed. Read it again below."


@transaction.atomic
def sign(data_return: Return, *, revision: int | None = None, by, at: datetime) -> Return:
    """By the MAPPA chair. The web door has asked for the second factor; a job makes and seals the file.

    ``revision``: of the return that the chair has read; Conflict when it has changed since.
    """
    found = Return.objects.select_for_update(of=["self"]).select_related("organisation", "territory__parent")
    data_return = found.get(pk=data_return.pk)
    RETURN_RULES.require("sign", data_return, by=by)
    if revision not in (None, data_return.revision):
        raise Conflict(CHANGED)
    ground = Ground(data_return)
    result = result_of(data_return, ground)
    if left := to_fix(data_return, ground, result.errors):
        raise Conflict(f"{plural(len(left), 'problem')} must be fixed before this return is signed.")
    data_return.status, data_return.signed_at, data_return.signed_by = Return.Status.SIGNED, at, by
    data_return.evidence = freeze(data_return, ground, result, at)
    data_return.content_hash = fingerprint(signed_data(data_return))
    data_return.revision += 1
    data_return.save()
    mirror(data_return)
    record("return.signed", data_return, by=by, after=sums_of(data_return))
    post("data_returns.seal", data_return)
    return data_return


def sums_of(data_return: Return) -> dict:
    """What the event of the signing keeps."""
    return {"content": data_return.content_hash, "evidence": digest(data_return.evidence)}


def signed_data(data_return: Return) -> dict:
    """What is signed, as the file carries it; of what the figures stood on the digest alone."""
    stood_on = {"evidence": digest(data_return.evidence)} if is_kept(data_return) else {}
    return {
        "reference": data_return.reference,
        "version": data_return.number,
        "borough": data_return.territory.slug,
        "year": slashed(data_return.year),
        "edition": data_return.edition,
        "board": data_return.evidence.get("board") or data_return.board.name,  # as it was called then
        **as_json(data_return.said(), data_return.form),
        **stood_on,
    }


@transaction.atomic
def send(data_return: Return, *, at: datetime) -> Return:
    """The sealed file goes to the board: its people see the return from now on. Again is the same as once."""
    data_return = Return.objects.select_for_update().get(pk=data_return.pk)
    if data_return.status != Return.Status.SIGNED:
        return data_return
    data_return.status = Return.Status.SENT
    data_return.save(update_fields=["status"])
    share(data_return, with_=data_return.board)
    mirror(data_return)
    standing = Standing.objects.filter(about=data_return.territory_id, year=data_return.year, sent_on=None)
    standing.update(sent_on=timezone.localdate(at))
    record("return.sent", data_return, by=None, after={"board": data_return.board.slug})
    post("data_returns.tell_board", data_return)
    return data_return
