from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from accounts.models import Submission
from mappa_portal.celery import app

KEPT = timedelta(days=1)


@app.task(name="accounts.forget")
def forget() -> None:
    """Ended sessions and the keys of forms that were sent yesterday serve nobody."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    Submission.objects.filter(at__lt=timezone.now() - KEPT).delete()
