"""A return without an error is ready to sign."""

from django.db import transaction

from audit.events import record
from data_returns.actions.entry import take
from data_returns.actions.opening import mirror
from data_returns.checking import Ground, errors_of, to_fix
from data_returns.models import Return, Section
from mappa_portal.exceptions import Conflict
from mappa_portal.words import plural


@transaction.atomic
def pass_check(data_return: Return, *, by) -> Return:
    """What is changed later makes it a draft again; twice is the same as once."""
    data_return = take(data_return, by=by)
    if data_return.status == Return.Status.CHECKED:
        return data_return
    ground = Ground(data_return)
    left = len(to_fix(data_return, ground, errors_of(data_return)))
    left += Section.objects.filter(data_return=data_return, is_done=False).count()
    if left:
        raise Conflict(f"{plural(left, 'thing')} must be fixed before this return is signed.")
    data_return.status = Return.Status.CHECKED
    data_return.revision += 1
    data_return.save(update_fields=["status", "revision"])
    mirror(data_return)
    record("return.checked", data_return, by=by)
    return data_return
