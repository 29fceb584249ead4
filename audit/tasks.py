from django.utils import timezone

from audit.checkpoints import write_checkpoint
from boards.scope import everywhere, scope
from mappa_portal.celery import app


@app.task(name="audit.checkpoint")
def checkpoint() -> str:
    named = everywhere()
    with scope(named.territories, named.areas):
        return str(write_checkpoint(timezone.now()))
