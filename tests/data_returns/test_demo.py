"""The made-up returns agree with themselves."""

from types import SimpleNamespace

import pytest

from data_returns.checks import Beside, check
from data_returns.demo import STATES, states_of
from data_returns.demo.figures import content_of, figures_of
from data_returns.demo.returns import MANY
from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.form import Form
from data_returns.personal import suspects

SLUGS = ["camden", "hackney", "islington", "city-of-london", "kingston-upon-thames", "barnet"]


@pytest.mark.parametrize("edition", [FIRST, PRESENT])
def test_every_made_up_return_could_be_signed(edition):
    form = Form.of(shipped(edition))
    for slug in SLUGS:
        for year in range(2015, 2026):
            said = content_of(form, figures_of(slug, year), MANY)
            assert set(said.figures) == set(form.cells)
            assert check(form, said, Beside(), lambda key, text: suspects(text)).errors == ()


def test_the_newest_year_has_three_returns_in_each_state():
    states = list(states_of([SimpleNamespace(slug=f"b{n}") for n in range(33)]).values())
    assert all(states.count(state) >= 3 for state in STATES)
