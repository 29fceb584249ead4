"""A referral of Camden's Children's Services at any stage: the referrer writes it, the contact endorses it."""

import base64

from django.utils.timezone import now

from boards.roles import Seat
from referrals.actions import attachments
from referrals.actions import referrals as actions
from referrals.models import Referral
from referrals.referring.form_a import SECTIONS, Question
from tests.factories import person

CANARY = "Jo Canary"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
SAID = {
    "level_asked": "2",
    "category": "3",
    "under_18": "no",
    "name": CANARY,
    "birth_date": "1980-02-29",
    "offence_on": "2024-05-01",
    "agencies": ["camden-adult-social-care"],
}


def answer(question: Question):
    if question.key in SAID or not question.is_required:
        return SAID.get(question.key, "")
    return question.choices[0][0] if question.choices else f"{question.label} of {CANARY}"


def answers(number: int, **changed) -> dict:
    section = SECTIONS[number]
    if section.each:
        return {
            "each": [{"name": f"Child {CANARY}", "birth_date": "2015-01-01", "address": "", "key_worker": ""}]
        }
    return {q.key: answer(q) for q in section.questions} | changed


def referrer(world):
    try:
        return world.camden_csc_referrer
    except AttributeError:
        return person("camden_csc_referrer", world.organisation("camden-childrens-services"), Seat.REFERRER)


def started(
    world, *, agency: str = "camden-childrens-services", borough: str = "camden", by=None
) -> Referral:
    of = world.organisation(agency)
    values = {"agency": of, "borough": world.territory(borough), "level_asked": 2}
    return actions.start(of, **values, by=by or referrer(world), at=now())


def fill(referral: Referral, by, **changed) -> Referral:
    for section in referral.sections.all():
        said = answers(section.number)
        said |= {key: value for key, value in changed.items() if key in said}
        values = {"answers": said, "is_done": True, "revision": section.revision}
        actions.save_section(referral, section.number, **values, by=by, at=now())
    referral.refresh_from_db()
    return referral


def attached(referral: Referral, by, *, data: bytes = PNG, what: str = "A report", name: str = "canary.png"):
    return attachments.attach(referral, data=data, kind="png", name=name, what=what, by=by, at=now())


def filled(world, **changed) -> Referral:
    return fill(started(world), referrer(world), **changed)


def endorsed(world, **changed) -> Referral:
    return actions.endorse(filled(world, **changed), by=world.camden_csc_spoc, at=now())


def submitted(world, **changed) -> Referral:
    return actions.submit(endorsed(world, **changed), by=referrer(world), at=now())


def sent_referral(world, borough: str, **changed) -> Referral:
    """Of an agency without people of its own in the matrix, entered and sent at once."""
    agency = world.organisation(f"{borough}-youth-justice-service")
    writer, manager = (
        person(f"{borough}_{seat}", agency, seat) for seat in (Seat.REFERRER, Seat.REPRESENTATIVE)
    )
    referral = fill(started(world, agency=agency.slug, borough=borough, by=writer), writer, **changed)
    attached(referral, writer, what=changed.get("name", "A report"))
    return actions.submit(actions.endorse(referral, by=manager, at=now()), by=writer, at=now())
