"""The attendance file of contracts section 3: what is refused, what is merged, what stays."""

import json
from contextlib import nullcontext
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from audit.models import Event
from meetings.actions.importing import import_attendance
from meetings.attendance_file import COLUMNS, FileRefused, read
from meetings.models import Attendance, Discussion, Meeting, Recount
from meetings.performance import counting
from outbox.jobs import run_jobs
from referrals.models import Case, Token
from referrals.personal import Person, blind
from tests.meetings.conftest import YEAR
from tests.meetings.files import file, line, rows

FAULTS = [  # cells, column, what is said
    ({"meeting": ""}, "meeting", "must be a reference of 1 to 40 characters"),
    ({"held_on": "01/05/2024"}, "held_on", "must be a date, like 2026-01-31"),
    ({"held_on": "2024-02-30"}, "held_on", "must be a date, like 2026-01-31"),
    ({"level": "1"}, "level", "must be 2 or 3"),
    ({"status": "scheduled"}, "status", "must be held, cancelled, postponed or abandoned"),
    ({"case": "x" * 41}, "case", "must be a reference of 1 to 40 characters"),
    ({"birth_date": "1990-13-01"}, "birth_date", "must be a date, like 2026-01-31"),
    ({"birth_date": "2025-01-01"}, "birth_date", "must be before the meeting"),
    ({"agency": "ZZZ"}, "agency", "must be one of POL, PRB,"),
    ({"agency": "CSC@"}, "agency", "must be one of POL, PRB,"),
    ({"invited": "Yes"}, "invited", "must be yes or no"),
    ({"stood_down": ""}, "stood_down", "must be yes or no"),
    ({"attended": "maybe"}, "attended", "must be yes, no or empty"),
    ({"mode": "fax"}, "mode", "must be in_person, video, phone or empty"),
    ({"grade": "5"}, "grade", "must be 1, 2, 3, 4 or empty"),
    ({"report": ""}, "report", "must be yes or no"),
    ({"explained": "no idea"}, "explained", "must be yes, no or empty"),
]


def refused(data: bytes) -> list[str]:
    with pytest.raises(FileRefused) as error:
        read(data)
    return error.value.messages


@pytest.mark.parametrize("cells, column, said", FAULTS)
def test_a_fault_is_named_by_line_and_column(cells, column, said):
    wrong = {"meeting": "M9", "case": "C9"} | cells
    [message] = refused(file(line(), line(case="C2"), line(**wrong)))
    assert message.startswith(f"line 4, {column}: {said}")


def test_every_fault_is_reported_not_only_the_first():
    faults = refused(file(line(level="9", grade="9"), line(case="C2"), line(case="C3", invited="")))
    assert [f.split(":")[0] for f in faults] == ["line 2, level", "line 2, grade", "line 4, invited"]


AGREE = [
    ({"held_on": "2024-05-02"}, "line 3, held_on: must be 2024-05-01 as in line 2 for meeting M1"),
    ({"borough": "hackney"}, "line 3, borough: must be camden as in line 2 for meeting M1"),
    ({"level": "3"}, "line 3, level: must be 2 as in line 2 for meeting M1"),
    ({"status": "cancelled"}, "line 3, status: must be held as in line 2 for meeting M1"),
    ({"birth_date": ""}, "line 3, birth_date: must be the same as in line 2 for case C1"),
]


@pytest.mark.parametrize("cells, said", AGREE)
def test_rows_of_a_meeting_and_of_a_case_agree(cells, said):
    assert said in refused(file(line(), line(agency="CSC", **cells)))


def test_a_birth_date_never_stands_in_an_error():
    [said] = refused(file(line(), line(agency="CSC", birth_date="1990-07-08")))
    assert "1980" not in said and "1990" not in said


FILES = [
    (b"", "line 1, header: must be exactly meeting,borough"),
    (b"a,b\n1,2\n", "line 1, header: must be exactly meeting,borough"),
    (",".join(COLUMNS).encode(), "line 2, file: must have at least one row"),
    (file("M1,camden"), "line 2, row: must have 15 cells, not 2"),
    (file('"M1,camden'), "line 2, file: must be CSV"),
    (file(line(case="Ren\xe9")).decode().encode("latin-1"), "line 2, file: must be saved as UTF-8"),
]


@pytest.mark.parametrize("data, said", FILES)
def test_what_is_no_attendance_file_is_refused(data, said):
    assert refused(data)[0].startswith(said)


def test_a_byte_order_mark_and_windows_lines_do_no_harm():
    assert len(read(b"\xef\xbb\xbf" + file(line(), line(case="C2")).replace(b"\n", b"\r\n"))) == 2


