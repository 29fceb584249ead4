"""The second factor where somebody signs or decides: is it fresh, and confirming it (I1)."""

from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.codes import CodeField, CodeFormMixin, codes_of, secret_of
from accounts.vault import reseal
from mappa_portal.forms import Form

KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_authenticator(user) -> bool:
    """Recovery codes alone do not count: they stand in for an authenticator."""
    return is_mfa_enabled(user, KINDS)


def has_fresh_factor(request: HttpRequest) -> bool:
    """Whether this session proved a second factor in the last minutes; a password is none."""
    proved = proved_at(request)
    return proved is not None and timezone.now() < proved + settings.SECOND_FACTOR_FRESH


def proved_at(request: HttpRequest) -> datetime | None:
    """When this session proved a second factor last."""
    proofs = [r["at"] for r in get_authentication_records(request, request.user) if r["method"] == "mfa"]
    return datetime.fromtimestamp(max(proofs), UTC) if proofs else None


class ConfirmCodeForm(CodeFormMixin, ReauthenticateForm):
    """``save`` makes the factor fresh for this session."""


class SecondFactorForm(Form):
    """Base of forms that sign or decide: asks for the code unless the factor is fresh. Takes ``request=``."""

    code = CodeField()

    def __init__(self, *args, request: HttpRequest, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)
        if has_fresh_factor(request):
            del self.fields["code"]

    @property
    def confirmed(self) -> dict[str, datetime] | None:
        """Why no code is asked for: when the person gave one, and until when that is enough."""
        if "code" in self.fields:
            return None
        at = proved_at(self.request)
        return {"at": at, "until": at + settings.SECOND_FACTOR_FRESH}

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        form = ConfirmCodeForm(user=self.request.user, data={"code": code})
        if form.is_valid():
            form.save()
        for error in form.errors.get("code", []):
            self.add_error("code", error)
        return code


# -- Without the pages: demonstration people and tests --


def give_totp(user, secret: str | None = None) -> str:
    """Give the person an authenticator app; the answer is its secret."""
    secret = secret or generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def current_code(user) -> str:
    """What the person's app shows now."""
    secret = secret_of(user)
    return codes_of(secret)[0] if secret else ""


SEALED = {"secret", "seed"}  # of authenticator apps and of recovery codes


@transaction.atomic
def reseal_authenticators() -> int:
    """With the present SECRET_KEY; twice is the same as once."""
    held = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()
    for one in held:
        one.data |= {name: reseal(one.data[name]) for name in SEALED & one.data.keys()}
        one.save(update_fields=["data"])
    return len(held)
