"""The pages around allauth's views: what they say more, what they record."""

import json
import time

from allauth.account import views as account
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from allauth.usersessions.internal.flows.sessions import end_sessions
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts import actions, demo
from accounts.devices import devices_of, session_of
from accounts.events import note, note_refusal
from accounts.forms import DetailsForm, RemovePasskeyForm
from accounts.lockout import lockout
from accounts.middleware import limits_of
from accounts.models import User
from accounts.qr import path_of
from accounts.second_factor import has_authenticator
from accounts.vault import unseal
from mappa_portal.exceptions import Gone, TooMany

CODES_SHOWN = 600  # seconds in which new recovery codes may be printed and downloaded


# -- Signing in and out --


class SignIn(account.LoginView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["ended"] = self.request.session.pop("ended", "")
        context["single_sign_on"] = settings.OIDC_NAME if settings.OIDC_SERVER_URL else ""
        if settings.DEMO:
            context["areas"] = demo.people(localdate())
        return context


class Code(mfa.AuthenticateView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.stage.login.user
        context["has_app"] = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
        context["has_passkey"] = Authenticator.objects.filter(
            user=user, type=Authenticator.Type.WEBAUTHN
        ).exists()
        if not context["has_app"]:
            field = context["form"].fields["code"]
            field.label, field.help_text = "Recovery code", "One of those that you printed or saved."
        context["locked"] = lockout(f"mfa-auth-user-{user.pk}")
        if settings.DEMO:
            context["shown"] = demo.shown_code(user)
        return context


@require_POST
def demo_sign_in(request):
    """One click instead of address and password; the code is still asked for."""
    if not settings.DEMO:
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    user = get_object_or_404(User, email=request.POST.get("person", ""), is_active=True)
    login = Login(user=user, redirect_url=get_next_redirect_url(request))
    return perform_login(request, login)


def extend(request):
    """How long the session still lasts; a POST starts the idle time anew."""
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0})
    now = time.time()
    if request.method == "POST":
        request.session["seen_at"] = now
    if "json" not in request.headers.get("Accept", ""):
        return redirect(get_next_redirect_url(request) or "home")
    limits = limits_of(request.session, now)
    return JsonResponse(
        {"left": limits.left, "extendable": limits.idle < limits.absolute, "token": get_token(request)}
    )


@login_required
def kept_form(request):
    """What was sent after the session had ended: the same person sends it again, or throws it away."""
    form = _kept(request)
    if request.method == "POST":
        request.session.pop("kept", None)
        return redirect("home")
    if form is None or form["user"] != request.user.pk:
        return redirect("home")
    return render(request, "accounts/kept_form.html", {"kept": form})


def _kept(request) -> dict | None:
    try:
        return json.loads(unseal(request.session["kept"]))
    except (KeyError, InvalidToken):
        return None


def too_many(request):
    """What allauth shows when an address asks too often."""
    note_refusal("request.limited")
    raise TooMany("There were too many attempts. Wait five minutes, then try again.")


# -- The account page --


@method_decorator(login_required, name="dispatch")
class Account(FormView):
    template_name = "accounts/account.html"
    form_class = DetailsForm
    success_url = reverse_lazy("account")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": User.objects.get(pk=self.request.user.pk)}

    def get_context_data(self, **kwargs):
        mine = Authenticator.objects.filter(user=self.request.user).order_by("pk")
        spare = next((a for a in mine if a.type == Authenticator.Type.RECOVERY_CODES), None)
        return super().get_context_data(
            app=next((a for a in mine if a.type == Authenticator.Type.TOTP), None),
            passkeys=[a for a in mine if a.type == Authenticator.Type.WEBAUTHN],
            spare=spare and len(spare.wrap().get_unused_codes()),
            devices=devices_of(self.request),
            held=self.request.user.appointments.current(localdate()).select_related("organisation"),
            **kwargs,
        )

    def form_valid(self, form):
        actions.edit_details(form.instance, **form.cleaned_data)
        messages.success(self.request, "Your details are saved.")
        return super().form_valid(form)


class Devices(usersessions.ListUserSessionsView):
    """Signs out one device, or all others, on the server."""

    success_url = reverse_lazy("account")

    def get_context_data(self, **kwargs):
        return super().get_context_data(devices=devices_of(self.request), **kwargs)

    def form_valid(self, form):
        if one := self.request.POST.get("device"):
            end_sessions(self.request, [session_of(self.request.user, one)])
            messages.success(self.request, "The device is signed out.")
            note("user.device_signed_out", self.request.user, by=self.request.user)
            return redirect(self.success_url)
        note("user.other_devices_signed_out", self.request.user, by=self.request.user)
        return super().form_valid(form)


# -- Authenticators --


@login_required
def second_factor(request):
    """Where a person without an authenticator lands; with one, the account page lists it."""
    if has_authenticator(request.user):
        return redirect("account")
    return render(request, "mfa/index.html")


class AddApp(totp.ActivateTOTPView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["qr"] = path_of(context["totp_url"])
        return context

    def form_valid(self, form):
        response = super().form_valid(form)
        note("authenticator.added", self.request.user, by=self.request.user, reason="app")
        return response


class RemoveApp(totp.DeactivateTOTPView):
    success_url = reverse_lazy("account")

    def form_valid(self, form):
        response = super().form_valid(form)
        note("authenticator.removed", self.request.user, by=self.request.user, reason="app")
        return response


class AddPasskey(webauthn.AddWebAuthnView):
    def form_valid(self, form):
        response = super().form_valid(form)
        note("authenticator.added", self.request.user, by=self.request.user, reason="passkey")
        return response


class RenamePasskey(webauthn.EditWebAuthnView):
    success_url = reverse_lazy("account")


class RemovePasskey(webauthn.RemoveWebAuthnView):
    form_class = RemovePasskeyForm
    success_url = reverse_lazy("account")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"authenticator": self.get_object()}

    def form_valid(self, form):
        response = super().form_valid(form)
        note("authenticator.removed", self.request.user, by=self.request.user, reason="passkey")
        return response


class RecoveryCodes(recovery_codes.ViewRecoveryCodesView):
    """Shown once; for some minutes that means: once more, on paper, or as a file."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        session = self.request.session
        if context["can_view_codes"]:
            session["codes_shown_until"] = time.time() + CODES_SHOWN
            note("recovery_codes.shown", self.request.user, by=self.request.user)
        elif codes := _codes_to_show(self.request):
            context |= {"unused_codes": codes, "can_view_codes": True}
        context["continue_to"] = session.get("after_set_up") or reverse("account")
        return context


@login_required
def download_recovery_codes(request):
    codes = _codes_to_show(request)
    if not codes:
        raise Gone("Recovery codes are shown once. You can make new ones on your account page.")
    note("recovery_codes.downloaded", request.user, by=request.user)
    text = "Recovery codes for the MAPPA portal. Each works once.\n\n" + "\n".join(codes) + "\n"
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="recovery-codes.txt"'},
    )


def _codes_to_show(request) -> list[str]:
    if time.time() > request.session.get("codes_shown_until", 0):
        return []
    spare = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    return spare.wrap().get_unused_codes() if spare else []


class NewRecoveryCodes(recovery_codes.GenerateRecoveryCodesView):
    def form_valid(self, form):
        response = super().form_valid(form)
        note("recovery_codes.made", self.request.user, by=self.request.user)
        return response
