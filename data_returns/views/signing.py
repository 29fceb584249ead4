"""The declaration by the MAPPA chair."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing as tokens
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.demo import shown_code
from data_returns.actions.signing import CHANGED, sign, signed_data
from data_returns.attending import all_attending
from data_returns.checking import Ground, result_of, to_fix
from data_returns.evidence import fingerprint
from data_returns.forms.signing import DeclarationForm
from data_returns.models import Return
from data_returns.pdf import pages
from data_returns.views.fetch import place, return_of
from mappa_portal.exceptions import Conflict
from mappa_portal.forms import attempt

SALT = "data_returns.sign"


@login_required
def declare(request, borough: str, year: int):
    data_return = return_of(request, borough, year, "sign")
    opened = [request.user.pk, fingerprint(signed_data(data_return)), data_return.revision]
    sent = request.POST if request.method == "POST" else None
    form = DeclarationForm(sent, request=request, initial={"opened": tokens.dumps(opened, salt=SALT)})
    if sent is not None and _opened(sent) != opened:
        raise Conflict(CHANGED)
    if sent is not None and form.is_valid():
        read = data_return.revision
        if attempt(form, lambda: sign(data_return, revision=read, by=request.user, at=timezone.now())):
            said = f"You signed {data_return.reference}. {data_return.board} is given it once the document is made."
            messages.success(request, said)
            return redirect("data_returns:view", *place(data_return))
    return render(request, "data_returns/sign.html", _context(request, data_return, form))


def _opened(sent) -> list | None:
    """Who opened the page, the content that it showed, and the revision of the return: reasons count as well."""
    try:
        return tokens.loads(sent.get("opened", ""), salt=SALT, max_age=8 * 3600)
    except tokens.BadSignature:
        return None


def _context(request, data_return: Return, form: DeclarationForm) -> dict:
    ground = Ground(data_return)
    result = result_of(data_return, ground)
    return {
        "data_return": data_return,
        "form": form,
        "problems": len(to_fix(data_return, ground, result.errors)),
        "warnings": len(result.warnings),
        "document": pages(
            data_return, "", "", all_attending(data_return, request.user, timezone.localdate(), ground.kpis)
        ),
        "shown": shown_code(request.user) if settings.DEMO and "code" in form.fields else None,
    }
