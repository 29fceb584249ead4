"""What became of an invitation: seen where the person is appointed, never its text."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions
from boards.models import Appointment
from outbox.jobs import MAX_ATTEMPTS, run_jobs
from tests.outbox.post_office import PostOffice

REFUSED = [("rcpt 550 no such person", 1), ("rcpt 450 try later", MAX_ATTEMPTS)]


@pytest.fixture
def post(settings):
    """Hands over what is due, to a server that gives these answers."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 3

    def deliver(*answers: str) -> None:
        with PostOffice(*answers) as office:
            settings.EMAIL_PORT = office.port
            for hour in range(len(answers)):
                run_jobs(now=timezone.now() + timedelta(days=hour))

    return deliver


@pytest.mark.parametrize(("answer", "times"), REFUSED)
def test_O2_a_refused_invitation_is_seen_and_a_new_one_is_sent(world, client, post, answer, times):
    user = world.camden_business_manager
    page = f"/admin/area/london/people/{Appointment.objects.get(user=user).reference}/"
    client.force_login(world.area_administrator)
    assert "Invitation</dt>" not in client.get(page).content.decode()

    client.post(f"{page}account/", {"verb": "invite"})
    assert "Waiting to be sent" in client.get(page).content.decode()
    post(*[answer] * times)
    shown = client.get(page).content.decode()
    assert "Could not be delivered" in shown and "Send a new invitation" in shown

    client.post(f"{page}account/", {"verb": "invite"})
    assert "Waiting to be sent" in client.get(page).content.decode()
    post("250 kept")
    assert "Sent on" in client.get(page).content.decode()


def test_a_letter_shows_its_state_alone(world, client, post):
    user = world.camden_business_manager
    actions.recover(user.email)
    post("rcpt 550 no such person")
    page = f"/admin/area/london/people/{Appointment.objects.get(user=user).reference}/"
    client.force_login(world.auditor)
    shown = client.get(page).content.decode()
    assert "Link to a new password" in shown and "Could not be delivered" in shown
    assert "/recover/" not in shown and "550" not in shown
