"""What stands in the registers of Camden and of others while the routes are asked."""

from django.utils import timezone

from boards.access import share
from boards.models import Organisation, Territory
from boards.roles import Seat
from data_returns.actions.building import start
from data_returns.actions.opening import open_return
from data_returns.actions.scrutiny import ask
from data_returns.editions import PRESENT, shipped
from data_returns.models import Answer, Rendition, Return
from documents.copies import issue
from documents.models import Document, new_code
from meetings.actions import actions, minutes
from meetings.actions.contacts import add_contact
from meetings.actions.importing import import_attendance
from meetings.kept_file import pack
from meetings.models import (
    Attendance,
    AttendanceFile,
    Discussion,
    Escalation,
    FollowUp,
    Invitation,
    Meeting,
    Notification,
    Series,
    Step,
)
from meetings.notifications.known import Known
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from referrals.actions import add_case, open_disclosure, outside
from referrals.actions.addresses import Stay, add_address
from referrals.actions.packs import start as start_pack
from referrals.actions.transfers import offer
from referrals.models import Case, Keeping, ReferralRelease
from referrals.personal import Person
from tests.factories import person
from tests.meetings import files
from tests.referrals.referring import sent_referral
from tests.world import TODAY

CANARY = "canary of hackney"
PROBE = "tests.probe"
YEAR, SENT = 2025, 2024  # of the returns that are filled in, and of those that the boards have


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
            content=pack(files.file(files.line(borough=borough.slug))),
            rows=1,
            status="checked",
            uploaded_by=world.camden_administrator,
        )
        Series.objects.create(
            territory=borough, organisation=unit, level=2, week=1, weekday=1, starts_on=timezone.localdate()
        )
    for borough in boroughs:
        unit, code = Organisation.objects.unit_of(borough), borough.code
        Case.objects.create(territory=borough, organisation=unit, reference=f"{code}-C-2024-777")
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


def notifications(world) -> None:
    """Children's Services of each borough were told of the case of its meeting."""
    for discussion in Discussion.objects.select_related("meeting__organisation", "case", "territory"):
        slug = discussion.territory.slug
        told = Notification.objects.create(
            territory=discussion.territory,
            organisation=discussion.meeting.organisation,
            agency=world.organisation(f"{slug}-childrens-services"),
            case=discussion.case,
            discussion=discussion,
            may_know=["name"],
            known=Known(name=CANARY if slug == "hackney" else "ours").sealed(),
            notified_at=timezone.now(),
            check_by=TODAY,
        )
        share(told, with_=told.agency)


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


def referrals(world) -> None:
    """The police have sent one in Camden and one in Hackney; Hackney's is about the canary."""
    for borough in ("camden", "hackney"):
        said = {"name": CANARY if borough == "hackney" else "ours"}
        sent_referral(world, borough, **said)


def out_of_area(world) -> None:
    """Camden's and Hackney's Children's Services have asked; both checks are with their units."""
    for borough in ("camden", "hackney"):
        agency = world.organisation(f"{borough}-childrens-services")
        words = dict.fromkeys(
            ("police_check", "child_at_risk", "family_work"), CANARY if borough == "hackney" else "ours"
        )
        manager = getattr(world, f"{borough}_csc_spoc")
        worker = person(f"{borough}_social_worker", agency, Seat.REFERRER)
        about = {"place": "Leeds", "name": words["family_work"], **words}
        check = outside.ask(agency, borough=world.territory(borough), **about, by=worker, at=timezone.now())
        outside.endorse(check, by=manager, at=timezone.now())


def referral_figures(world) -> None:
    for borough in ("camden", "hackney"):
        about = world.territory(borough)
        lines = [["all", "sent", CANARY if borough == "hackney" else "Sent", 9]]
        common = {"year": 2025, "threshold": 5, "released_at": timezone.now()}
        ReferralRelease.objects.create(territory=about.parent, about=about, lines=lines, **common)


