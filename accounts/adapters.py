"""Where allauth asks the portal: words, mail, who may come in, and what is recorded."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import actions
from accounts.events import note, note_failure, note_refusal
from accounts.lockout import locked_out
from accounts.middleware import start_session
from accounts.models import User
from accounts.second_factor import KINDS
from accounts.vault import seal, unseal

CHANGES = {  # allauth's name for a message: what the person reads
    "account/email/password_changed": "Your password was changed.",
    "account/email/password_set": "A password was set.",
    "account/email/password_reset": "Your password was changed with a link sent by email.",
    "mfa/email/totp_activated": "An authenticator app was added.",
    "mfa/email/totp_deactivated": "The authenticator app was removed.",
    "mfa/email/webauthn_added": "A passkey was added.",
    "mfa/email/webauthn_removed": "A passkey was removed.",
    "mfa/email/recovery_codes_generated": "New recovery codes were made. The old ones no longer work.",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Email address or password is incorrect",
        "incorrect_password": "Password is incorrect",
        "enter_current_password": "Current password is incorrect",
        "invalid_password_reset": "This link has been used or is too old",
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_refusal("user.locked_out")
            raise locked_out(self._get_login_attempts_cache_key(request, **credentials)) from None

    def authenticate(self, request, **credentials):
        """A disabled account answers like an unknown one, even to the right password."""
        user = super().authenticate(request, **credentials)
        if user and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request, **credentials):
        """The same work for known and unknown addresses: one event each (I1)."""
        known = User.objects.filter(email=credentials["email"].lower()).first()
        note_failure(known, "password")

    def login(self, request, user):
        super().login(request, user)
        start_session(request)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        note("user.signed_in", user, by=user)
        return response

    def logout(self, request):
        note("user.signed_out", request.user, by=request.user)
        super().logout(request)

    def set_password(self, user, password):
        super().set_password(user, password)
        note("user.password_changed", user, by=user)

    def get_password_change_redirect_url(self, request):
        return reverse("account")

    def is_reauthentication_required(self, *, app, **kwargs):
        """Not in the first minutes after signing in, so that set-up asks for nothing twice."""
        started = self.request.session.get("started_at", 0)
        fresh = time.time() - started < settings.SECOND_FACTOR_FRESH.total_seconds()
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user):
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code from your authenticator app",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        return [m | {"description": words[m["id"]]} for m in super().get_reauthentication_methods(user)]

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        actions.mail_change(user, CHANGES[template_prefix])


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Keep at least one way to sign in",
        "incorrect_code": "The passkey was not accepted. Try again",
    }

    def encrypt(self, text):
        return seal(text)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text)

    def get_totp_label(self, user):
        return user.email

    def _get_site_name(self):
        return "MAPPA portal"

    def can_delete_authenticator(self, authenticator):
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=KINDS)
        return others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user, type):
        taken = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {taken + 1}" if taken else "Passkey"


class SocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on lets existing people in, matched by verified address; it makes and links no account."""

    def is_open_for_signup(self, request, sociallogin):
        note_failure(None, "single sign-on")
        return False

    def pre_social_login(self, request, sociallogin):
        verified = [e.email.lower() for e in sociallogin.email_addresses if e.verified in (True, "true")]
        known = User.objects.filter(email__in=verified, is_active=True).first()
        if known:
            sociallogin.user = known

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        note_refusal("user.single_sign_on_failed")
