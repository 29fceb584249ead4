"""A return from a file: what it would change is shown first, then taken over or not."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.shortcuts import redirect, render
from django.utils import timezone

from audit.events import record
from data_returns.actions.entry import import_content
from data_returns.content import Content
from data_returns.forms.importing import ReturnFileForm
from data_returns.models import Return
from data_returns.views.fetch import place, return_of, while_open
from data_returns.workbook import COLUMNS, Asked, asked, rows, said_in
from mappa_portal.exceptions import Conflict, StaleEdit
from mappa_portal.exports import xlsx_download
from mappa_portal.words import OFFICIAL_SENSITIVE, plural
from meetings.performance.exports import limit_exports

SALT, HOURS = "data_returns.import", 8
CHANGES = ["Question", "What is asked", "Now", "In the file"]


@login_required
@while_open
def import_file(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "fill")
    if "seen" in request.POST:
        return _take_over(request, data_return)
    sent = request.method == "POST"
    form = ReturnFileForm(
        request.POST if sent else None, request.FILES if sent else None, form=data_return.form
    )
    if sent and form.is_valid():
        return _preview(request, data_return, form.content)
    context = {"return": data_return, "form": form, "faults": [[fault] for fault in form.faults]}
    return render(request, "data_returns/import.html", context)


def _preview(request, data_return: Return, content: Content):
    now = data_return.said()
    changes = [
        [row.question.number, row.label, _shown(row, now), _shown(row, content)]
        for row in asked(data_return.form)
        if said_in(row, now) != said_in(row, content)
    ]
    seen = [request.user.pk, data_return.pk, data_return.revision, asdict(content)]
    context = {
        "return": data_return,
        "changes": changes,
        "columns": CHANGES,
        "seen": signing.dumps(seen, salt=SALT, compress=True),
    }
    return render(request, "data_returns/import_preview.html", context)


def _shown(row: Asked, content: Content) -> str:
    said = said_in(row, content)
    return "Empty" if said is None else f"{said:,}" if isinstance(said, int) else said


def _take_over(request, data_return: Return):
    try:
        seen = signing.loads(request.POST["seen"], salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        raise Conflict("This page is too old. Hand in the file again.") from None
    if seen[:2] != [request.user.pk, data_return.pk]:
        raise Conflict("This is the preview of another return. Hand in the file again.")
    content = Content(**seen[3])
    try:
        changed = import_content(data_return, content, revision=seen[2], by=request.user, at=timezone.now())
    except StaleEdit:
        messages.warning(request, "The return was changed meanwhile: this is what the file gives now.")
        return _preview(request, return_of(request, *place(data_return), "fill"), content)
    messages.success(request, f"{plural(len(changed), 'entry', 'entries')} changed. Nothing is signed yet.")
    return redirect("data_returns:return", *place(data_return))


@login_required
def workbook(request, borough: str, year: int):
    """With what is filled in so far."""
    data_return = return_of(request, borough, year, "fill")
    limit_exports(request.user)
    record("return.exported", data_return, by=request.user, reason="XLSX")
    name = f"data-return-{data_return.reference}.xlsx"
    return xlsx_download(
        name, COLUMNS, rows(data_return.form, data_return.said()), marking=OFFICIAL_SENSITIVE
    )
