"""The matrix (A2): every route × who × whose → status. A route without a row fails the build."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from boards.models import Appointment, Organisation, Territory
from meetings.actions import actions, minutes
from meetings.actions.contacts import add_contact
from meetings.actions.importing import import_attendance
from meetings.models import (
    Attendance,
    AttendanceFile,
    Discussion,
    Escalation,
    FollowUp,
    Invitation,
    Meeting,
    Series,
    Step,
)
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from tests.meetings import files
from tests.world import TODAY

OFFICE = {"co_ordinator", "office_administrator", "area_administrator", "auditor"}
REGION = {"smb_chair", "smb_member", "scb_chair"} | OFFICE
CAMDEN = {"camden_administrator", "camden_mappa_chair", "camden_board_chair", "camden_business_manager"}
STRANGERS = {"nobody", "camden_csc_spoc", "camden_police_spoc", "hackney_administrator", "leeds_co_ordinator"}
PEOPLE = sorted(REGION | CAMDEN | STRANGERS)

PARTIES = CAMDEN | REGION
DRAFTERS = {"camden_administrator", "co_ordinator", "office_administrator"}
KEEPERS = {"co_ordinator", "office_administrator"}
SPOCS = {"camden_csc_spoc", "camden_police_spoc"}
LONDONERS = set(PEOPLE) - {"nobody", "leeds_co_ordinator"}
MAIL = DRAFTERS
RECORDERS = {"camden_administrator", "camden_mappa_chair"}
KEEP_CASES = RECORDERS | {"hackney_administrator"}
MAIL_ELSEWHERE = {"hackney_administrator", "leeds_co_ordinator"}
CANARY = "canary of hackney"


@dataclass(frozen=True)
class Row:
    """Who gets ``ok`` for a GET, who may know of the thing but gets 403; for everybody else it does not exist (404).

    ``of`` says what the address names, ``stage`` how far the agreement has come, ``post`` that only POST is answered.
    """

    ok: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()
    of: str = ""
    stage: str = "draft"
    post: bool = False
    status: int = 200
    unlike: tuple[tuple[str, int], ...] = ()  # people whose status differs, with the reason beside the row

    def expected(self, person: str) -> int:
        if person in dict(self.unlike):
            return dict(self.unlike)[person]
        if person in self.ok:
            return self.status
        return 403 if person in self.knows else 404


def rows(of: str, ok, knows=(), *, pages=(), post=(), **more) -> dict[str, Row]:
    common = {"of": of, "ok": frozenset(ok), "knows": frozenset(knows), **more}
    return {name: Row(**common) for name in pages} | {name: Row(**common, post=True) for name in post}


EVERYONE = set(PEOPLE)
ROUTES = (
    rows("", EVERYONE, pages=["home", "search", "account", "protocols:list", "protocols:export"])
    | rows("", EVERYONE, pages=["protocols:reviews", "protocols:templates", "protocol-list", "api-root"])
    | rows("", KEEPERS | {"leeds_co_ordinator"}, EVERYONE, pages=["protocols:template_import"])
    | rows("", {"smb_chair", "scb_chair"}, EVERYONE, stage="submitted", pages=["protocols:approvals"])
    | rows(  # London has one published template: straight to its page; West Yorkshire has none
        "", KEEPERS, EVERYONE, status=302, unlike=(("leeds_co_ordinator", 200),), pages=["protocols:new"]
    )
    | rows(
        "protocol",
        PARTIES,
        pages=["protocols:detail", "protocols:print", "protocols:history", "protocol-detail"],
    )
    | rows(
        "protocol",
        PARTIES,
        stage="in_force",
        pages=["protocols:compare", "protocols:review", "protocols:pdf"],
    )
    | rows(
        "protocol", DRAFTERS, PARTIES, pages=["protocols:draft", "protocols:clause_add", "protocols:submit"]
    )
    | rows("protocol", DRAFTERS, PARTIES, stage="next", pages=["protocols:discard"])
    | rows("clause", DRAFTERS, PARTIES, pages=["protocols:clause", "protocols:clause_remove"])
    | rows("clause", DRAFTERS, PARTIES, post=["protocols:clause_restore"])
    | rows(  # the SMB's turn comes later
        "protocol",
        {"scb_chair"},
        PARTIES,
        stage="submitted",
        unlike=(("smb_chair", 409),),
        pages=["protocols:approve"],
    )
    | rows(  # nothing is decided yet
        "approval", {"scb_chair"}, PARTIES, stage="submitted", status=409, pages=["protocols:approval_date"]
    )
    | rows(
        "protocol",
        {"camden_mappa_chair", "camden_board_chair"},
        PARTIES,
        stage="approved",
        pages=["protocols:sign"],
    )
    | rows("protocol", DRAFTERS, PARTIES, stage="in_force", pages=["protocols:next", "protocols:withdraw"])
    | rows(
        "protocol",
        DRAFTERS,
        PARTIES,
        stage="in_force",
        post=["protocols:review_start", "protocols:review_complete", "protocols:review_early"],
    )
    | rows(
        "template",
        OFFICE,
        pages=["protocols:template", "protocols:template_preview", "protocols:template_history"],
    )
    | rows("template", KEEPERS, OFFICE, pages=["protocols:copies", "protocols:template_rename"])
    | rows("template", KEEPERS, OFFICE, post=["protocols:template_lock", "protocols:template_next"])
    | rows(
        "template",
        KEEPERS,
        OFFICE,
        stage="template",
        pages=["protocols:template_publish", "protocols:template_discard", "protocols:template_clause_add"],
    )
    | rows(
        "template clause",
        KEEPERS,
        OFFICE,
        stage="template",
        pages=["protocols:template_clause", "protocols:template_clause_remove"],
    )
    | rows(
        "",
        {"area_administrator", "auditor"},
        EVERYONE,
        pages=["audit:list", "audit:export"],
        post=["audit:check"],
    )
    | rows("", MAIL | MAIL_ELSEWHERE, EVERYONE, pages=["outbox:list", "outbox:jobs"])
    | rows("message", MAIL, EVERYONE - MAIL_ELSEWHERE, pages=["outbox:message"], post=["outbox:resend"])
    | rows("", OFFICE, EVERYONE, pages=["boards:switch"])  # who has several boroughs
    | rows("", EVERYONE, pages=["meetings:performance", "meetings:list"])
    | rows("", EVERYONE, pages=["meeting-list", "invitation-list", "reply-list", "attendance-list"])
    | rows("meeting", RECORDERS, pages=["meeting-detail"])
    | rows("", EVERYONE, status=400, pages=["kpis"])  # it asks for an area and a period: tests/meetings
    | rows("", RECORDERS | {"hackney_administrator"}, EVERYONE, pages=["meetings:import"])
    | rows("import", RECORDERS, pages=["meetings:import_file"])
    | rows("import", RECORDERS, post=["meetings:import_start", "meetings:import_discard"])
    | rows(
        "",
        REGION | {"leeds_co_ordinator"},
        EVERYONE,
        pages=["meetings:region", "meetings:region_export"],
    )
    | rows(
        "kpi",
        CAMDEN | REGION | {"camden_csc_spoc"},
        pages=[
            "meetings:missed",
            "meetings:missed_export",
            "meetings:figures_export",
            "meetings:chart_export",
            "meetings:figures_pdf",
        ],
    )
    | rows("meeting", RECORDERS, pages=["meetings:meeting", "meetings:attendance"])
    | rows(
        "",
        RECORDERS | {"hackney_administrator"},
        EVERYONE,
        pages=["meetings:new", "meetings:standing", "meetings:series", "meetings:series_new"],
    )
    | rows("series", RECORDERS, pages=["meetings:series_stop"])
    | rows(  # it was held: nothing is planned any more
        "meeting",
        RECORDERS,
        status=409,
        pages=[
            *("meetings:change", "meetings:cases", "meetings:agencies", "meetings:by_case", "meetings:check"),
            *("meetings:cancel", "meetings:postpone", "meetings:abandon"),
        ],
    )
    | rows("meeting", RECORDERS, post=["meetings:hold"])
    | rows("invitation", RECORDERS, status=409, pages=["meetings:stand_down"])
    | rows("invitation", (), pages=["meetings:call"])  # nobody is to be called
    | rows("meeting", RECORDERS, pages=["meetings:invitations"])
    | rows("invitation", RECORDERS, pages=["meetings:invitation"], post=["meetings:resend_invitation"])
    | rows(  # the meeting was held: answers have ended
        "invitation",
        RECORDERS,
        status=409,
        pages=[
            *("meetings:answer", "meetings:answer_someone_else"),
            *("meetings:answer_cannot_attend", "meetings:answer_calendar"),
        ],
    )
    | rows("", EVERYONE, pages=["meetings:follow_ups", "meetings:escalations"])
    | rows("follow-up", RECORDERS | {"camden_csc_spoc"}, pages=["meetings:follow_up"])
    | rows("follow-up", RECORDERS, post=["meetings:follow_up_send", "meetings:follow_up_answer"])
    | rows("follow-up", RECORDERS, post=["meetings:follow_up_explain", "meetings:follow_up_escalate"])
    | rows("follow-up", RECORDERS, post=["meetings:follow_up_close"])
    | rows("meeting", RECORDERS, post=["meetings:follow_up_start"])
    | rows("escalation", REGION | RECORDERS, pages=["meetings:escalation"])
    | rows("", KEEP_CASES, EVERYONE, pages=["referrals:list", "referrals:new"])
    | rows("case", RECORDERS, pages=["referrals:case", "referrals:edit", "referrals:level"])
    | rows("case", RECORDERS, status=409, pages=["referrals:level_correct"])
    | rows("", KEEP_CASES, EVERYONE, pages=["meetings:contacts"], post=["meetings:contacts_ask"])
    | rows("contact", RECORDERS, pages=["meetings:contact", "meetings:contact_end"])
    | rows("contact", RECORDERS, post=["meetings:contact_ask"])
    | rows("meeting case", RECORDERS, pages=["meetings:attendance_case", "meetings:decision"])
    | rows("meeting case", RECORDERS, pages=["meetings:action_add"], post=["meetings:carry_over"])
    | rows("action", RECORDERS, pages=["meetings:action", "meetings:action_change"])
    | rows("meeting", RECORDERS, pages=["meetings:decisions", "meetings:minutes"])
    | rows("meeting", RECORDERS, post=["meetings:minutes_draft"])
    | rows("minutes", RECORDERS, pages=["meetings:minutes_pdf"])
    | rows("minutes", RECORDERS, post=["meetings:minutes_approve", "meetings:minutes_issue"])
    | rows("", EVERYONE, pages=["meetings:actions"])
    | rows("job", MAIL, EVERYONE - MAIL_ELSEWHERE, post=["outbox:try_again", "outbox:close"])
    | rows("", EVERYONE, pages=["boards:borough_list", "boards:board_list"])
    | rows("borough", CAMDEN | REGION | SPOCS, LONDONERS, pages=["boards:borough"])
    | rows("board", CAMDEN | REGION, LONDONERS, pages=["boards:board"])
    | rows("", {"area_administrator", "auditor"}, EVERYONE, status=302, pages=["boards:area"])
    | rows(
        "area",
        {"area_administrator", "auditor"},
        LONDONERS,
        pages=[
            "boards:set_up",
            "boards:approving_bodies",
            "boards:boroughs",
            "boards:organisations",
            "boards:people",
        ],
    )
    | rows(
        "area", {"area_administrator"}, LONDONERS, pages=["boards:organisation_add"], post=["boards:confirm"]
    )
    | rows("settings", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:settings"])
    | rows("organisation", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:organisation"])
    | rows(
        "organisation",
        {"area_administrator"},
        LONDONERS,
        pages=["boards:rename", "boards:coverage", "boards:grades", "boards:appoint"],
    )
    | rows("appointment", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:appointment"])
    | rows(
        "appointment",
        {"area_administrator"},
        LONDONERS,
        pages=["boards:appointment_change", "boards:appointment_end"],
        post=["boards:appointment_withdraw", "boards:appointment_account"],
    )
)

PUBLIC = {  # answers without an account; none of them names a record (the verification page names only its own)
    *("privacy", "accessibility", "cookies", "schema", "api_docs", "api_nothing_here"),
    *(
        "meetings:reply",
        "meetings:reply_someone_else",
        "meetings:reply_cannot_attend",
        "meetings:reply_calendar",
    ),
    *("api_other", "documents:verify_start", "documents:verify", "documents:certificates"),
    "meetings:contact_link",  # of one contact, by its token: tests/meetings/test_contacts.py
}
OWN_ACCOUNT = re.compile(  # about the person who asks and nobody else: proven in tests/accounts
    "account_|mfa_|demo_sign_in|extend_session|kept_form|socialaccount_|openid_connect_|usersessions_"
)


def routes(patterns=None, namespace: str = "") -> Iterator[str]:
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or str(entry.pattern))
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry.url_patterns, inner)


def test_A2_every_route_has_a_row():
    named = {name for name in routes() if name not in PUBLIC and not OWN_ACCOUNT.match(name)}
    assert named == set(ROUTES)


# -- Addresses --

NOWHERE = "00000000-0000-4000-8000-000000000000"


def address(name: str, of: str, target: str) -> str:
    """``target``: own (Camden's), foreign (Hackney's or West Yorkshire's), missing, malformed."""
    if target == "malformed":
        return re.sub(
            r"CMD-P-2026-001|CMD-[MC]-2024-001|CMD-F-2026-001|LON-T-2026-001|[0-9a-f-]{36}|camden(-lscb)?|london",
            "x--",
            address(name, of, "own"),
        )
    place = {"position": 1 if of == "approval" else 2} if "clause" in of or of == "approval" else {}
    protocol = {
        "own": "CMD-P-2026-001",
        "foreign": "HCK-P-2026-001",
        "missing": "CMD-P-2026-999",
        "malformed": "x--",
    }
    template = {
        "own": "LON-T-2026-001",
        "foreign": "WYK-T-2026-001",
        "missing": "LON-T-2026-999",
        "malformed": "x",
    }
    area = {"own": "london", "foreign": "west-yorkshire", "missing": "atlantis"}[target]
    if of in ("protocol", "clause", "approval"):
        return reverse(name, kwargs={"reference": protocol[target], **place})
    if of in ("template", "template clause"):
        return reverse(name, kwargs={"reference": template[target], "number": 1, **place})
    if of == "kpi":
        place = {"own": "camden", "foreign": "hackney"}.get(target, "atlantis")
        kwargs = {"kpi": "6"} if name.startswith("meetings:missed") else {}
        return f"{reverse(name, kwargs=kwargs)}?place={place}&year=2024"
    if of in ("meeting", "meeting case", "action", "minutes", "invitation"):
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        place = {
            "action": {"position": 1, "number": 1},
            "minutes": {"number": 1},
            "meeting case": {"position": 1},
            "invitation": {"agency": "camden-adult-social-care"},
        }
        place = place.get(of, {})
        return reverse(name, kwargs={"reference": f"{code}-M-2024-{number}", **place})
    if of in ("follow-up", "escalation"):
        code = {"foreign": "LDS" if of == "escalation" else "HCK"}.get(target, "CMD")
        return reverse(name, kwargs={"reference": f"{code}-F-2026-{'999' if target == 'missing' else '001'}"})
    if of == "case":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        return reverse(name, kwargs={"reference": f"{code}-C-2024-{number}"})
    if of == "contact":
        place = {"own": "camden", "foreign": "hackney", "malformed": "x"}.get(target, "nowhere")
        return reverse(name, kwargs={"borough": place, "agency": "metropolitan-police"})
    if of == "series":
        place = {"own": "camden", "foreign": "hackney"}.get(target, "atlantis")
        return reverse(name, kwargs={"borough": place, "number": 1})
    if of == "area":
        return reverse(name, kwargs={"area": area})
    if of == "settings":
        return reverse(name, kwargs={"area": area, "group": "reviews"})
    if of == "organisation":
        slug = {"own": "camden-lscb", "foreign": "leeds-lscb", "missing": "nowhere-lscb", "malformed": "x--"}[
            target
        ]
        return reverse(name, kwargs={"area": area if target != "missing" else "london", "slug": slug})
    if of == "board":
        slug = {"own": "camden-lscb", "foreign": "leeds-lscb", "missing": "nowhere-lscb", "malformed": "x--"}[
            target
        ]
        return reverse(name, kwargs={"slug": slug})
    if of == "borough":
        return reverse(name, kwargs={"slug": {"own": "camden", "foreign": "leeds"}.get(target, "nowhere")})
    if of == "appointment":
        holder = f"{'leeds' if target == 'foreign' else 'camden'}_csc_spoc@example.org"
        reference = Appointment.objects.get(user__email=holder).reference
        if target == "missing":
            reference = NOWHERE
        return reverse(
            name, kwargs={"area": area if target == "foreign" else "london", "reference": reference}
        )
    if of in ("message", "job"):
        model = {"message": Message, "job": Job}[of]
        about = {"own": "camden", "foreign": "hackney"}.get(target, "nowhere")
        found = (
            model.objects.filter(about__slug=about, kind=PROBE).values_list("reference", flat=True).first()
        )
        return reverse(name, kwargs={"reference": found or NOWHERE})
    return reverse(name)


PROBE = "tests.probe"


def mail_and_jobs(world) -> None:
    for borough in ("camden", "hackney"):
        about = world.territory(borough)
        common = {"territory": about.parent, "about": about, "kind": PROBE, "key": borough}
        subject = CANARY if borough == "hackney" else "Ours"
        Message.objects.create(
            **common,
            message_id=borough,
            to_name="N",
            to_email="n@example.org",
            subject=subject,
            state="failed",
        )
        Job.objects.create(**common, subject_id=1, due_at=timezone.now(), failed_at=timezone.now())


def meetings(world) -> None:
    boroughs = list(Territory.objects.filter(kind="borough", slug__in=["camden", "hackney"]))
    cells = [
        {"meeting": f"{b.slug}", "borough": b.slug, "case": CANARY if b.slug == "hackney" else "ours"}
        for b in boroughs
    ]
    import_attendance(files.rows(*cells), boroughs=boroughs, by=None)
    for borough in boroughs:
        unit = Organisation.objects.unit_of(borough)
        AttendanceFile.objects.create(
            territory=borough,
            organisation=unit,
            name=CANARY if borough.slug == "hackney" else "ours",
            rows=1,
            status="checked",
            uploaded_by=world.camden_administrator,
        )
        Series.objects.create(
            territory=borough, organisation=unit, level=2, week=1, weekday=1, starts_on=timezone.localdate()
        )
    for discussion in Discussion.objects.select_related("meeting__organisation", "territory"):
        meeting, slug = discussion.meeting, discussion.territory.slug
        said = CANARY if slug == "hackney" else "ours"
        actions.add(discussion, text=said, agency=meeting.organisation, due_on=meeting.held_on, by=None)
        minutes.draft(meeting, by=getattr(world, f"{slug}_administrator"), at=timezone.now())
    for meeting in Meeting.objects.all():
        agency = Attendance.objects.filter(discussion__meeting=meeting).first().organisation
        Invitation.objects.create(territory=meeting.territory, meeting=meeting, agency=agency)


def follow_ups(world) -> None:
    for borough in ("camden", "hackney"):
        meeting = Meeting.objects.get(territory__slug=borough)
        agency = world.organisation(f"{borough}-childrens-services")
        common = {"territory": meeting.territory, "reference": f"{meeting.territory.code}-F-2026-001"}
        follow_up = FollowUp.objects.create(
            **common,
            organisation=meeting.organisation,
            meeting=meeting,
            agency=agency,
            opened_on=TODAY,
        )
        now, answer = timezone.now(), CANARY if borough == "hackney" else ""
        Step.objects.create(
            territory=meeting.territory,
            follow_up=follow_up,
            number=1,
            due_on=TODAY,
            sent_at=now,
            answer=answer,
        )
    for borough in ("camden", "leeds"):
        about = world.territory(borough)
        office = Organisation.objects.unit_of(about.parent)
        Escalation.objects.create(
            territory=about.parent,
            about=about,
            organisation=office,
            reference=f"{about.code}-F-2026-001",
            agency=world.organisation(f"{borough}-childrens-services"),
            days=[TODAY],
            raised_on=TODAY,
            due_on=TODAY,
        )


def contacts(world) -> None:
    for borough in ("camden", "hackney"):
        unit = world.organisation(f"{borough}-mappa-unit")
        agency, email = world.organisation("metropolitan-police"), "met@example.org"
        add_contact(
            unit,
            agency,
            by=getattr(world, f"{borough}_administrator"),
            name=CANARY if borough == "hackney" else "Ours",
            email=email,
        )


def build(world, stage: str) -> None:
    """Camden's and Hackney's agreements at the stage, West Yorkshire's template, and canaries in what is foreign."""
    meetings(world)
    follow_ups(world)
    contacts(world)
    by, world.own_words = world.leeds_co_ordinator, {"hackney": CANARY}
    if stage == "template":
        world.draft_template()
    elif stage == "next":
        for borough in ("camden", "hackney"):
            world.next_draft(borough)
    else:
        for borough in ("camden", "hackney"):
            world.at(stage, borough)
    if stage == "in_force":
        run_jobs()
    mail_and_jobs(world)
    world.draft_template("West Yorkshire protocol", area="west-yorkshire", by=by)


def client(world, person: str) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(getattr(world, person))
    return made


OF_BOROUGH = {
    "import",
    "kpi",
    "case",
    "contact",
    "meeting",
    "meeting case",
    "series",
    "invitation",
    "follow-up",
    "escalation",
    "action",
    "minutes",
    "protocol",
    "clause",
    "approval",
    "message",
    "job",
}
STAGES = sorted({row.stage for row in ROUTES.values()})


@pytest.mark.parametrize("stage", STAGES)
def test_A2_who_gets_what_of_their_own_territory(world, stage):
    build(world, stage)
    deviations = []
    for person in PEOPLE:
        browser = client(world, person)
        for name, row in ROUTES.items():
            if row.stage != stage:
                continue
            response = browser.get(address(name, row.of, "own"))
            expected = 405 if row.post else row.expected(person)
            if response.status_code != expected:
                deviations.append(f"{person} {name}: {response.status_code}, not {expected}")
            if person in CAMDEN | STRANGERS - {"hackney_administrator"} and CANARY in response.content.decode(
                "latin1"
            ):
                deviations.append(f"{person} {name}: shows Hackney's text")
    assert deviations == []


@pytest.mark.parametrize("stage", STAGES)
def test_A2_foreign_and_missing_answer_alike(world, stage):
    """404, with the same body and headers; also for POST and DELETE, and nothing is written."""
    build(world, stage)
    before = events()
    deviations = []
    for person in ("camden_administrator", "leeds_co_ordinator"):
        browser = client(world, person)
        for name, row in ROUTES.items():
            if row.stage != stage or not row.of:
                continue
            target = "own" if person == "leeds_co_ordinator" else "foreign"
            if person in row.knows | row.ok and row.of not in OF_BOROUGH:
                continue
            for method in ("get", "post", "delete"):
                answers = {t: getattr(browser, method)(address(name, row.of, t)) for t in (target, "missing")}
                seen = {t: (a.status_code, body(a), headers(a)) for t, a in answers.items()}
                if seen[target] != seen["missing"] or seen[target][0] not in (403, 404, 405):
                    statuses = {t: s[0] for t, s in seen.items()}
                    deviations.append(f"{person} {method} {name}: {statuses}")
            malformed = browser.get(address(name, row.of, "malformed")).status_code
            if malformed not in (404, 405):
                deviations.append(f"{person} malformed {name}: {malformed}")
    assert deviations == []
    assert events() == before


def test_A2_nobody_gets_in_without_signing_in(world):
    build(world, "draft")
    browser = Client()
    for name, row in ROUTES.items():
        for method in ("get", "post"):
            response = getattr(browser, method)(address(name, row.of, "own"))
            api = name in ("kpis", "api-root") or name.endswith(("-list", "-detail"))
            assert response.status_code in ((401, 403) if api else (302, 405)), (
                name,
                method,
                response.status_code,
            )
            if response.status_code == 302:
                assert response.url.startswith("/sign-in/"), name


@pytest.mark.parametrize("stage", STAGES)
def test_A2_a_post_from_the_wrong_seat_changes_nothing(world, stage):
    build(world, stage)
    before = events()
    for name, row in ROUTES.items():
        if row.stage != stage or not row.of or row.ok >= PARTIES:
            continue
        for person in sorted((row.knows - row.ok) & {"camden_business_manager", "smb_member", "auditor"}):
            answer = client(world, person).post(address(name, row.of, "own"))
            assert answer.status_code in (403, 404, 405), (name, person, answer.status_code)
    assert events() == before


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM audit_event) + (SELECT count(*) FROM audit_draft)")
        return cursor.fetchone()[0]


def body(response) -> str:
    """Without what differs between two requests for the same page."""
    text = response.content.decode("latin1")
    return re.sub(
        r'name="csrfmiddlewaretoken" value="\w+"|data-left="\d+"|[\w-]+-[MPC]-\d+-\d+|/[\w/?=&;-]*(?=")',
        "",
        text,
    )


def headers(response) -> dict[str, str]:
    return {k: v for k, v in response.headers.items() if k not in ("Content-Length", "X-Request-Reference")}