DIRECTORY = [
    ([{"borough": "atlantis"}], "line 2, borough: must be"),
    ([{"agency": "MOD"}], "line 2, agency: must be an agency in the directory, not MOD"),
    ([{"agency": "CSC@atlantis"}], "line 2, agency: must be an agency in the directory"),
    ([{"agency": "CSC"}, {"agency": "CSC@camden"}], "line 3, agency: must be named once a case"),
    ([{}, {}], "line 3, agency: must be named once a case: it stands in line 2 too"),
]


@pytest.mark.parametrize("cells, said", DIRECTORY)
def test_agencies_and_boroughs_stand_in_the_directory(register, cells, said):
    with pytest.raises(FileRefused) as error:
        register.put(*cells)
    assert error.value.messages[0].startswith(said)
    assert not Meeting.objects.exists() and not Case.objects.exists()


# -- Merging --


def test_new_meetings_and_cases_keep_the_files_reference_beside_their_own(register):
    done = register.put({}, {"agency": "CSC"}, {"case": "C2"})
    assert str(done) == "1 meeting, 2 discussions, 3 attendances: 3 created, 0 updated, 0 unchanged"
    meeting = Meeting.objects.get()
    assert (meeting.reference, meeting.file_reference) == ("CMD-M-2024-001", "M1")
    assert [(c.reference, c.file_reference) for c in Case.objects.order_by("reference")] == [
        ("CMD-C-2024-001", "C1"),
        ("CMD-C-2024-002", "C2"),
    ]
    assert meeting.organisation == register.world.organisation("camden-mappa-unit")


def test_the_portals_own_reference_names_the_same_meeting(register):
    register.put({})
    own = {"meeting": "CMD-M-2024-001", "case": "CMD-C-2024-001"}
    done = register.put(own, own | {"agency": "CSC"})
    assert (done.created, done.unchanged, Meeting.objects.count(), Case.objects.count()) == (1, 1, 1, 1)


def test_the_same_file_again_changes_nothing(register):
    cells = [{"agency": a, "case": c} for a in ("ASC", "CSC", "POL") for c in ("C1", "C2")]
    register.put(*cells)
    run_jobs()
    events = Event.objects.count()
    done = register.put(*cells)
    assert (done.created, done.updated, done.unchanged) == (0, 0, 6)
    assert (Event.objects.count(), run_jobs()) == (events, 0)


def test_a_changed_meeting_counts_its_attendances_as_updated(register):
    register.put({}, {"agency": "CSC"})
    done = register.put({"status": "cancelled"}, {"status": "cancelled", "agency": "CSC", "attended": "no"})
    assert (done.created, done.updated, done.unchanged) == (0, 2, 0)
    assert Meeting.objects.get().status == "cancelled"


UNLIKE = [  # what the file says otherwise of a meeting that agencies were invited to
    ({"status": "cancelled"}, "status"),
    ({"held_on": "2024-05-02"}, "held_on"),
    ({"level": "3"}, "level"),
    ({"stood_down": "yes"}, "stood_down"),
    ({"invited": "no"}, "invited"),
]


@pytest.mark.parametrize("reference", ["M1", "CMD-M-2024-001"])
@pytest.mark.parametrize("cells, column", UNLIKE)
def test_what_agencies_were_told_through_the_portal_is_not_changed_by_a_file(
    register, reference, cells, column
):
    register.put({})
    Meeting.objects.update(invited_on=date(2024, 4, 1))
    with pytest.raises(FileRefused) as error:
        register.put({"meeting": reference} | cells)
    assert error.value.messages == [
        f"line 2, {column}: must be as in the portal, where agencies were invited: change it there"
    ]
    done = register.put({"meeting": reference, "attended": "no"}, {"meeting": reference, "agency": "CSC"})
    assert (done.created, done.updated) == (1, 1)


def test_a_new_birth_date_restates_the_age_in_meetings_outside_the_file(register):
    register.put({"birth_date": ""}, {"meeting": "M2", "held_on": "2025-05-01", "birth_date": ""})
    assert set(Discussion.objects.values_list("under_18", flat=True)) == {None}
    register.put({"birth_date": "2007-01-01"})
    by_day = dict(Discussion.objects.values_list("meeting__held_on", "under_18"))
    assert by_day == {date(2024, 5, 1): True, date(2025, 5, 1): False}


def test_a_known_birth_date_is_not_forgotten_for_an_empty_cell(register):
    register.put({"birth_date": "2010-01-01"})
    register.put({"birth_date": "", "meeting": "M2"})
    assert set(Discussion.objects.values_list("under_18", flat=True)) == {True}


