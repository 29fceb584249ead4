from datetime import date

import pytest
from django.utils import timezone

from boards.access import share_many
from boards.models import Organisation, Territory
from boards.scope import scope
from meetings.actions import invitations
from meetings.actions import meetings as actions
from meetings.actions.actions import add
from meetings.actions.importing import import_attendance
from meetings.models import Action, Contact, Discussion, Invitation, Meeting, Reply
from meetings.performance import figures
from outbox.jobs import run_jobs
from referrals.actions import edit_case
from referrals.models import Case
from referrals.personal import Person
from tests.meetings import files, plans
from tests.meetings.decided import SECRET
from tests.meetings.files import ABSENT, CHILD, REPORT
from tests.meetings.invited import Invited
from tests.meetings.slips import browser, token_of

ASC, CSC = "camden-adult-social-care", "camden-childrens-services"
YEAR = date(2024, 4, 1), date(2025, 3, 31)
PERIOD = "year=2024"


class Register:
    """Put rows in, ask for figures: live from Camden's register, stored from London's."""

    def __init__(self, world):
        self.world = world

    def put(self, *cells, **more):
        boroughs = list(Territory.objects.filter(kind="borough").select_related("parent"))
        with scope({b.pk for b in boroughs} | {b.parent_id for b in boroughs}):
            return import_attendance(files.rows(*cells), boroughs=boroughs, by=None, **more)

    def live(self, start=YEAR[0], end=YEAR[1], level=None, borough="camden"):
        return figures.of_borough(self.world.territory(borough), start, end, level).kpis

    def stored(self, start=YEAR[0], end=YEAR[1], level=None, borough="camden"):
        """Counted as at night."""
        figures.count_all(self.world.territory(borough))
        return self.kept(start, end, level, borough)

    def kept(self, start=YEAR[0], end=YEAR[1], level=None, borough="camden"):
        """As somebody sees them now who looks across the area and has no borough in scope."""
        london, about = self.world.territory("london"), self.world.territory(borough)
        with scope([london.pk], [london.pk]):
            return figures.of_borough(about, start, end, level).kpis

    def belongs_to(self, case: Case, slug: str, *, since: date | None = None) -> None:
        """As the page of a case sets it."""
        values = {"person": Person.opened(case.personal), "category": None, "responsible_agency": None}
        csc, by = self.world.organisation(slug), self.world.camden_administrator
        edit_case(case, revision=case.revision, responsible_csc=csc, csc_since=since, by=by, **values)


@pytest.fixture
def register(world):
    return Register(world)


@pytest.fixture
def camden(world):
    """``camden.meeting("CSC", "ASC")``: a meeting with two cases, to which they are asked."""
    return Invited(world)


@pytest.fixture
def year(register):
    """A meeting about a person under 18 and one about an adult; YOT was not invited, ASC came too junior."""
    register.put(
        {"agency": "CSC"} | CHILD | REPORT,
        {"meeting": "M2", "case": "C2", "grade": "1"},
        {"meeting": "M2", "case": "C2", "agency": "CSC"},
        {"meeting": "M2", "case": "C2", "agency": "YOT"} | ABSENT | {"explained": "yes"},
    )
    return register


@pytest.fixture
def meeting(register):
    """Held and not recorded: two agencies, two cases; Children's Services were stood down for the second."""
    register.put(
        {"case": "C1"} | files.EMPTY,
        {"case": "C1", "agency": "CSC"} | files.EMPTY,
        {"case": "C2", "agency": "CSC", "stood_down": "yes"} | files.EMPTY,
        {"case": "C2"} | files.EMPTY,
    )
    run_jobs()
    return Meeting.objects.get()


@pytest.fixture
def replied(meeting):
    """Adult Social Care sends a substitute, after it had said that it would not come; CSC has only a contact."""

    def reply(number: int, answer: str, **more):
        Reply.objects.create(
            territory=meeting.territory,
            invitation=invitation,
            number=number,
            answer=answer,
            channel="link",
            answered_at=timezone.now(),
            **more,
        )

    asc, csc = (Organisation.objects.get(slug=slug) for slug in (ASC, CSC))
    invitation = Invitation.objects.create(
        territory=meeting.territory, meeting=meeting, agency=asc, sent_at=timezone.now()
    )
    reply(1, "apologies")
    reply(2, "substitute", name="Sam Reed", job_title="Team lead", grade=2, mode="video")
    Contact.objects.create(
        territory=meeting.territory,
        organisation=meeting.organisation,
        agency=csc,
        name="C",
        email="c@example.org",
        representative="Uma Grey",
        representative_grade=3,
    )
    return meeting


@pytest.fixture
def called(camden):
    """Two agencies were asked to a planned meeting."""
    made = camden.meeting("CSC", "YOT")
    invitations.send(made, by=camden.by)
    return made


@pytest.fixture
def asked(camden, called):
    return camden.invitation(called, "CSC")


@pytest.fixture
def slip(asked):
    """A browser that came by the link; ``place`` is where it stands."""
    visitor = browser()
    visitor.place = visitor.get(f"/r/{token_of(asked)}/").url
    return visitor


@pytest.fixture
def cases(world):
    plans.contact(world, *plans.AGENCIES)
    return [plans.case(world, f"C{n}") for n in range(2)]


@pytest.fixture
def planned(world, cases):
    return plans.plan(world, cases=cases, agencies=plans.AGENCIES)


@pytest.fixture
def act(world):
    """``act("cancel", meeting, reason="…")`` as Camden's administrator, now."""

    def done(verb: str, thing, **values):
        by = values.pop("by", world.camden_administrator)
        timed = {} if verb in ("hold", "undo_hold", "abandon") else {"at": timezone.now()}
        return getattr(actions, verb)(thing, by=by, **timed, **values)

    return done


@pytest.fixture
def discussion(register) -> Discussion:
    """Two cases; nobody knows the second person's birth date. Children's Services was given the first."""
    register.put({"case": "C1", "agency": "CSC"}, {"case": "C2", "birth_date": ""})
    run_jobs()
    first = Discussion.objects.get(case__file_reference="C1")
    share_many([(first, Organisation.objects.get(slug=CSC))])
    return first


@pytest.fixture
def action(world, discussion) -> Action:
    agency, due_on = Organisation.objects.get(slug=CSC), date(2024, 5, 9)
    return add(discussion, text=SECRET, agency=agency, due_on=due_on, by=world.camden_administrator)


@pytest.fixture
def later(register, action) -> Discussion:
    """The next meeting hears the same case."""
    register.put({"meeting": "M2", "held_on": "2024-07-01", "case": "C1", "agency": "CSC"})
    return Discussion.objects.get(meeting__file_reference="M2")
