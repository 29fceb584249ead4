"""A form that is sent twice takes effect once, and the second answer is the first's (C1)."""

import hashlib

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseRedirect

from accounts.models import Submission

CLAIM = """
    INSERT INTO accounts_submission (user_id, digest, location, at) VALUES (%s, %s, '', now())
    ON CONFLICT (user_id, digest) DO NOTHING RETURNING id
"""


class OnceMiddleware:
    """Stands inside the request's transaction: of two equal forms the second waits for the first to commit.

    The key is the form itself with its CSRF token, which is masked anew for every page that is built: the same text
    sent from a page opened later is a new form. Only what ended in a redirect counts; a refused form may come again.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if claimed := getattr(request, "submission", None):
            mine = Submission.objects.filter(pk=claimed)
            if 300 <= response.status_code < 400:
                mine.update(location=response["Location"])
            elif not connection.needs_rollback:
                mine.delete()
        return response

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or not request.user.is_authenticated:
            return None
        if "csrfmiddlewaretoken" not in request.POST:
            return None
        digest = _digest(request)
        request.submission = _claim(request.user.pk, digest)
        if request.submission is None:
            return HttpResponseRedirect(Submission.objects.get(user=request.user, digest=digest).location)
        return None


def _claim(user_id: int, digest: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [user_id, digest])
        row = cursor.fetchone()
    return row[0] if row else None


def _digest(request: HttpRequest) -> str:
    """Keyed by the portal's secret: what was typed cannot be guessed back from it."""
    digest = hashlib.blake2b(key=settings.SECRET_KEY.encode()[:64], digest_size=32)
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    for part in [request.get_full_path(), *(part for field in fields for part in field)]:
        digest.update(f"{len(part)}:{part}".encode())
    for name, files in request.FILES.lists():
        for file in files:
            digest.update(f"{name}:{file.size}".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
