"""Jobs whose effect can be counted; a worker under test loads this module too."""

from django.db.models import F

from boards.models import Counter
from outbox.jobs import job


@job("tests.count")
def count(counter_id: int) -> None:
    Counter.objects.filter(pk=counter_id).update(last=F("last") + 1)


@job("tests.fail")
def fail(counter_id: int) -> None:
    count(counter_id)
    raise RuntimeError("broke off\nDETAIL: Key (name)=(Canary Person)")


@job("tests.find")
def find(counter_id: int) -> None:
    Counter.objects.get(pk=counter_id)
