"""Referrals of the demonstration: in Camden one at each stage, with a referrer beside the agency's contact."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import make_aware

from accounts.models import User
from accounts.second_factor import give_totp
from boards.demo import FULLY_STAFFED, name_of
from boards.directory import in_post
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from boards.scope import scope
from referrals.actions import outside, screening
from referrals.actions import referrals as actions
from referrals.models import Referral
from referrals.referring.form_a import CATEGORY, REFERRER, SECTIONS, Question

REFERRER_NUMBER = 795  # of a name that nobody else with an account has
PEOPLE, CHILDREN = 4000, 5000  # numbers of the names of those referred, and of the children they know
HALF = 7  # sections of a draft


def load(today: date) -> None:
    borough = Territory.objects.select_related("parent").get(slug=FULLY_STAFFED[0])
    with scope([borough.pk, borough.parent_id], [borough.parent_id]):
        _Camden(borough, today).load()


class _Camden:
    def __init__(self, borough: Territory, today: date):
        self.borough, self.today = borough, today
        self.unit = Organisation.objects.unit_of(borough)
        covering = Organisation.objects.filter(coverage__borough=borough, kind=Organisation.Kind.AGENCY)
        self.agencies = {agency.agency_type: agency for agency in covering}
        self.csc = self.agencies["CSC"]
        self.manager = in_post([self.csc], today, seats=[Seat.SPOC]).first().user
        self.administrator = in_post([self.unit], today, seats=[Seat.ADMINISTRATOR]).first().user
        self.referrer = self._referrer()

    def _referrer(self) -> User:
        name = name_of(REFERRER_NUMBER)
        email = f"{name.lower().replace(' ', '.')}@{self.borough.slug}.example"
        user = User.objects.create(email=email, name=name, password=self.manager.password)
        give_totp(user)
        Appointment.objects.create(
            user=user,
            organisation=self.csc,
            seat=Seat.REFERRER,
            job_title="Social worker",
            starts_on=self.today - timedelta(days=400),
            confirmed_on=self.today - timedelta(days=40),
            confirm_by=self.today + timedelta(days=60),
        )
        return user

    def load(self) -> None:
        soon = (self.today + timedelta(days=120)).isoformat()
        accepted = self._sent(1, 38, "CSC")
        self._accept(accepted, 33)
        accepted = self._sent(2, 20, "PRB", category="1")
        self._accept(accepted, 15)
        declined = self._sent(3, 90, "POL")
        values = {"outcome": "level_1", "reason": "The lead agency can manage the risk alone."}
        screening.decline(declined, **values, **self._decision(declined, 81))
        self._sent(4, 12, "CSC")
        self._sent(5, 3, "PRB", category="2", release_on=soon)
        returned = self._sent(6, 25, "CSC")
        more = "Name the school, and whether the school knows."
        screening.ask_for_more(returned, reason=more, **self._decision(returned, 21))
        self._filled(7, 4, "CSC")
        self._filled(8, 1, "CSC", HALF)
        self._out_of_area()

    def _out_of_area(self) -> None:
        """Endorsed: it waits for the MAPPA unit."""
        asked = outside.ask(
            self.csc,
            borough=self.borough,
            place="West Yorkshire",
            name=name_of(PEOPLE + 40),
            police_check="The check names an order of a court in Leeds that is still in force.",
            child_at_risk="The person has moved into a household with two children under five.",
            family_work="A child in need plan since September.",
            by=self.referrer,
            at=self._at(3),
        )
        outside.endorse(asked, by=self.manager, at=self._at(2))

    def _at(self, days: int) -> datetime:
        return make_aware(datetime.combine(self.today - timedelta(days=days), time(9)))

    def _filled(
        self, number: int, days: int, agency: str, sections: int = len(SECTIONS), **changed
    ) -> Referral:
        """Children's Services write their own; the MAPPA unit enters the others from paper."""
        own = agency == "CSC"
        by = self.referrer if own else self.administrator
        values = {"agency": self.agencies[agency], "borough": self.borough, "level_asked": 2 + (number == 4)}
        referral = actions.start(self.csc if own else self.unit, **values, by=by, at=self._at(days))
        for section in referral.sections.filter(number__gte=CATEGORY)[: sections - 1]:
            said = {q.key: _answer(q, number, changed) for q in SECTIONS[section.number].questions}
            if section.number == REFERRER:
                said |= {"referrer": by.name, "manager": self.manager.name}
            child = {"name": name_of(CHILDREN + number), "birth_date": f"{2012 + number}-06-1{number}"}
            answers = {"each": [child]} if SECTIONS[section.number].each else said
            common = {"is_done": True, "revision": section.revision, "by": by, "at": self._at(days)}
            actions.save_section(referral, section.number, answers=answers, **common)
        return Referral.objects.get(pk=referral.pk)

    def _sent(self, number: int, days: int, agency: str, **changed) -> Referral:
        referral = self._filled(number, days + 2, agency, **changed)
        by = self.administrator if referral.is_on_paper else self.manager
        referral = actions.endorse(referral, by=by, at=self._at(days + 1))
        return actions.submit(referral, by=referral.started_by, at=self._at(days))

    def _decision(self, referral: Referral, days: int) -> dict:
        return {"revision": referral.revision, "by": self.administrator, "at": self._at(days)}

    def _accept(self, referral: Referral, days: int) -> None:
        values = {"outcome": "level_2", "reason": "Several agencies have to act.", "case": None}
        screening.accept(referral, **values, **self._decision(referral, days))


def _answer(question: Question, number: int, changed: dict):
    said = {
        "category": "3",
        "under_18": "no",
        "name": name_of(PEOPLE + number * 3),
        "birth_date": f"{1970 + number}-03-1{number}",
        "offence": "Threats to kill",
        "offence_on": "2025-02-11",
        "sentence": "18 months’ custody",
        "added_value": "Housing, health and social care have to act together, and at once.",
        "agencies": ["camden-asc"],
    } | changed
    if question.key in said:
        return said[question.key]
    if not question.is_required:
        return ""
    return question.choices[-2][0] if question.choices else "As known to the agency at present."
