"""Disclosures for tests: each step with ordinary words, a test names what matters to it."""

from datetime import date

from meetings.models import Discussion, Meeting
from referrals import actions
from referrals.disclosing.ledger import Kind
from referrals.personal import Person

DAY = date(2026, 3, 2)
TODAY = date(2026, 11, 22)
NAME = "Canary Recipient"
SAID = {
    Kind.REQUEST: {
        "asked_by": "Canary Asker",
        "why": "canary why",
        "circumstances": ["OTHERS"],
        "at_risk": "canary residents",
        "child_sex_offender": False,
        "presumption_a": None,
        "presumption_b": None,
        "consideration": "",
    },
    Kind.PROPOSAL: {
        "recipients": [{"name": NAME, "role": "accommodation"}],
        "information": "canary information",
        "limits": "canary limits",
        "ground": "harm",
        "necessity": "canary necessity",
        "proportionality": "canary proportion",
        "alternatives": "canary alternatives",
        "bases": ["cja325"],
        "deliverer": "Metropolitan Police",
        "tell_person": True,
    },
    Kind.VIEW: {"stance": "objects", "reason": "canary dissent"},
    Kind.DECISION: {
        "answer": "disclose",
        "route": "emergency",
        "meeting": "",
        "reasons": "canary reasons",
        "emergency_reason": "canary hurry",
        "review_on": "2026-06-01",
    },
    Kind.RATIFICATION: {"ratified": True, "reason": ""},
    Kind.CARRIED_OUT: {
        "recipient": 0,
        "recipients": [{"name": NAME, "role": "accommodation"}],
        "where": "canary place",
        "exact": "canary words",
        "undertaking": True,
    },
    Kind.OFFENDER: {"told": True},
    Kind.OUTCOME: {"text": "canary outcome"},
    Kind.OUTSIDE: {
        "recipients": [{"name": NAME, "role": "parent"}],
        "information": "canary outside",
        "bases": ["common"],
        "why_not_panel": "canary hurry",
    },
    Kind.SCHEME: {"scheme": "csods", "source": "Police"},
    Kind.STEP: {"step": "checks"},
    Kind.HEARD: {"text": "canary heard"},
    Kind.REVIEW: {"text": "canary review", "review_on": None},
    Kind.CORRECTION: {"of": 2, "wrong": "canary wrong", "instead": "canary instead", "strike": False},
}


class Disclosing:
    def __init__(self, world, borough: str = "camden"):
        self.world, self.borough = world, borough
        self.unit = world.organisation(f"{borough}-mappa-unit")
        self.police = world.organisation("metropolitan-police")
        self.administrator = getattr(world, f"{borough}_administrator")
        self.chair = getattr(world, f"{borough}_mappa_chair")
        self.case = actions.add_case(
            self.unit, person=Person("Canary Person"), today=TODAY, by=self.administrator
        )

    def open(self, kind=Kind.REQUEST, *, on=DAY, organisation=None, by=None, **said):
        agency = organisation or (self.police if kind == Kind.OUTSIDE else None)
        return actions.open_disclosure(
            self.case,
            kind,
            on=on,
            said=SAID[kind] | said,
            organisation=agency,
            today=TODAY,
            by=by or self.administrator,
        )

    def add(self, disclosure, kind, *, on=DAY, organisation=None, by=None, seen=None, **said):
        agency = organisation or (self.police if kind in (Kind.CARRIED_OUT, Kind.VIEW) else None)
        usual = self.chair if kind in (Kind.DECISION, Kind.RATIFICATION) else self.administrator
        actions.add_entry(
            disclosure,
            kind,
            on=on,
            said=SAID[kind] | said,
            organisation=agency,
            seen=seen,
            today=TODAY,
            by=by or usual,
        )
        disclosure.refresh_from_db()
        disclosure.cache()
        return disclosure

    def proposed(self, **said):
        return self.add(self.open(), Kind.PROPOSAL, **said)

    def decided(self, **said):
        return self.add(self.proposed(), Kind.DECISION, **said)

    def hearing(self, on=DAY, status="held"):
        number = Meeting.objects.filter(territory=self.case.territory).count() + 1
        meeting = Meeting.objects.create(
            territory=self.case.territory,
            organisation=self.unit,
            reference=f"{self.case.territory.code}-M-2026-{number:03}",
            level=2,
            held_on=on,
            status=status,
        )
        Discussion.objects.create(territory=self.case.territory, meeting=meeting, case=self.case)
        return meeting
