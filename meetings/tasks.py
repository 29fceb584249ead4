from boards.models import Territory
from boards.scope import scope
from mappa_portal.celery import app
from meetings import figures
from outbox.jobs import job


@job("meetings.count_days")
def count_days(recount_id: int) -> None:
    figures.count_days(recount_id)


@app.task(name="meetings.recount")
def recount() -> None:
    """At night: minima of seniority may have changed, and nothing that is stored stays wrong for longer than a day."""
    for borough in Territory.objects.filter(kind=Territory.Kind.BOROUGH).select_related("parent"):
        with scope([borough.pk, borough.parent_id]):
            figures.count_all(borough)
