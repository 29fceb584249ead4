"""Two people at one return at the same moment: one signature, and nothing enters what is signed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from boards.scope import everywhere, scope
from data_returns.actions import building
from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content, save_question
from data_returns.actions.opening import open_return
from data_returns.actions.signing import fingerprint, sign, signed_data
from data_returns.building.asking import Asking
from data_returns.content import parse
from data_returns.editions import PRESENT, shipped
from data_returns.form import Form
from data_returns.models import Edition, Return
from mappa_portal.exceptions import Conflict
from tests.data_returns.samples import GOOD

ROUNDS = 3
EDITED = "Asked at every second review."
Act = Callable[[Return | Edition], object]


@pytest.fixture
def checked(committed):
    """Ready to sign, for everybody to see."""
    at = timezone.now()
    with committed.scope():
        made = open_return(committed.territory("camden"), 2025, by=None, at=at)
        import_content(made, parse(GOOD, made.form)[0], by=None, at=at)
        made.sections.update(is_done=True)
        return pass_check(made, by=None)


def together(record: Return | Edition, *acts: Act) -> list[str]:
    """What became of each."""
    ready = Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(lambda act: _try(record, act, ready), acts))


def _try(record: Return | Edition, act: Act, ready: Barrier) -> str:
    try:
        named = everywhere()
        ready.wait(30)
        with scope(named.territories, named.areas):
            act(record)
        return "done"
    except Conflict:
        return "refused"
    finally:
        connection.close()


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


def test_C2_two_questions_asked_at_once_of_two_drafts_have_two_names(committed):
    by, said = committed.co_ordinator, Asking("Plans", "Is there a plan?", options=("Yes", "No"))
    with committed.scope():
        area = committed.territory("london")
        drafts = [building.start(area, shipped(PRESENT), title=title, by=by) for title in ("One", "Two")]
    ask = lambda draft: building.ask(draft, "", said, revision=1, by=by)  # noqa: E731
    with ThreadPoolExecutor(1) as threads:
        with committed.scope():
            ask(drafts[0])
            second = threads.submit(_try, drafts[1], ask, Barrier(1))
            wait([second], timeout=1)
            assert not second.done(), "the names that are given now are not known yet"
        assert second.result(30) == "done"
    with committed.scope():
        made = [Form.read(Edition.objects.get(pk=draft.pk).content) for draft in drafts]
        there = {question.base for question in Form.read(shipped(PRESENT)).questions}
        assert [{question.base for question in form.questions} - there for form in made] == [{"q12"}, {"q13"}]
