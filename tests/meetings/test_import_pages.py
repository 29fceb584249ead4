"""Handing in an attendance file once: what it gives, then the import, at once or by a worker."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Event
from meetings import import_help
from meetings.actions import attendance_files, importing
from meetings.attendance_file import COLUMNS, read
from meetings.models import Attendance, AttendanceFile, Meeting
from meetings.models.imports import KEPT
from meetings.progress import Teller
from meetings.tasks import forget_files
from outbox.jobs import run_jobs
from tests.meetings.files import file, line
from tests.pages import text

ADDRESS = "/meetings/import/"
BORN = "1961-02-03"
ROWS = [line(case=f"C{n}", birth_date=BORN) for n in range(3)]


def upload(data: bytes, name="attendance.csv"):
    return {"file": SimpleUploadedFile(name, data)}


def hand_in(browser, data: bytes):
    return browser.post(ADDRESS, upload(data), follow=True)


@pytest.fixture
def administrator(world, browser_of):
    return browser_of("camden_administrator")


@pytest.fixture
def large(monkeypatch):
    """What is more than two rows is a worker's."""
    monkeypatch.setattr(attendance_files, "AT_ONCE", 2)


def start(browser, page):
    return browser.post(
        re.search(r'action="(/meetings/import/[^"]*/start/)"', page.content.decode())[1], follow=True
    )


def test_a_file_is_checked_then_imported_without_handing_it_in_again(administrator):
    checked = hand_in(administrator, file(*ROWS))
    assert "This file would give 1 meeting, 3 discussions, 3 attendances: 3 created" in text(checked)
    assert "Import these 3 rows" in text(checked) and not Meeting.objects.exists()
    assert "Import or delete an attendance file of 3 rows" in text(administrator.get("/"))
    done = start(administrator, checked)
    assert "The file was imported: 1 meeting, 3 discussions, 3 attendances: 3 created" in text(done)
    assert Attendance.objects.count() == 3 and "attendance file" not in text(administrator.get("/"))
    kept = AttendanceFile.objects.get()
    assert (kept.status, kept.content) == ("done", "")
    assert {"attendance_file.kept", "attendance.imported"} <= set(
        Event.objects.values_list("name", flat=True)
    )


def test_the_sample_is_a_file_that_can_be_imported(administrator):
    sample = administrator.get(f"{ADDRESS}sample.csv")
    assert sample["Content-Disposition"] == 'attachment; filename="attendance-sample.csv"'
    checked = hand_in(administrator, sample.content)
    assert "This file would give 1 meeting, 1 discussion, 2 attendances: 2 created" in text(checked)
    assert text(administrator.get(ADDRESS)).count("sample") == 1


def test_help_says_every_column_and_the_codes_that_this_person_may_use(administrator):
    assert list(import_help.VALUES) == COLUMNS
    said = text(administrator.get(f"{ADDRESS}help/"))
    assert "camden Camden Agencies of Camden" in said and "CSC Camden Children" in said
    assert "islington: Islington" in said and "leeds" not in said
    assert [name for name in COLUMNS if f" {name} " not in said] == []


def test_what_is_kept_is_sealed(administrator):
    hand_in(administrator, file(*ROWS))
    assert BORN not in AttendanceFile.objects.get().content


def test_importing_twice_is_importing_once(administrator):
    checked = hand_in(administrator, file(*ROWS))
    start(administrator, checked)
    assert start(administrator, checked).status_code == 409
    assert Attendance.objects.count() == 3


def test_a_file_is_deleted_instead(administrator):
    hand_in(administrator, file(*ROWS))
    key = AttendanceFile.objects.get().key
    said = administrator.post(f"{ADDRESS}{key}/discard/", follow=True)
    assert "Nothing was imported." in text(said) and not AttendanceFile.objects.exists()
    assert administrator.get(f"{ADDRESS}{key}/").status_code == 404


