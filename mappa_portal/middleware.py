"""Headers that Django does not set, and pages for what actions raise (assurance E1, E3)."""

import secrets

from mappa_portal.exceptions import error_page, status_of

HEADERS = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class HeadersMiddleware:
    """Stands inside the static files, which may be cached; nothing else is stored by any cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.reference = secrets.token_hex(4).upper()  # what a person quotes when a page failed
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request, exception):
        status = status_of(exception)
        return error_page(request, status, str(exception)) if status else None
