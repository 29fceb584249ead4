"""``{{ redirect_field_value|purpose }}``: what a person confirms it for, from the page that comes next."""

from urllib.parse import urlsplit

from django import template
from django.urls import Resolver404, resolve

register = template.Library()

PURPOSES = {
    "mfa_activate_totp": "add an authenticator app",
    "mfa_deactivate_totp": "remove your authenticator app",
    "mfa_add_webauthn": "add a passkey",
    "mfa_edit_webauthn": "rename a passkey",
    "mfa_remove_webauthn": "remove a passkey",
    "mfa_view_recovery_codes": "see your recovery codes",
    "mfa_generate_recovery_codes": "make new recovery codes",
}


@register.filter
def purpose(address: str | None) -> str:
    try:
        return PURPOSES.get(resolve(urlsplit(address or "").path).view_name, "")
    except Resolver404:
        return ""