def test_a_large_file_is_checked_and_imported_by_a_worker(administrator, large):
    page = hand_in(administrator, file(*ROWS))
    assert "The file is being checked" in text(page) and "See how far it is" in text(page)
    assert "Import these" not in text(page) and "Delete the file" not in text(page)
    run_jobs()
    page = administrator.get(page.request["PATH_INFO"])
    assert "would give 1 meeting, 3 discussions, 3 attendances: 3 created" in text(page)
    assert not Meeting.objects.exists()
    assert "The file is being imported" in text(start(administrator, page))
    assert start(administrator, page).status_code == 409
    run_jobs()
    assert "See what came of an attendance file of 3 rows" in text(administrator.get("/"))
    assert "The file was imported: 1 meeting" in text(administrator.get(page.request["PATH_INFO"]))
    assert Attendance.objects.count() == 3


def test_how_far_a_worker_is_shows_before_its_transaction_ends(administrator, large, monkeypatch):
    """As the worker tells it: by batches of rows, anew for the import, and gone when nothing is under way."""
    monkeypatch.setattr(importing, "BATCH", 2)
    page = hand_in(administrator, file(*ROWS))
    address = page.request["PATH_INFO"]
    assert "It has not begun yet." in text(page)
    kept = AttendanceFile.objects.get()
    told = []
    rows = read(file(*ROWS))
    importing.import_attendance(rows, boroughs=[kept.territory], by=None, preview=True, tell=told.append)
    assert told == [0, 2, 3]
    Teller(kept)(2)
    assert (
        '<progress class="app-progress" id="progress" max="3" value="2">2 of 3 rows'
        in administrator.get(address).content.decode()
    )
    run_jobs()
    assert "<progress" not in administrator.get(address).content.decode()
    assert "It has not begun yet." in text(start(administrator, administrator.get(address)))


def test_a_large_file_that_leads_nowhere_keeps_its_faults_by_line(administrator, large):
    page = hand_in(administrator, file(*ROWS, line(agency="MOD", case="C9")))
    run_jobs()
    said = text(administrator.get(page.request["PATH_INFO"]))
    assert "1 fault in the file, listed below. Nothing was imported." in said
    assert "5 agency must be an agency in the directory" in said
    assert "See the faults in an attendance file of 4 rows" in text(administrator.get("/"))
    assert AttendanceFile.objects.get().content == ""


def test_who_loses_the_seat_while_a_worker_is_busy_imports_nothing(world, administrator, large):
    page = hand_in(administrator, file(*ROWS))
    run_jobs()
    start(administrator, administrator.get(page.request["PATH_INFO"]))
    world.camden_administrator.appointments.update(ends_on=timezone.localdate() - KEPT)
    run_jobs()
    assert not Meeting.objects.exists()


FAULTY = [
    (file(line(level="7"), line(case="C2", grade="9")), "2 faults in the file", "must be 2 or 3"),
    (file(line(agency="MOD")), "Faults in the file", "must be an agency in the directory"),
    (file(line(borough="hackney")), "Faults in the file", "must be camden, not hackney"),
    (b"", "The file is empty", ""),
]


@pytest.mark.parametrize("data, said, about", FAULTY)
def test_faults_stand_by_line_and_nothing_is_kept(administrator, data, said, about):
    page = text(hand_in(administrator, data))
    assert said in page and about in page
    assert not Meeting.objects.exists() and not AttendanceFile.objects.exists()


WHO = [
    ("camden_administrator", 200, 200),
    ("camden_mappa_chair", 200, 200),
    ("hackney_administrator", 200, 404),
    ("camden_business_manager", 403, 404),
    ("smb_member", 403, 404),
    ("camden_csc_spoc", 403, 404),
]


@pytest.mark.parametrize("who, page, kept", WHO)
def test_A2_only_the_mappa_unit_imports_and_sees_what_is_kept(administrator, browser_of, who, page, kept):
    hand_in(administrator, file(*ROWS))
    address = f"{ADDRESS}{AttendanceFile.objects.get().key}/"
    browser = browser_of(who)
    assert (browser.get(ADDRESS).status_code, browser.get(address).status_code) == (page, kept)
    if kept == 404:
        assert [browser.post(f"{address}{verb}/").status_code for verb in ("start", "discard")] == [404, 404]


def test_what_nobody_imports_is_forgotten_after_three_days(administrator):
    hand_in(administrator, file(*ROWS))
    forget_files()
    AttendanceFile.objects.get()
    AttendanceFile.objects.update(uploaded_at=timezone.now() - KEPT)
    forget_files()
    assert not AttendanceFile.objects.exists()
