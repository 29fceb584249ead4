"""The counting rules C1-C15 and the check values of the domain register, live and stored alike."""

from datetime import date

import pytest

from boards import actions as boards
from boards.models import AreaSettings
from meetings.models import Recount
from meetings.performance import missed
from meetings.performance.kpis import Rate, as_json
from outbox.jobs import run_jobs
from referrals.models import Case
from referrals.personal import is_under_18
from tests.meetings.conftest import YEAR
from tests.meetings.files import ABSENT, CHILD, REPORT

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


def test_C8_of_two_childrens_services_the_responsible_one_counts(register):
    register.put(
        {"agency": "CSC"} | CHILD | ABSENT, {"agency": "CSC@islington"} | CHILD, {"agency": "YOT"} | CHILD
    )
    assert register.live().csc.attended == 1  # unknown: any
    assert [a.code for a in register.live().agencies] == ["CSC", "CSC@islington", "YOT"]
    run_jobs()
    for slug, attended in (("camden-childrens-services", 0), ("islington-childrens-services", 1)):
        register.belongs_to(Case.objects.get(), slug)
        run_jobs()
        for kpis in (register.live(), register.kept()):
            assert (kpis.csc.attended, kpis.joint.attended) == (attended, attended)


@pytest.mark.parametrize(
    ("since", "attended"),
    [(None, 2), ("2024-05-01", 2), ("2024-05-02", 1), ("2024-06-03", 1), ("2024-06-04", 0)],
)
def test_C8_a_child_who_moved_leaves_earlier_meetings_as_they_were(register, since, attended):
    """Camden's came to none, Islington's to both."""
    day = {"held_on": "2024-05-01"}, {"held_on": "2024-06-03", "meeting": "M2"}
    both = {"agency": "CSC"} | CHILD | ABSENT, {"agency": "CSC@islington"} | CHILD
    register.put(*({**cell, **on} for on in day for cell in both))
    case = Case.objects.get()
    register.belongs_to(case, "camden-childrens-services")
    case.refresh_from_db()
    since = since and date.fromisoformat(since)
    register.belongs_to(case, "islington-childrens-services", since=since)
    run_jobs()
    assert register.live().csc.attended == register.kept().csc.attended == attended


def test_C8_a_case_that_is_imported_again_keeps_whom_it_belongs_to(register):
    cells = {"agency": "CSC"} | CHILD | ABSENT, {"agency": "CSC@islington"} | CHILD
    register.put(*cells)
    register.belongs_to(Case.objects.get(), "camden-childrens-services")
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
