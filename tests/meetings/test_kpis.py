"""The counting rules C1-C15 and the check values of the domain register, live and stored alike."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boards import actions as boards
from boards.models import AreaSettings
from meetings.models import Recount
from meetings.performance import missed
from meetings.performance.kpis import Rate, as_json
from outbox.jobs import run_jobs
from referrals.actions import edit_case
from referrals.models import Case
from referrals.personal import Person, is_under_18
from tests.meetings.conftest import YEAR

RATES = [  # attended, required, percentage, met (C12, C14)
    (9, 10, "90.0", True),
    (17, 19, "89.4", False),
    (179, 199, "89.9", False),
    (8, 9, "88.8", False),
    (0, 0, None, None),
    (0, 3, "0.0", False),
    (3, 3, "100.0", True),
    (899, 1000, "89.9", False),
]


@pytest.mark.parametrize("attended, required, percentage, met", RATES)
def test_a_rate_is_cut_and_judged_in_whole_numbers(attended, required, percentage, met):
    rate = Rate(attended, required, 90)
    assert (rate.percentage, rate.met) == (percentage, met)


AGES = [  # born, held on, under 18 (C11)
    ("2006-05-01", "2024-04-30", True),
    ("2006-05-01", "2024-05-01", False),
    ("2008-02-29", "2026-02-28", True),
    ("2008-02-29", "2026-03-01", False),
    ("2012-02-29", "2030-03-01", False),
]


@pytest.mark.parametrize("born, held_on, expected", AGES)
def test_C11_eighteen_from_the_start_of_the_birthday(born, held_on, expected):
    assert is_under_18(date.fromisoformat(born), date.fromisoformat(held_on)) is expected


def test_C11_without_a_birth_date_nobody_knows():
    assert is_under_18(None, date(2024, 5, 1)) is None


CHILD = {"birth_date": "2010-05-01"}
ABSENT = {"attended": "no", "mode": "", "grade": ""}
REPORT = ABSENT | {"report": "yes"}


def test_check_value_nine_meetings_of_an_agency(register):
    """Invited to 12: one cancelled, one postponed, one stood down; 7 in person, one video, one apology with report."""
    kinds = [
        {"status": "cancelled"} | ABSENT,
        {"status": "postponed"} | ABSENT,
        {"stood_down": "yes"} | ABSENT,
        *[{}] * 7,
        {"mode": "video"},
        REPORT | {"explained": "yes"},
    ]
    register.put(*({"meeting": f"M{n}", "case": f"C{n}"} | kind for n, kind in enumerate(kinds)))
    for kpis in (register.live(), register.stored()):
        [line] = kpis.agencies
        assert (line.code, line.rate.attended, line.rate.required, line.rate.percentage) == (
            "ASC",
            8,
            9,
            "88.8",
        )
        assert kpis.kpi6_met is False
        assert (kpis.counts.recorded, kpis.counts.discussions) == (10, 10)


def test_check_value_discussions_about_under_18s(register):
    register.put(
        {"meeting": "M1", "case": "C1", "agency": "YOT"} | CHILD,
        {"meeting": "M1", "case": "C1", "agency": "CSC"} | CHILD,
        {"meeting": "M2", "case": "C2", "agency": "YOT"} | CHILD,
        {"meeting": "M2", "case": "C2", "agency": "CSC"} | CHILD | REPORT,
        {"meeting": "M3", "case": "C3", "agency": "CSC"} | CHILD,
        {"meeting": "M4", "case": "C4", "birth_date": "2006-05-01", "agency": "ASC"},  # 18 on that day
    )
    for kpis in (register.live(), register.stored()):
        answer = as_json(kpis, area="london", borough="camden", start=YEAR[0], end=YEAR[1], level=None)
        assert answer["kpi4"] == {
            "target": 100,
            "joint": {"attended": 1, "required": 3, "percentage": "33.3", "met": False},
            "yot": {"attended": 2, "required": 3, "percentage": "66.6", "met": False},
            "csc": {"attended": 2, "required": 3, "percentage": "66.6", "met": False},
            "not_invited": 1,
            "missing_birth_dates": 0,
        }
        lines = {line["agency"]: (line["attended"], line["required"]) for line in answer["kpi6"]["agencies"]}
        assert lines == {"ASC": (1, 1), "CSC": (2, 3), "YOT": (2, 2)}


def test_check_value_quarters_add_up_and_are_not_averaged(register):
    attended = [("2024-05-01", 2, 2), ("2024-08-01", 6, 8)]
    cells = [
        {"meeting": f"{day}-{n}", "held_on": day, "case": f"C{n}"} | ({} if n < came else ABSENT)
        for day, came, of in attended
        for n in range(of)
    ]
    register.put(*cells)
    for ask in (register.live, register.stored):
        [quarter] = ask(end=date(2024, 6, 30)).agencies
        [half] = ask(end=date(2024, 9, 30)).agencies
        assert (quarter.rate.percentage, half.rate.percentage) == ("100.0", "80.0")


def test_check_value_a_panel_with_three_cases(register):
    register.put(
        {"case": "C1"},
        {"case": "C2"} | ABSENT,  # left after the first
        {"case": "C3", "agency": "CSC"},
    )
    assert {a.code: (a.rate.attended, a.rate.required) for a in register.live().agencies} == {
        "ASC": (1, 2),
        "CSC": (1, 1),
    }


GRADES = [("2", "1", 0), ("2", "2", 1), ("3", "2", 0), ("3", "3", 1), ("2", "", 0)]


@pytest.mark.parametrize("level, grade, counted", GRADES)
def test_C4_kpi_6_asks_for_the_grade_of_the_level_and_kpi_4_does_not(register, level, grade, counted):
    register.put(*({"agency": a, "level": level, "grade": grade} | CHILD for a in ("CSC", "YOT")))
    for kpis in (register.live(), register.stored()):
        assert [a.rate.attended for a in kpis.agencies] == [counted, counted]
        assert kpis.joint.attended == 1


def test_C4_an_agency_may_have_a_minimum_of_its_own(register):
    agency = register.world.organisation("camden-adult-social-care")
    register.put({"grade": "3"}, {"meeting": "M2", "grade": "3", "level": "3"})
    agency.level2_grade, agency.level3_grade = 4, 2
    agency.save()
    camden = register.world.territory("camden")
    for kpis in (register.live(), register.stored()):
        [line] = kpis.agencies
        assert (line.rate.attended, line.rate.required) == (1, 2)
    assert [m.discussion.meeting.level for m in missed.of_kpi6(camden, *YEAR, None)] == [2]


def lower_of_agency(world) -> None:
    agency, by = world.organisation("camden-adult-social-care"), world.area_administrator
    boards.set_grades(agency, level2_grade=1, level3_grade=None, revision=1, by=by)


def lower_of_area(world) -> None:
    settings, by = AreaSettings.objects.get(territory__slug="london"), world.area_administrator
    boards.change_settings(settings, revision=settings.revision, by=by, level2_grade=1)


def notice(world) -> None:
    settings, by = AreaSettings.objects.get(territory__slug="london"), world.area_administrator
    boards.change_settings(settings, revision=settings.revision, by=by, notice_days=7)


MINIMA = [  # what an area's administrator changes, counted in Camden and Hackney afterwards, boroughs counted anew
    (lower_of_agency, (1, 0), {"camden", "hackney"}),
    (lower_of_area, (1, 1), {"camden", "hackney"}),
    (notice, (0, 0), set()),
]


@pytest.mark.parametrize("change, attended, anew", MINIMA)
def test_C4_other_minima_reach_the_stored_figures_at_once(register, change, attended, anew):
    register.put({"grade": "1"}, {"grade": "1", "borough": "hackney", "meeting": "M2", "case": "C2"})
    run_jobs()
    numbers = dict(Recount.objects.values_list("territory__slug", "number"))
    with register.world.acting(register.world.area_administrator):
        change(register.world)
    run_jobs()
    for ask in (register.live, register.kept):
        found = [ask(borough=slug).agencies[0].rate.attended for slug in ("camden", "hackney")]
        assert tuple(found) == attended
    now = dict(Recount.objects.values_list("territory__slug", "number"))
    assert {slug for slug in now if now[slug] != numbers[slug]} == anew


def test_C13_what_is_not_recorded_waits_outside(register):
    register.put({"case": "C1"}, {"case": "C2"}, {"case": "C2", "agency": "CSC", "attended": ""})
    for kpis in (register.live(), register.stored()):
        assert (kpis.completeness.attended, kpis.completeness.required) == (1, 2)
        assert [(a.code, a.rate.required) for a in kpis.agencies] == [("ASC", 1)]


def test_C13_only_who_was_expected_has_to_be_recorded(register):
    register.put(
        {"agency": "CSC", "attended": "", "stood_down": "yes"},
        {"agency": "YOT", "attended": "", "invited": "no"},
        {},
    )
    assert register.live().counts.recorded == 1


def test_C6_the_responsible_authority_stands_outside_kpi_6(register):
    register.put({"agency": "POL"}, {})
    assert [a.code for a in register.live().agencies] == ["ASC"]


def responsible(world, case: Case, slug: str) -> None:
    """As the page of a case sets it."""
    values = {"person": Person.opened(case.personal), "category": None, "responsible_agency": None}
    csc, by = world.organisation(slug), world.camden_administrator
    edit_case(case, revision=case.revision, responsible_csc=csc, by=by, **values)


def test_C8_of_two_childrens_services_the_responsible_one_counts(register):
    register.put(
        {"agency": "CSC"} | CHILD | ABSENT, {"agency": "CSC@islington"} | CHILD, {"agency": "YOT"} | CHILD
    )
    assert register.live().csc.attended == 1  # unknown: any
    assert [a.code for a in register.live().agencies] == ["CSC", "CSC@islington", "YOT"]
    run_jobs()
    for slug, attended in (("camden-childrens-services", 0), ("islington-childrens-services", 1)):
        responsible(register.world, Case.objects.get(), slug)
        run_jobs()
        for kpis in (register.live(), register.kept()):
            assert (kpis.csc.attended, kpis.joint.attended) == (attended, attended)


def test_C8_a_case_that_is_imported_again_keeps_whom_it_belongs_to(register):
    cells = {"agency": "CSC"} | CHILD | ABSENT, {"agency": "CSC@islington"} | CHILD
    register.put(*cells)
    responsible(register.world, Case.objects.get(), "camden-childrens-services")
    register.put(*cells, *({"meeting": "M2"} | cell for cell in cells))
    assert (register.live().csc.attended, register.live().csc.required) == (0, 2)


def test_C15_by_the_level_the_meeting_was_held_at(register):
    register.put({"level": "2"}, {"meeting": "M2", "level": "3"})
    for ask in (register.live, register.stored):
        assert [ask(level=level).counts.discussions for level in (None, 2, 3)] == [2, 1, 1]


def test_C12_no_meetings_are_no_figure(register):
    for kpis in (register.live(), register.stored()):
        assert (kpis.joint.percentage, kpis.joint.met, kpis.kpi6_met) == (None, None, None)
        assert kpis.completeness.percentage is None


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
        responsible(register.world, child, SLUGS[csc])
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