def returns(world) -> None:
    """Camden's and Hackney's, of one year being filled in, of the other with their boards; Hackney's has a comment."""
    for borough in ("camden", "hackney"):
        sent = open_return(world.territory(borough), SENT, by=None, at=timezone.now())
        Return.objects.filter(pk=sent.pk).update(
            status="sent",
            signed_at=timezone.now(),
            signed_by=getattr(world, f"{borough}_mappa_chair"),
            content_hash="x",
        )
        share(sent, with_=sent.board)
        paper_copy(sent, CANARY if borough == "hackney" else "ours")
        by = getattr(world, f"{borough}_business_manager")
        text = CANARY if borough == "hackney" else "ours"
        ask(sent, question=1, text=text, by=by, at=timezone.now())
        Rendition.objects.create(
            territory=sent.territory.parent,
            about=sent.territory,
            year=SENT,
            number=1,
            edition=sent.edition,
            cells={"q1_l1": 231},
            asked_at=timezone.now(),
            released_at=timezone.now(),
        )
        made = open_return(world.territory(borough), YEAR, by=None, at=timezone.now())
        said = CANARY if borough == "hackney" else "ours"
        Answer.objects.create(territory=made.territory, data_return=made, key="q10", text=said)


def forms(world) -> None:
    """A draft of London and one of West Yorkshire."""
    for area, by in (("london", "co_ordinator"), ("west-yorkshire", "leeds_co_ordinator")):
        start(world.territory(area), shipped(PRESENT), title=area, by=getattr(world, by))


def paper_copy(sent: Return, holder: str) -> None:
    document = Document.objects.create(
        territory=sent.territory,
        kind=Document.Kind.DATA_RETURN,
        reference=sent.reference,
        version=1,
        title="Data return",
        marking="OFFICIAL-SENSITIVE",
        code=new_code(sent.territory.code),
    )
    day = timezone.localdate()
    issue(document, holder=holder, issued_on=day, due_on=day, today=day, by=None)


def disclosures(world) -> None:
    for case in Case.objects.filter(territory__slug__in=["camden", "hackney"]):
        said = {"asked_by": CANARY if case.territory.slug == "hackney" else "ours", "circumstances": ["INFO"]}
        open_disclosure(case, "request", on=TODAY, said=said, today=TODAY, by=None)


def addresses() -> None:
    for case in Case.objects.filter(territory__slug__in=["camden", "hackney"]):
        lane = CANARY if case.territory.slug == "hackney" else "ours"
        add_address(case, Stay("home", lane, case.territory), today=TODAY, by=None)


def transfers(world) -> None:
    """Of another case each, offered to Islington."""
    for borough in ("camden", "hackney"):
        name = CANARY if borough == "hackney" else "ours"
        unit, by = world.organisation(f"{borough}-mappa-unit"), None
        case = add_case(unit, person=Person(name), today=TODAY, by=by)
        to = world.organisation("islington-mappa-unit")
        offer(case, to_unit=to, reason=name, note=name, by=by, at=timezone.now())


def keepings(world) -> None:
    """Somebody else proposed to erase the case of either borough."""
    for case in Case.objects.filter(territory__slug__in=["camden", "hackney"]):
        Keeping.objects.create(
            territory=case.territory,
            organisation=case.organisation,
            kind="case",
            subject_id=case.pk,
            reference=case.reference,
            case=case,
            outcome="erase",
            decided_at=timezone.now(),
            decided_by=world.co_ordinator,
        )


def packs(world) -> None:
    for case in Case.objects.filter(territory__slug__in=["camden", "hackney"]):
        by = getattr(world, f"{case.territory.slug}_administrator")
        start_pack(
            case,
            kind="subject",
            parts=["particulars"],
            requested_on=TODAY,
            today=TODAY,
            by=by,
            at=timezone.now(),
        )


def build(world, stage: str) -> None:
    """Camden's and Hackney's agreements at the stage, West Yorkshire's template, and canaries in what is foreign."""
    meetings(world)
    notifications(world)
    follow_ups(world)
    contacts(world)
    returns(world)
    forms(world)
    disclosures(world)
    addresses()
    transfers(world)
    referrals(world)
    out_of_area(world)
    referral_figures(world)
    keepings(world)
    packs(world)
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
