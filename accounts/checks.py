"""What ``check --deploy`` and start-up refuse about signing in."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def demonstration_stays_local(app_configs, **kwargs):
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= settings.LOOPBACK:
        return [
            Error(
                "DEMO=1 signs anyone in, but ALLOWED_HOSTS has names that others can reach.",
                hint="Set DEMO=0, or leave only loopback names in ALLOWED_HOSTS.",
                id="accounts.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def single_sign_on_is_encrypted(app_configs, **kwargs):
    if settings.OIDC_SERVER_URL and not settings.OIDC_SERVER_URL.startswith("https://"):
        return [Error("OIDC_SERVER_URL must start with https://.", id="accounts.E002")]
    return []
