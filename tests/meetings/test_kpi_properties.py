"""Whatever a file says: live, stored and counted by hand agree, twice is once, periods add up, a flip moves its own."""

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals.models import Case
from tests.meetings.files import ABSENT, CHILD

ATTENDED = st.sampled_from(["yes", "no", ""])
CELL = st.fixed_dictionaries(
    {
        "meeting": st.sampled_from(["M1", "M2", "M3"]),
        "case": st.sampled_from(["C1", "C2", "C3"]),
        "agency": st.sampled_from(["CSC", "YOT", "ASC", "POL", "CSC@islington"]),
        "invited": st.sampled_from(["yes", "yes", "no"]),
        "stood_down": st.sampled_from(["no", "no", "yes"]),
        "attended": ATTENDED,
        "grade": st.sampled_from(["1", "2", "3", ""]),
    }
)
FILES = st.lists(CELL, min_size=1, max_size=25, unique_by=lambda c: (c["meeting"], c["case"], c["agency"]))
BORN = {"C1": "2010-01-01", "C2": "1990-01-01", "C3": ""}
HELD = {"M1": ("2024-05-01", "2"), "M2": ("2024-05-01", "3"), "M3": ("2024-09-01", "2")}


def whole(cell):
    held_on, level = HELD[cell["meeting"]]
    return cell | {"held_on": held_on, "level": level, "birth_date": BORN[cell["case"]]}


NUMBERS = ("discussions", "recorded", "missing_birth_dates", "under_18", "yot", "csc", "joint", "not_invited")
RESPONSIBLE = st.sampled_from([None, "CSC", "CSC@islington"])  # for the case about a person under 18
SLUGS = {"CSC": "camden-childrens-services", "CSC@islington": "islington-childrens-services"}


def by_hand(cells, csc: str | None = None) -> dict:
    """The rules once more, in Python and row by row: an independent statement."""
    discussions = {}
    for c in map(whole, cells):
        discussions.setdefault((c["meeting"], c["case"]), []).append(c)
    answer = dict.fromkeys(NUMBERS, 0) | {"discussions": len(discussions), "agencies": {}}
    for present in discussions.values():
        expected = [c for c in present if c["invited"] == "yes" and c["stood_down"] == "no"]
        if any(c["attended"] == "" for c in expected):
            continue
        answer["recorded"] += 1
        answer["missing_birth_dates"] += present[0]["case"] == "C3"
        if present[0]["case"] == "C1":
            four_by_hand(answer, [c for c in present if c["invited"] == "yes"], {csc} if csc else set(SLUGS))
        for c in expected:
            if c["agency"] != "POL":
                enough = c["attended"] == "yes" and int(c["grade"] or 0) >= int(c["level"])
                line = answer["agencies"].setdefault(c["agency"], [0, 0])
                line[0] += enough
                line[1] += 1
    return answer


def four_by_hand(answer: dict, invited: list[dict], children: set[str]) -> None:
    asked = {c["agency"] for c in invited}
    came = {c["agency"] for c in invited if c["attended"] == "yes"}
    yot, csc = "YOT" in came, bool(children & came)
    answer["under_18"] += 1
    answer["yot"] += yot
    answer["csc"] += csc
    answer["joint"] += yot and csc
    answer["not_invited"] += ("YOT" not in asked) + (not children & asked)


def seen(kpis) -> dict:
    agencies = {a.code: [a.rate.attended, a.rate.required] for a in kpis.agencies}
    return {name: getattr(kpis.counts, name) for name in NUMBERS} | {"agencies": agencies}


def added(parts) -> dict:
    """What several answers add up to (C2)."""
    answer = {name: sum(part[name] for part in parts) for name in NUMBERS} | {"agencies": {}}
    for part in parts:
        for code, sums in part["agencies"].items():
            line = answer["agencies"].setdefault(code, [0, 0])
            line[:] = [a + b for a, b in zip(line, sums, strict=True)]
    return answer


def quickly(examples: int):
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


def put(register, cells, csc: str | None = None):
    done = register.put(*map(whole, cells))
    child = Case.objects.filter(file_reference="C1").first()
    if csc and child:
        register.belongs_to(child, SLUGS[csc])
    return done


@quickly(40)
@given(cells=FILES, csc=RESPONSIBLE, shuffled=st.randoms(use_true_random=False))
def test_live_stored_and_counted_by_hand_agree_whatever_the_order(register, cells, csc, shuffled):
    with transaction.atomic():
        mixed = list(cells)
        shuffled.shuffle(mixed)
        put(register, mixed, csc)
        expected = by_hand(cells, csc)
        assert seen(register.live()) == seen(register.stored()) == expected
        assert added([seen(register.live(level=level)) for level in (2, 3)]) == expected
        transaction.set_rollback(True)


@quickly(8)
@given(cells=FILES, csc=RESPONSIBLE)
def test_the_same_file_twice_changes_nothing(register, cells, csc):
    with transaction.atomic():
        put(register, cells, csc)
        before = seen(register.live())
        done = register.put(*map(whole, cells))
        assert (done.created, done.updated, done.unchanged) == (0, 0, len(cells))
        assert seen(register.live()) == before
        transaction.set_rollback(True)


@quickly(8)
@given(cells=FILES, csc=RESPONSIBLE, last=st.dates(date(2024, 4, 1), date(2025, 3, 30)))
def test_C2_two_periods_add_up_to_the_whole_wherever_they_meet(register, cells, csc, last):
    with transaction.atomic():
        put(register, cells, csc)
        for ask in (register.live, register.stored):
            parts = [ask(end=last), ask(start=last + timedelta(days=1))]
            assert added([seen(part) for part in parts]) == seen(ask())
        transaction.set_rollback(True)


@quickly(12)
@given(cells=FILES, csc=RESPONSIBLE, data=st.data())
def test_one_flipped_attendance_moves_exactly_the_predicted_figures(register, cells, csc, data):
    place = data.draw(st.integers(0, len(cells) - 1))
    flipped = [*cells]
    flipped[place] = cells[place] | {"attended": "no" if cells[place]["attended"] == "yes" else "yes"}
    with transaction.atomic():
        put(register, cells, csc)
        done = register.put(*map(whole, flipped))
        assert (done.created, done.updated, done.unchanged) == (0, 1, len(cells) - 1)
        assert seen(register.live()) == seen(register.stored()) == by_hand(flipped, csc)
        transaction.set_rollback(True)


def test_one_attendance_moves_exactly_its_own_figures(register):
    register.put({"agency": "YOT"} | CHILD, {"agency": "CSC"} | CHILD, {} | CHILD)
    before = seen(register.live())
    done = register.put({"agency": "YOT"} | CHILD | ABSENT, {"agency": "CSC"} | CHILD, {} | CHILD)
    after = seen(register.live())
    assert (done.created, done.updated, done.unchanged) == (0, 1, 2)
    assert after == before | {"yot": 0, "joint": 0, "agencies": before["agencies"] | {"YOT": [0, 1]}}
