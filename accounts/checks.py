"""What ``check --deploy`` refuses about signing in."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def single_sign_on_is_encrypted(app_configs, **kwargs):
    if settings.OIDC_SERVER_URL and not settings.OIDC_SERVER_URL.startswith("https://"):
        return [Error("OIDC_SERVER_URL must start with https://.", id="accounts.E002")]
    return []
