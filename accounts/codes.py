"""Codes of an authenticator app: how they are typed, what is said about one that does not open."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django import forms
from django.core.exceptions import ValidationError

from accounts.events import note_failure
from accounts.lockout import locked_out
from mappa_portal.forms import GovukFormMixin

MISSING_CODE = "Enter the 6-digit code"
WRONG_CODE = "Enter the 6-digit code that your app shows now: this one is not right"
EXPIRED_CODE = "The code has expired. Enter the newest code"
LOOK_BACK = 10  # a code older than these was mistyped rather than late


class CodeField(forms.CharField):
    """Six digits of the app, or a recovery code; spaces and hyphens are forgiven."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "6-digit code")
        kwargs.setdefault("help_text", "From your authenticator app. A recovery code works too.")
        kwargs.setdefault("error_messages", {"required": MISSING_CODE})
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        attrs["class"] = "govuk-input--width-10 govuk-input--extra-letter-spacing"
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value):
        return "".join(super().to_python(value).replace("-", "").split())


class CodeFormMixin(GovukFormMixin):
    """Before one of allauth's code forms: our field, our words, and a page for too many attempts."""

    help_text = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(**({"help_text": self.help_text} if self.help_text else {}))

    def clean_code(self):
        try:
            return super().clean_code()
        except ValidationError as refused:
            if refused.code in ("too_many_login_attempts", "rate_limited"):
                raise locked_out(f"mfa-auth-user-{self.user.pk}") from None
            note_failure(self.user, "code")
            late = self.cleaned_data["code"] in self.earlier_codes()
            raise ValidationError(EXPIRED_CODE if late else WRONG_CODE, code="code") from None

    def earlier_codes(self) -> list[str]:
        secret = secret_of(self.user)
        return codes_of(secret, LOOK_BACK) if secret else []


def secret_of(user) -> str | None:
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return decrypt(app.data["secret"]) if app else None


def codes_of(secret: str, count: int = 1) -> list[str]:
    """The present code and those before it."""
    step = int(time.time()) // app_settings.TOTP_PERIOD
    return [format_hotp_value(hotp_value(secret, step - back)) for back in range(count)]
