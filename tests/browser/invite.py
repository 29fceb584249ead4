"""Run inside a demonstration portal (``manage.py shell``): a meeting of Camden to which two agencies are asked."""

import math
from types import SimpleNamespace

from boards.models import Organisation, Territory
from boards.scope import everywhere, scope
from meetings.actions import invitations
from meetings.models import Contact
from outbox import jobs
from tests.meetings.invited import NAMES, Invited


def invite() -> str:
    """Its letters are sent here: the portal's own worker, which knows another mail server, is not told of them."""
    jobs._broker["rests_until"] = math.inf
    named = everywhere()
    with scope(named.territories, named.areas):
        borough = Territory.objects.select_related("parent").get(slug="camden")
        unit = Organisation.objects.unit_of(borough)
        camden = Invited(
            SimpleNamespace(
                territory=lambda slug: borough, organisation=lambda slug: unit, camden_administrator=None
            )
        )
        for code in ("CSC", "YOT"):
            if not camden._has_contact(code):
                camden.contact(code)
            mine = Contact.objects.current().filter(organisation=unit, agency=camden.agency(code))
            mine.update(name=NAMES[code], email=f"{code.lower()}@camden.example", representative="Rosa Quint")
        meeting = camden.meeting("CSC", "YOT", video="https://video.example/room/4")
        invitations.send(meeting, by=None)
        letters = [i.letter for i in meeting.invitations.select_related("letter")]
        promised = [(job.territory_id, job.pk) for job in (letter.job for letter in letters)]
    for one in promised:
        jobs.run(*one)
    return meeting.reference
