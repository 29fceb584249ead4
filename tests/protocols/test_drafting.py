"""Pages of a borough's draft, its next version and its end."""

from django.utils import timezone

from protocols.models import Version
from protocols.outline import key_of
from tests.protocols.pages import fill_in, text_of, url


def test_saving_leads_to_the_next_clause_that_may_be_changed(world, browser):
    protocol, client = world.protocol(), browser("camden_administrator")
    version = protocol.versions.get()
    version.clauses.filter(position=3).update(locked=True)
    saved = fill_in(client, url(protocol, "draft/2/"), body="Ours", then="next")
    assert saved.url == url(protocol, "draft/4/")
    page = text_of(client.get(url(protocol, "draft/")))
    assert "Changed here" in page and "1 clause differs from the template" in page


def test_the_template_text_can_be_read_and_restored(world, browser):
    protocol, client = world.protocol(), browser("camden_administrator")
    fill_in(client, url(protocol, "draft/3/"), body="Ours")
    clause = protocol.versions.get().clauses.get(position=3)
    assert "Ask the MAPPA unit in Camden." in text_of(client.get(url(protocol, "draft/3/")))
    client.post(url(protocol, "draft/3/restore/"), {"key": key_of(clause)})
    clause.refresh_from_db()
    assert not clause.is_changed


def test_a_placeholder_stops_the_submission_and_leads_to_its_clause(world, browser):
    protocol, client = world.protocol(), browser("camden_administrator")
    fill_in(client, url(protocol, "draft/3/"), body="Ask (name of contact).")
    page = text_of(client.post(url(protocol, "draft/submit/")))
    assert "Local contacts still has a placeholder: (name of contact)" in page
    assert f'href="{url(protocol, "draft/3/")}"' in page and "<title>Error: " in page
    assert protocol.versions.get().is_draft


def test_C1_submitting_twice_asks_once(world, browser):
    protocol, client = world.protocol(), browser("camden_administrator")
    page = text_of(client.get(url(protocol, "draft/submit/")))
    assert "London SCB: only the text that all boroughs share" in page
    assert [client.post(url(protocol, "draft/submit/")).status_code for _ in range(2)] == [302, 409]
    assert protocol.versions.get().approvals.count() == 3


def test_the_next_version_is_started_once_and_can_be_discarded(world, browser):
    version, client = world.submitted(), browser("camden_administrator")
    assert [client.post(url(version, "next/")).status_code for _ in range(2)] == [302, 409]
    client.post(url(version, "draft/discard/"))
    assert [v.status for v in version.protocol.versions.all()] == [Version.Status.CONSULTATION]


def test_withdrawing_needs_a_reason(world, browser):
    version, client = world.in_force(), browser("camden_administrator")
    assert "Enter why the protocol is withdrawn" in text_of(client.post(url(version, "withdraw/")))
    page = client.post(url(version, "withdraw/"), {"reason": "A new board"}, follow=True)
    assert f"Withdrawn on {timezone.localdate().day} " in text_of(page)
