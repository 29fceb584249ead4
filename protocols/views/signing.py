"""Signing: what it means, the text, two statements, the second factor; then the code for checking copies."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing as tokens
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.demo import shown_code
from boards.directory import in_post
from boards.roles import Seat
from mappa_portal.exceptions import Conflict
from mappa_portal.forms import attempt
from protocols.actions import signing as actions
from protocols.forms import SignForm
from protocols.models import Signature, Version
from protocols.rules import SIGNATURE_RULES
from protocols.views.fetch import lines_of, most_mine, others_in_force, posted, version_of

SALT = "protocols.sign"
LOST = (
    "You no longer hold the seat that signs this protocol."
    " It ended after you opened the page, so nothing was signed."
)
OTHER_VERSION = (
    "The version that you read is not the one to sign any more. Nothing was signed. Open the page again."
)


@login_required
def sign(request, reference: str):
    opened = _opened(request)
    try:
        version = version_of(request, reference)
    except Http404:
        if opened and opened[:2] == [request.user.pk, reference]:
            raise PermissionDenied(LOST) from None
        raise
    rows = version.signatures.select_related("organisation", "version")
    signature = rows.filter(signed_by=request.user).first() or most_mine(
        request.user, rows, SIGNATURE_RULES, "sign"
    )
    if signature is None:
        raise Conflict("This version is not ready for signing: it has not been approved by every body yet.")
    if request.method == "GET" and signature.signed_by == request.user:
        return _signed(request, version, signature)
    _require(request, signature, opened)
    return _form(request, version, signature, opened)


def _opened(request) -> list | None:
    """Who opened the page, for which protocol and version: it went out with the form and came back."""
    try:
        return tokens.loads(request.POST.get("opened", ""), salt=SALT, max_age=8 * 3600)
    except tokens.BadSignature:
        return None


def _require(request, signature: Signature, opened: list | None) -> None:
    try:
        SIGNATURE_RULES.require("sign", signature, by=request.user)
    except PermissionDenied:
        raise (
            PermissionDenied(LOST)
            if opened
            else PermissionDenied(f"Only the {signature.role} of {signature.organisation} signs here.")
        ) from None


def _form(request, version: Version, signature: Signature, opened: list | None):
    token = tokens.dumps([request.user.pk, version.protocol.reference, version.number], salt=SALT)
    form = SignForm(
        posted(request),
        request=request,
        statements=statements(version, signature),
        initial={"opened": token},
    )
    if request.method == "POST" and opened != [request.user.pk, version.protocol.reference, version.number]:
        raise Conflict(OTHER_VERSION)
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: actions.sign(signature, by=request.user, at=timezone.now())):
            return redirect("protocols:sign", version.protocol.reference)
    context = {
        "version": version,
        "protocol": version.protocol,
        "signature": signature,
        "form": form,
        "will_replace": others_in_force(request.user, version),
        "lines": lines_of(version),
        "approvals": version.approvals.select_related("organisation"),
        "shown": shown_code(request.user) if settings.DEMO and "code" in form.fields else None,
    }
    return render(request, "protocols/sign.html", context)


def statements(version: Version, signature: Signature) -> tuple[str, str]:
    return (
        f"I have read version {version.number} of {version.protocol.reference}.",
        f"I sign as {signature.role} and bind {signature.organisation} to this text.",
    )


def _signed(request, version: Version, signature: Signature):
    unsigned = version.signatures.filter(signed_at=None).select_related("organisation")
    context = {
        "version": version,
        "protocol": version.protocol,
        "signature": signature,
        "missing": [(other, _others_who_sign(other, request.user)) for other in unsigned],
    }
    return render(request, "protocols/signed.html", context)


def _others_who_sign(signature: Signature, user) -> list[str]:
    """Names of the chairs in post who may: whoever has signed for one party does not sign for the other."""
    chairs = in_post([signature.organisation], timezone.localdate(), signature.about, [Seat.CHAIR])
    return [chair.user.name for chair in chairs.exclude(user=user)]
