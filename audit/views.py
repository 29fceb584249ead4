"""The audit trail: who did what, before and after, and whether the chain holds."""

import json
from collections import Counter
from datetime import UTC

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from audit.chain import broken_among, problems_in
from audit.checkpoints import checkpoints
from audit.events import record
from audit.forms import EventFilter
from audit.models import Event, chains_of
from audit.words import PERSONAL, action_in_words, actor_of, changes_of, subjects_of
from boards.models import Territory
from mappa_portal.exports import csv_download
from mappa_portal.limits import limit
from mappa_portal.pagination import keyset
from mappa_portal.words import OFFICIAL_SENSITIVE, plural

MOST = 20_000  # events in one export
SHOWN = 100  # problems on a page; the command lists all
COLUMNS = (
    "Time (UTC)",
    "Territory",
    "Number",
    "Person",
    "Organisation",
    "Action",
    "Event",
    "Kind of record",
    "Record",
    "Before",
    "After",
    "Recipient",
    "Reason",
    "Previous hash",
    "Hash",
)


def chains_for(user) -> set[int]:
    """Raises for people without a seat that reads the trail."""
    readable = chains_of(user)
    if not readable:
        raise PermissionDenied("The audit trail is for auditors and area administrators.")
    return readable


def _events(user):
    found = Event.objects.for_user(user).select_related("actor", "organisation", "territory")
    return found.prefetch_related("changes").order_by("-at", "-pk")


@login_required
def event_list(request):
    chains_for(request.user)
    form = EventFilter(request.GET)
    page = keyset(form.narrow(_events(request.user)), request, "-at", "-pk")
    broken = broken_among(page)
    about = subjects_of(page)
    rows = [
        (e, actor_of(e), action_in_words(e.name), list(changes_of(e)), about[e.pk], e.pk in broken)
        for e in page
    ]
    return render(
        request,
        "audit/list.html",
        {"form": form, "page": page, "rows": rows, "broken": len(broken), "query": _query(request)},
    )


def _query(request) -> str:
    """The filters without the place in the list."""
    asked = request.GET.copy()
    asked.pop("after", None), asked.pop("before", None)
    return asked.urlencode()


@login_required
@require_POST
def check(request):
    """Recompute every link of the chains that this person reads."""
    readable = chains_for(request.user)
    limit("audit-check", request.user.pk, most=5)
    problems = problems_in(readable)
    known = [c for c in checkpoints() if c.at]
    return render(
        request,
        "audit/check.html",
        {
            "problems": problems[:SHOWN],
            "more": max(0, len(problems) - SHOWN),
            "events": Event.objects.for_user(request.user).count(),
            "territories": Territory.objects.filter(pk__in=readable),
            "last_checkpoint": known[-1] if known else None,
        },
    )


@login_required
def export(request):
    """Recorded in each chain that it takes from, before anything leaves."""
    chains_for(request.user)
    limit("export", request.user.pk, most=10)
    form = EventFilter(request.GET)
    events = list(form.narrow(_events(request.user))[: MOST + 1])
    if len(events) > MOST:
        messages.error(
            request, f"More than {MOST:,} events match. Choose a shorter period, then export again."
        )
        return redirect(f"{reverse('audit:list')}?{_query(request)}")
    rows = [_cells(event) for event in events]
    for territory, count in Counter(event.territory for event in events).items():
        record(
            "audit.exported",
            territory,
            by=request.user,
            territory=territory,
            reference=territory.code,
            reason=f"{plural(count, 'event')}, CSV; {form.in_words()}"[:500],
        )
    name = f"audit-{timezone.localdate()}.csv"
    return csv_download(name, COLUMNS, rows, marking=OFFICIAL_SENSITIVE)


def _cells(event: Event) -> tuple:
    return (
        event.at.astimezone(UTC).isoformat(),
        event.territory.code,
        event.seq,
        actor_of(event),
        event.organisation.name if event.organisation else "",
        action_in_words(event.name),
        event.name,
        event.subject_kind,
        event.reference,
        *_values(event),
        event.recipient,
        event.reason,
        event.previous_hash,
        event.hash,
    )


def _values(event: Event) -> tuple[str, str]:
    """Before and after as JSON; personal values leave no portal."""
    row = next(iter(event.changes.all()), None)
    if row is None or event.subject_kind in PERSONAL:
        names = ", ".join(event.fields)
        return "", f"{'changed' if row else 'erased'}: {names}" if names else ""
    return _json(row.before), _json(row.after)


def _json(values: dict) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
