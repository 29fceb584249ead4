"""Invented disclosures of Camden: one at each point where somebody has something to do."""

from datetime import date, timedelta

from boards.directory import organisations_covering
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from boards.scope import everywhere, scope
from referrals import actions, rooms
from referrals.disclosing.checks import tellers
from referrals.disclosing.ledger import Kind
from referrals.disclosing.terms import bases_on
from referrals.models import Case
from referrals.personal import Person, is_under_18

BOROUGH = "camden"
SCHOOL = {"name": "Head teacher of Lark Lane School", "role": "head"}
HOSTEL = {"name": "Manager of Fenwick House hostel", "role": "accommodation"}
REQUEST = {
    "asked_by": "Housing, through its single point of contact",
    "why": "The person moves into supported accommodation next week.",
    "circumstances": ["OTHERS"],
    "at_risk": "Other residents and two night staff.",
    "child_sex_offender": False,
    "presumption_a": None,
    "presumption_b": None,
    "consideration": "",
}
PROPOSAL = {
    "recipients": [HOSTEL],
    "information": "That the person is managed under MAPPA, and what staff must watch for.",
    "limits": "No details of the offence, nothing about victims.",
    "ground": "harm",
    "necessity": "Staff cannot keep to the plan without knowing of it.",
    "proportionality": "One person is told, and only what the plan needs.",
    "alternatives": "Another hostel was asked and had no room.",
    "conditions": "The manager keeps it to himself and signs an undertaking.",
    "tell_person": True,
    "tell_person_reason": "",
    "deliverer": "Police",
}
AT_SCHOOL = {
    "asked_by": "Children’s Services, through its single point of contact",
    "why": "The young person returns to school after half-term.",
    "circumstances": ["SCHOOL"],
    "at_risk": "Younger pupils, and staff who teach alone.",
}
TO_SCHOOL = {
    "recipients": [SCHOOL],
    "information": "That the pupil is managed under MAPPA, and when a second adult must be in the room.",
    "necessity": "The school cannot plan lessons and breaks safely without knowing of it.",
    "proportionality": "Only the head teacher is told, and only what the plan for school needs.",
    "alternatives": "Teaching at home was tried: the pupil fell behind and saw nobody of the same age.",
    "conditions": "The head teacher shares it with the designated safeguarding teacher alone.",
}
DECISION = {
    "answer": "disclose",
    "reasons": "Necessary and proportionate for the safety of residents.",
    "conditions": "",
}
HURRY = "The move is tomorrow and the panel meets in three weeks. Police and probation asked for it."


def load(today: date) -> int:
    """Returns how many disclosures there are."""
    borough = Territory.objects.select_related("parent").filter(slug=BOROUGH).first()
    unit = borough and Organisation.objects.unit_of(borough)
    seats = {a.seat: a.user for a in Appointment.objects.filter(organisation=unit).select_related("user")}
    if not {Seat.CHAIR, Seat.ADMINISTRATOR} <= set(seats):
        return 0
    named = everywhere()
    with scope(named.territories, named.areas):
        known = list(Case.objects.filter(organisation=unit).order_by("-pk")[:40])
        cases = [c for c in known if _heard(c, today) and not _is_young(c, today)]
        if len(cases) < 3:
            return 0
        pupil = next((c for c in known if _is_young(c, today)), None)
        return _Demo(cases, pupil, seats[Seat.ADMINISTRATOR], seats[Seat.CHAIR], today).load()


def _is_young(case: Case, today: date) -> bool:
    return bool(is_under_18(Person.opened(case.personal).birth_date, today))


def _heard(case: Case, today: date) -> bool:
    return any(heard.held_on < today - timedelta(days=40) for heard in rooms.hearings(case))


class _Demo:
    def __init__(self, cases: list[Case], pupil: Case | None, administrator, chair, today: date):
        self.pupil = pupil
        self.cases, self.by, self.chair, self.today = cases, administrator, chair, today
        self.police = tellers(cases[0])[0]
        covering = organisations_covering([cases[0].territory])
        self.housing = covering.filter(agency_type="HSG").first() or self.police

    def load(self) -> int:
        self._carried_out(self.cases[0])
        self._unratified(self.cases[1])
        if self.pupil:
            self._proposed(self.pupil, days=3, request=AT_SCHOOL, proposal=TO_SCHOOL)
        else:
            self._proposed(self.cases[2], days=3)
        day = self.today - timedelta(days=2)
        self._open(
            self.cases[2], Kind.SCHEME, day, {"scheme": "csods", "source": "Police public protection unit"}
        )
        outside = {
            "recipients": [HOSTEL],
            "information": "That the person may not be alone with children.",
            "bases": ["common"],
            "why_not_panel": "An officer found a child in the room and spoke to the manager at once.",
        }
        self._open(self.cases[1], Kind.OUTSIDE, day, outside, self.police)
        return 5

    def _open(self, case, kind, on, said, organisation=None):
        return actions.open_disclosure(
            case, kind, on=on, said=said, organisation=organisation, today=self.today, by=self.by
        )

    def _add(self, made, kind, on, said, organisation=None, by=None):
        by = by or self.by
        actions.add_entry(made, kind, on=on, said=said, organisation=organisation, today=self.today, by=by)

    def _proposed(self, case, *, days=0, on=None, request=None, proposal=None):
        on = on or self.today - timedelta(days=days)
        bases = [basis.code for basis in bases_on(on) if basis.code in ("cja325", "ukgdpr", "dpa3")]
        made = self._open(case, Kind.REQUEST, on, REQUEST | (request or {}))
        self._add(made, Kind.PROPOSAL, on, PROPOSAL | (proposal or {}) | {"bases": bases})
        return made

    def _unratified(self, case) -> None:
        on = self.today - timedelta(days=5)
        made = self._proposed(case, on=on)
        review = {"review_on": (self.today + timedelta(days=60)).isoformat()}
        said = DECISION | review | {"route": "emergency", "meeting": "", "emergency_reason": HURRY}
        self._add(made, Kind.DECISION, on, said, by=self.chair)
        self._told(made, on + timedelta(days=1))

    def _carried_out(self, case) -> None:
        panel = next(h for h in rooms.hearings(case) if h.held_on < self.today - timedelta(days=40))
        made = self._proposed(case, on=panel.held_on - timedelta(days=4))
        view = {"stance": "objects", "reason": "Housing would rather have found another hostel."}
        self._add(made, Kind.VIEW, panel.held_on - timedelta(days=2), view, self.housing)
        said = {"route": "panel", "meeting": panel.reference, "emergency_reason": ""}
        review = {"review_on": (self.today - timedelta(days=1)).isoformat()}
        self._add(made, Kind.DECISION, panel.held_on, DECISION | review | said, by=self.chair)
        self._told(made, panel.held_on + timedelta(days=3))
        self._add(made, Kind.OFFENDER, panel.held_on + timedelta(days=4), {"told": True, "reason": ""})

    def _told(self, made, on) -> None:
        said = {
            "recipient": 0,
            "recipients": [HOSTEL],
            "where": "At the hostel",
            "joint": "Probation officer",
            "exact": PROPOSAL["information"],
            "undertaking": True,
            "undertaking_reason": "",
        }
        self._add(made, Kind.CARRIED_OUT, on, said, self.police)
