"""What people type into the forms of a disclosure, and sending it."""

import re
from datetime import timedelta

from django.utils.timezone import localdate

from tests.pages import text

TODAY = localdate()


def day(name="happened_on", on=TODAY):
    return {f"{name}_{part}": getattr(on, part) for part in ("day", "month", "year")}


REQUEST = {
    **day(),
    "asked_by": "Canary Asker",
    "why": "Returns to school",
    "circumstances": ["SCHOOL"],
    "at_risk": "Pupils",
    "child_sex_offender": "no",
}
PROPOSAL = {
    **day(),
    "recipient": "Canary Head",
    "role": "head",
    "information": "Of the licence",
    "limits": "No offence",
    "ground": "harm",
    "necessity": "Needed",
    "proportionality": "Little",
    "alternatives": "None",
    "bases": ["cja325", "ukgdpr"],
    "deliverer": "metropolitan-police",
    "tell_person": "yes",
}
DECISION = {
    **day(),
    "answer": "disclose",
    "reasons": "Needed",
    "route": "emergency",
    "emergency_reason": "Term begins",
    **day("review_on", TODAY + timedelta(days=90)),
}
TOLD = {
    **day(),
    "organisation": "metropolitan-police",
    "recipient": "0",
    "where": "At school",
    "exact": "Of the licence",
    "undertaking": "yes",
}


def send(client, address, values, pages=0):
    """The last page, with everything that the pages before it asked; ``pages`` lead to the answers to check."""
    seen = re.search(r'name="seen" value="(\d+)"', client.get(address).content.decode())
    return client.post(f"{address}?step={pages + 1}", values | {"seen": seen[1] if seen else ""})


def opened(client, case) -> str:
    """The request through its pages, then recorded; its address."""
    address = f"/cases/{case}/disclosures/new/request/"
    assert "Check your answers" in text(client.post(f"{address}?step=3", REQUEST, follow=True))
    answer = client.post(f"{address}?step=4", REQUEST)
    assert answer.status_code == 302
    return answer["Location"]
