"""The page behind a letter's link, and what ends such a link."""

import re
from datetime import timedelta
from random import randrange

from django.test import Client
from django.utils.timezone import localtime, now

from meetings.models import Contact, Invitation, Meeting

TOKEN = re.compile(r"/r/([A-Z]{3}-[\w-]{43})/")
SHOWN = re.compile(r'(?<=name="starts" value=")[^"]+')


def browser(**more) -> Client:
    """At an address of its own: who tries ended links too often has to wait."""
    return Client(REMOTE_ADDR=f"10.{'.'.join(str(randrange(256)) for _ in range(3))}", **more)


def token_of(invitation: Invitation) -> str:
    return TOKEN.search(invitation.letter.text)[1]


def answers(invitation: Invitation) -> list[tuple]:
    return list(invitation.replies.values_list("number", "answer", "channel", "name").order_by("number"))


def start(meeting):
    at = localtime() - timedelta(minutes=1)
    Meeting.objects.filter(pk=meeting.pk).update(held_on=at.date(), starts_at=at.time())
    meeting.invitations.get(agency__agency_type="CSC").links.update(
        starts=Meeting.objects.get(pk=meeting.pk).starts
    )


def cancel(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(status="cancelled")


def move(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(held_on=meeting.held_on + timedelta(days=1))


def replace(meeting):
    Contact.objects.filter(agency__agency_type="CSC").update(ended_on=meeting.held_on)


def correct(meeting):
    Contact.objects.filter(agency__agency_type="CSC").update(email="new@camden.example")


def stand_down(meeting):
    meeting.invitations.filter(agency__agency_type="CSC").update(stood_down_at=now())
