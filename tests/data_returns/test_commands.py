"""The three commands of contracts section 5."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from data_returns.models import Return, Standing
from tests.data_returns.samples import GOOD, good


def run(command: str, *args) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def given(world, tmp_path):
    def put(data) -> str:
        path = tmp_path / "return.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return run("import_return", str(path))

    return put


ASKED = ("--borough", "camden", "--year", "2024/25")


def test_a_file_opens_the_return_and_comes_out_as_it_went_in(given):
    assert given(GOOD) == "CMD-R-2025-001: 40 entries changed\n"
    said = json.loads(run("export_return", *ASKED))
    assert (said["borough"], said["year"]) == ("camden", "2024/25")
    assert said["figures"] == GOOD["figures"] and said["answers"] == {"q8": "yes"}
    assert {k: v for k, v in said["texts"].items() if v} == GOOD["texts"]
    assert Standing.objects.get().status == "draft"


def test_the_same_file_again_changes_nothing(given):
    given(GOOD)
    events = Event.objects.count()
    assert given(GOOD) == "CMD-R-2025-001: 0 entries changed\n"
    assert Event.objects.count() == events and Return.objects.count() == 1


def test_a_later_file_takes_the_place_of_the_earlier_one(given):
    given(GOOD)
    given(good({"q10": None, "q2_l1": 5}, texts={"q2": None}))
    said = json.loads(run("export_return", *ASKED))
    assert (said["figures"]["q10"], said["figures"]["q2_l1"], said["texts"]["q2"]) == (None, 5, "")


def test_check_prints_codes_and_fails_with_errors(given):
    given(GOOD)
    found = json.loads(run("check_return", *ASKED))
    assert found == {"errors": [], "warnings": [], "not_evaluated": ["S4", "S5", "S6", "S7", "S8"]}
    given(good({"q1_l1": 230, "q2_l1": 231}))
    with pytest.raises(SystemExit, match="1"):
        run("check_return", *ASKED)


FAULTS = [
    ("[]", "must be one JSON object"),
    ("{", "not JSON"),
    (good(borough="atlantis"), "There is no borough “atlantis”"),
    (good(year="2024/26"), "A year is written like 2024/25"),
    (good(year="2099/00"), "opens on 1 April 2100"),
    (good({"q1_l1": "many"}), "figures.q1_l1: must be a whole number"),
]


@pytest.mark.parametrize("data, said", FAULTS)
def test_a_file_with_a_fault_changes_nothing(given, data, said):
    with pytest.raises(CommandError, match=said):
        given(data)
    assert not Return.objects.exists()


def test_a_missing_return_is_named(world):
    with pytest.raises(CommandError, match="Camden has no return of 2024/25"):
        run("export_return", *ASKED)
