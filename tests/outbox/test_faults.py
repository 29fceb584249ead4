"""With real parts that are killed, flushed and restarted: nothing lost, nothing twice (O1 to O4)."""

import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from boards.models import Counter
from outbox import health, tasks
from outbox.jobs import post
from outbox.mail import send
from outbox.models import Heartbeat, Job, Message
from tests.outbox.lab import Lab, wait_for, wait_for_none


@pytest.fixture
def lab(committed, tmp_path, settings):
    with Lab(tmp_path) as made:
        settings.CELERY_BROKER_URL = made.address
        yield made


class Promises:
    """What was promised: messages and jobs, each in a transaction of its own."""

    def __init__(self, world, after: int = 0):
        self.world, self.messages, self.count = world, {}, after
        self.unit = world.organisation("camden-mappa-unit")
        self.london, self.camden = world.territory("london"), world.territory("camden")
        self.to = world.camden_administrator

    def make(self, number: int) -> None:
        for _ in range(number):
            self.count += 1
            with self.world.scope():
                message = send(
                    "protocol_withdrawn",
                    self.to,
                    {"organisation": self.unit},
                    key=f"promise-{self.count}",
                    subject="Withdrawn: MAPPA protocol, Camden",
                    territory=self.london,
                    about=self.camden,
                )
                counter = Counter.objects.create(territory=self.camden, code="CMD", kind="X", year=self.count)
                post("tests.count", counter)
            self.messages[message.message_id] = message.pk

    def open_jobs(self) -> list[tuple]:
        with self.world.scope():
            left = Job.objects.filter(done_at=None).order_by("pk")
            return list(left.values_list("kind", "attempts", "error", "failed_at"))

    def check(self, arrived) -> None:
        """0 lost, 0 duplicates by Message-ID; whoever may have got a second copy is known."""
        with self.world.scope():
            assert set(arrived) == set(self.messages)
            assert {m.state for m in Message.objects.all()} == {Message.State.SENT}
            again = {pk for id_, pk in self.messages.items() if arrived[id_] > 1}
            assert again <= {m.pk for m in Message.objects.uncertain()}
            counted = list(Counter.objects.filter(kind="X").values_list("last", flat=True))
            assert counted == [1] * self.count


def survive(lab: Lab, world, kills: int, seed: int) -> None:
    dice, promises = random.Random(seed), Promises(world)
    promises.make(30)
    workers = [lab.start_worker(), lab.start_worker()]
    for _ in range(2):  # any number of schedulers does no harm (O4)
        lab.start_scheduler()
    for kill in range(kills):
        promises.make(3)
        seen = lab.office.count
        wait_for(lambda: lab.office.count > seen)  # somebody is at work  # noqa: B023
        time.sleep(dice.uniform(0.0, 0.3))
        place = dice.randrange(2)
        if lab.kill(workers[place], dice) != "hand":
            workers[place] = lab.start_worker()
        if kill % 3 == 0:
            held = lab.flush()
            assert promises.to.email.encode() not in held and b"Camden" not in held  # only ids (O1)
        if kill % 6 == 2:
            with lab.broker_away():
                promises.make(2)
        if kill % 6 == 4:
            with lab.database_away():
                time.sleep(1)
    for place in (0, 1):
        if workers[place].poll() is not None:
            workers[place] = lab.start_worker()
    wait_for_none(promises.open_jobs, seconds=120)  # of recovery
    promises.check(lab.office.ids)


def test_O4_killed_workers_lose_nothing_and_do_nothing_twice(lab, committed):
    survive(lab, committed, kills=6, seed=1)


def test_O4_sweeps_do_not_flood_a_broker_whose_workers_are_away(lab, committed):
    Promises(committed).make(5)
    lab.flush()
    assert [tasks.sweep() for _ in range(3)] == [10, 0, 0]
    Promises(committed, after=5).make(1)  # adds two hints of its own
    assert [tasks.sweep() for _ in range(3)] == [0, 0, 0]
    lab.flush()
    assert [tasks.sweep() for _ in range(3)] == [12, 0, 0]


@pytest.mark.assure
def test_O4_two_hundred_kills_lose_nothing_and_do_nothing_twice(lab, committed):
    survive(lab, committed, kills=200, seed=2)


def test_O4_readyz_names_each_part_that_is_missing(lab, committed, client):
    gone = "no sign of life for a minute"

    def state() -> dict[str, str]:
        answer = client.get("/readyz")
        assert (answer.status_code == 200) == (set(answer.json().values()) == {"ok"})
        return {part: said for part, said in answer.json().items() if said != "ok"}

    assert state() == {"worker": gone, "scheduler": gone}
    lab.start_worker()
    wait_for(lambda: state() == {"scheduler": gone})
    lab.start_scheduler()
    wait_for(lambda: state() == {})

    with lab.broker_away():
        assert state() == {"broker": "not reachable"}
    with lab.database_away():
        missing = "no database"
        assert state() == {"database": "not reachable", "worker": missing, "scheduler": missing}
    assert state() == {}


def test_O4_readyz_sees_work_that_nobody_takes(committed, client):
    world = committed
    with world.scope():
        counter = Counter.objects.create(territory=world.territory("camden"), code="CMD", kind="X", year=1)
        post("tests.nobody_takes_this", counter)
        for part in ("worker", "scheduler", "job"):
            Heartbeat.objects.create(name=part, at=timezone.now())

    def worker(**ago) -> str:
        return health.readiness(timezone.now() + timedelta(**ago))["worker"]

    def since(part: str, **ago):
        Heartbeat.objects.filter(name=part).update(at=timezone.now() + timedelta(**ago))

    since("worker", minutes=3)
    assert worker(minutes=1) == "ok"
    assert worker(minutes=3) == "takes no jobs"
    since("job", minutes=3)  # one was done a moment ago: busy, not stuck
    assert worker(minutes=3) == "ok"
    assert worker(minutes=5) == "no sign of life for a minute"
