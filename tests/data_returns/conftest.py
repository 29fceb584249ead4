from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from data_returns.actions import building
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content
from data_returns.actions.opening import open_return
from data_returns.actions.round import open_round
from data_returns.actions.signing import sign
from data_returns.content import parse
from data_returns.editions import PRESENT, shipped
from data_returns.models import Edition, Return, Round
from outbox.jobs import run_jobs
from referrals.models import Case, LevelPeriod
from referrals.personal import Person
from tests.data_returns import frozen
from tests.data_returns.rounds import DUE
from tests.data_returns.samples import GOOD, good

YEAR, AT = 2025, "/returns/camden/2025-26/"
ADULT, CHILD, SINCE = date(1980, 5, 5), date(2012, 5, 5), date(2020, 1, 1)


@pytest.fixture
def browser(browser_of) -> Client:
    return browser_of("camden_administrator")


@pytest.fixture
def opened(world) -> Return:
    return open_return(world.territory("camden"), YEAR, by=None, at=timezone.now())


@pytest.fixture
def filled(world, opened) -> Return:
    """Without an error; questions 9 and 11 say nothing yet, which is allowed."""
    content, _ = parse(GOOD, opened.form)
    import_content(opened, content, by=None, at=timezone.now())
    opened.sections.update(is_done=True)
    return opened


@pytest.fixture
def accepted_return(world):
    """A function of a borough's slug: its 2024 to 2025 return, accepted by the board; no file is made of it."""

    def make(slug: str, **figures) -> Return:
        made = open_return(world.territory(slug), 2024, by=None, at=timezone.now())
        content, _ = parse(good(figures), made.form)
        import_content(made, content, by=None, at=timezone.now())
        made.status, made.signed_at = Return.Status.CLOSED, timezone.now()
        made.content_hash, made.closed_on = "0" * 64, timezone.localdate()
        made.save()
        return made

    return make


@pytest.fixture
def london(world):
    return world.territory("london")


@pytest.fixture
def round_(world, london) -> Round:
    """Open in all boroughs."""
    made = open_round(london, YEAR, due_on=DUE, by=world.co_ordinator, at=timezone.now())
    run_jobs()
    return made


@pytest.fixture
def office(browser_of):
    return browser_of("co_ordinator")


@pytest.fixture
def own_form(world, london) -> Edition:
    """A draft: a copy of the present-day form."""
    return building.start(london, shipped(PRESENT), title="London 2027", by=world.co_ordinator)


class Cases:
    """``cases.add("1", lead="camden-childrens-services")``: a case of Camden at Level 1 since long ago, an adult's."""

    def __init__(self, world):
        self.world, self.unit = world, world.organisation("camden-mappa-unit")

    def add(
        self, name: str, *, level=1, lead="metropolitan-police", category=1, born=ADULT, since=SINCE
    ) -> Case:
        case = Case.objects.create(
            territory=self.unit.territory,
            organisation=self.unit,
            reference=f"CMD-C-2020-{name:0>3}",
            category=category,
            responsible_agency=self.world.organisation(lead) if lead else None,
            personal=Person(birth_date=born).sealed(),
        )
        LevelPeriod.objects.create(territory=case.territory, case=case, level=level, starts_on=since)
        return case


@pytest.fixture
def cases(world) -> Cases:
    return Cases(world)


@pytest.fixture
def register(cases) -> list[Case]:
    """Five cases of Camden."""
    return [
        cases.add("1"),
        cases.add("2", born=CHILD),
        cases.add("3", lead="camden-childrens-services"),
        cases.add("4", level=2, category=4),
        cases.add("5", level=2),
    ]


@pytest.fixture
def draft(world, register) -> Return:
    """Complete, each figure as the register counts it."""
    made = open_return(world.territory("camden"), 2024, by=None, at=frozen.AT)
    said = good(frozen.REGISTER | frozen.REST, texts={"q4": "One.", "q2": "The youth panel."})
    import_content(made, parse(said, made.form)[0], by=None, at=frozen.AT)
    made.sections.update(is_done=True)
    return made


@pytest.fixture
def signed(world, draft) -> Return:
    return sign(pass_check(draft, by=None), by=world.camden_mappa_chair, at=frozen.AT)
