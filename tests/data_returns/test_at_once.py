"""Two people at one return at the same moment: one signature, and nothing enters what is signed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from boards.scope import everywhere, scope
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content, save_question
from data_returns.actions.opening import open_return
from data_returns.actions.signing import fingerprint, sign, signed_data
from data_returns.content import parse
from data_returns.models import Return
from mappa_portal.exceptions import Conflict
from tests.data_returns.samples import GOOD

ROUNDS = 3
EDITED = "Asked at every second review."
Act = Callable[[Return], object]


@pytest.fixture
def checked(committed):
    """Ready to sign, for everybody to see."""
    at = timezone.now()
    with committed.scope():
        made = open_return(committed.territory("camden"), 2025, by=None, at=at)
        import_content(made, parse(GOOD, made.form)[0], by=None, at=at)
        made.sections.update(is_done=True)
        return pass_check(made, by=None)


def together(data_return: Return, *acts: Act) -> list[str]:
    """What became of each."""
    ready, named = Barrier(len(acts)), everywhere()

    def run(act: Act) -> str:
        try:
            ready.wait(30)
            with scope(named.territories, named.areas):
                act(data_return)
            return "done"
        except Conflict:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_C2_two_signatures_at_once_are_one(committed, checked):
    act = lambda found: sign(found, by=committed.camden_mappa_chair, at=timezone.now())  # noqa: E731
    assert sorted(together(checked, act, act)) == ["done", "refused"]


def edits(data_return: Return) -> None:
    said = {"figures": {}, "texts": {"q5": EDITED}, "answers": {}, "cleared": {}}
    revision = data_return.sections.get(question=5).revision
    save_question(data_return, 5, **said, is_done=True, revision=revision, by=None, at=timezone.now())


@pytest.mark.parametrize("number", range(ROUNDS))
def test_C2_signed_while_somebody_edits_it_is_one_or_the_other(committed, checked, number):
    signs = lambda found: sign(found, by=committed.camden_mappa_chair, at=timezone.now())  # noqa: E731
    said = together(checked, signs, edits)
    with committed.scope():
        found = Return.objects.get(pk=checked.pk)
        has_edit = found.said().text("q5") == EDITED
        assert sorted(said) == ["done", "refused"]
        assert (said[1] == "done") == has_edit
        if said[0] == "done":
            assert found.content_hash == fingerprint(signed_data(found))
