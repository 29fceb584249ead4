import pytest
from django.test import Client
from django.utils import timezone

from data_returns.actions.entry import import_content
from data_returns.actions.opening import open_return
from data_returns.content import parse
from data_returns.models import Return
from tests.data_returns.samples import GOOD

YEAR, AT = 2025, "/returns/camden/2025-26/"


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