def test_H4_the_birth_date_is_sealed_and_found_by_its_keyed_index(register):
    register.put({"birth_date": "2010-01-02"})
    case = Case.objects.get()
    assert "2010" not in case.personal and Person.opened(case.personal).birth_date == date(2010, 1, 2)
    assert Token.objects.get().token == blind("birth_date", "2010-01-02")


def test_a_preview_says_what_would_happen_and_leaves_nothing(register):
    done = register.put({}, preview=True)
    assert done.created == 1
    assert not Meeting.objects.exists() and not Recount.objects.exists() and run_jobs() == 0


def test_a_change_promises_one_count_of_the_days_that_it_touched(register):
    register.put({})
    register.put({"attended": "no"})  # the first promise still stands
    assert Recount.objects.get().number == 1
    assert run_jobs() == 1
    london, camden = register.world.territory("london"), register.world.territory("camden")
    period = date(2024, 5, 1), date(2024, 5, 31)
    there = counting.stored(london, *period, borough=camden)
    assert there.counts == counting.count(camden, *period).counts
    assert Recount.objects.get().first_day is None
    register.put({"held_on": "2024-07-01"})
    assert Recount.objects.values_list("first_day", "last_day").get() == (date(2024, 5, 1), date(2024, 7, 1))
    assert run_jobs() == 1
    assert counting.stored(london, *period).counts.discussions == 0  # the day that it left
    assert counting.stored(london, *YEAR).counts.discussions == 1


def test_H1_an_import_is_an_event_of_its_borough(register):
    register.put({}, {"meeting": "M2", "borough": "hackney"})
    found = Event.objects.filter(name="attendance.imported").values_list("territory__slug", flat=True)
    assert sorted(found) == ["camden", "hackney"]


IMPORTERS = [
    ("camden_administrator", None),
    ("camden_mappa_chair", None),
    ("camden_business_manager", PermissionDenied),
    ("hackney_administrator", PermissionDenied),
    ("smb_member", PermissionDenied),
    ("camden_csc_spoc", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", IMPORTERS)
def test_the_boroughs_own_unit_imports_whichever_door_it_takes(world, who, refused):
    with nullcontext() if refused is None else pytest.raises(refused):
        import_attendance(rows({}), boroughs=[world.territory("camden")], by=getattr(world, who))
    assert Meeting.objects.exists() == (refused is None)


# -- Commands --


def test_the_command_prints_what_it_did_and_refuses_as_a_whole(world, tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(file(line(), line(agency="CSC")))
    bad.write_bytes(file(line(meeting="M2"), line(meeting="M2", agency="MOD")))
    call_command("import_attendance", str(good))
    assert capsys.readouterr().out == (
        "1 meeting, 1 discussion, 2 attendances: 2 created, 0 updated, 0 unchanged\n"
    )
    with pytest.raises(CommandError, match="line 3, agency"):
        call_command("import_attendance", str(bad))
    assert Meeting.objects.count() == 1
    call_command("kpis", area="london", borough="camden", start="2024-04-01", end="2025-03-31")
    borough = json.loads(capsys.readouterr().out)
    call_command("kpis", area="london", start="2024-04-01", end="2025-03-31", level="2")
    area = json.loads(capsys.readouterr().out)
    assert (borough["borough"], area["borough"], area["level"]) == ("camden", None, 2)
    assert borough["kpi6"] == area["kpi6"] and borough["period"]["to"] == "2025-03-31"


QUESTIONS = [
    ({"area": "narnia"}, "--area: There is no area “narnia”."),
    ({"borough": "leeds"}, "--borough: leeds is not a borough of london."),
    ({"start": "2025-04-01"}, "--from: From must be the same as or before to, 2025-03-31."),
    ({"end": "2025-02-30"}, "--to: To must be a date, like 2024-04-01."),
    ({"level": "1"}, "--level: Level must be 2 or 3."),
]


@pytest.mark.parametrize("asked, said", QUESTIONS)
def test_a_wrong_question_names_its_parameter(world, asked, said):
    values = {"area": "london", "start": "2024-04-01", "end": "2025-03-31"} | asked
    with pytest.raises(CommandError, match=said.replace("(", "")):
        call_command("kpis", **values)


def test_attendance_is_read_as_written(register):
    register.put({"attended": "no", "mode": "", "grade": "", "report": "yes", "explained": "yes"})
    values = Attendance.objects.values_list("attended", "mode", "grade", "report", "explained").get()
    assert values == (False, "", None, True, True)
