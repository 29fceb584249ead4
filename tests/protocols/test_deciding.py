"""Pages of approval and signature."""

from datetime import timedelta

from django.utils import timezone

from accounts.second_factor import current_code
from audit.models import Event
from boards.models import Appointment
from mappa_portal.words import clock
from protocols import waiting
from protocols.actions import approval, drafting
from protocols.models import Signature, Version
from tests.protocols.pages import fill_in, on, text_of, url
from tests.world import TODAY


def test_the_approver_is_told_what_is_missing(world, browser):
    version, client = world.submitted(), browser("scb_chair")
    address = url(version, "approve/")
    assert "Select if you approve this version" in text_of(fill_in(client, address, **on(TODAY)))
    assert "Enter the date of the decision" in text_of(fill_in(client, address, decision="approved"))
    page = text_of(fill_in(client, address, decision="changes", **on(TODAY)))
    assert "Enter what should change" in page
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = text_of(fill_in(client, address, decision="approved", **on(tomorrow)))
    assert "The date of the decision must be today or in the past" in page
    page = text_of(
        fill_in(
            client,
            address,
            decision="approved",
            **on(TODAY) | {"decided_on_day": "31", "decided_on_month": 2},
        )
    )
    assert "Date of the decision must be a real date" in page


def test_a_decision_on_a_replaced_version_is_refused(world, browser):
    version, client = world.submitted(), browser("scb_chair")
    drafting.submit(
        drafting.start_next(version, by=world.camden_administrator), by=world.camden_administrator
    )
    page = client.post(url(version, "approve/"), {"version": 1, "decision": "approved", **on(TODAY)})
    assert page.status_code == 409
    assert "Version 2 replaced version 1. Review version 2" in text_of(page)
    assert not version.protocol.versions.first().approvals.exclude(decision="open").exists()


def test_the_approver_sees_the_clauses_that_changed_since_the_last_approval(world, browser):
    version, administrator = world.approved(), world.camden_administrator
    draft = drafting.start_next(version, by=administrator)
    clause = draft.clauses.get(heading="Review")
    drafting.edit_clause(clause, heading="Review", body="Yearly.", revision=1, by=administrator)
    drafting.submit(draft, by=administrator)
    page = text_of(browser("lscb_chairs_chair").get(url(version, "approve/")))
    assert "It approved version 1 on 6 December 2012. These clauses read differently now:" in page
    assert "<li>Review: changed</li>" in page and "<li>Introduction" not in page


def test_several_protocols_are_approved_in_one_decision(world, browser):
    template = world.template()
    for borough in ("camden", "hackney"):
        draft = world.protocol(borough, template).versions.get()
        drafting.submit(draft, by=getattr(world, f"{borough}_administrator"))
    client = browser("scb_chair")
    names = [f"{code}-P-2026-001 version 1" for code in ("CMD", "HCK")]
    refused = client.post(
        "/protocols/approvals/", {"approvals": [names[0], "ISL-P-2026-001 version 1"], **on(TODAY)}
    )
    assert refused.context["form"].errors["approvals"]
    assert "Select at least one protocol" in text_of(client.post("/protocols/approvals/", on(TODAY)))
    page = client.post("/protocols/approvals/", {"approvals": names, **on(TODAY)}, follow=True)
    assert "Recorded: 2 protocols approved." in text_of(
        page
    ) and "No protocol waits for your body" in text_of(page)


def test_a_body_sees_again_what_it_asked_for_and_what_became_of_it(world, browser):
    version, administrator = world.submitted(), world.camden_administrator
    decide = {"decided_on": TODAY, "today": TODAY, "by": world.scb_chair}
    first = version.approvals.first()
    approval.decide(first, decision="changes", comment="Name the SMB in full", **decide)
    draft = drafting.start_next(version, by=administrator)
    draft.clauses.filter(heading="Introduction").update(body="The Strategic Management Board agrees.")
    drafting.submit(draft, by=administrator)
    page = text_of(browser("scb_chair").get(url(version, "approve/")))
    assert "You asked for changes on version 1" in page and "Name the SMB in full" in page
    assert "<li>Introduction: changed</li>" in page and "compare/?a=1&amp;b=2" in page
    assert "has not decided on this protocol before" not in page


def test_before_it_is_submitted_the_drafter_sees_who_is_not_asked_again(world, browser):
    draft = drafting.start_next(world.approved(), by=world.camden_administrator)
    clause = draft.clauses.get(heading="Local contacts")
    draft.clauses.filter(pk=clause.pk).update(body="A new number")
    page = browser("camden_administrator").get(url(draft, "draft/submit/"))
    assert len(page.context["asked"]) == 2
    said = "London SCB: the text it reads is unchanged since it approved version 1"
    assert said in text_of(page).split("Not asked again")[1]
    following = drafting.submit(draft, by=world.camden_administrator)
    assert list(following.approvals.values_list("decision", flat=True)) == ["approved", "open", "open"]


def test_C1_submitting_twice_ends_where_once_does(world, browser):
    version = world.protocol().versions.get()
    client = browser("camden_administrator")
    form = {"csrfmiddlewaretoken": str(client.get(url(version, "draft/submit/")).context["csrf_token"])}
    answers = [client.post(url(version, "draft/submit/"), form) for _ in range(2)]
    assert [a.headers["Location"] for a in answers] == [url(version)] * 2


def test_C1_publishing_twice_ends_where_once_does(world, browser):
    version = world.draft_template()
    client = browser("co_ordinator")
    form = {"csrfmiddlewaretoken": str(client.get(url(version, "publish/")).context["csrf_token"])}
    first, second = (client.post(url(version, "publish/"), form) for _ in range(2))
    assert first.status_code == 302 and first.headers["Location"] == second.headers["Location"]


def test_a_refusal_says_what_is_true_and_leads_back(world, browser):
    version, client = world.submitted(), browser("camden_administrator")
    read, sent = client.get(url(version, "draft/submit/")), client.post(url(version, "draft/submit/"))
    for page, recorded in ((read, False), (sent, True)):
        assert page.status_code == 409 and ("What you sent was not recorded" in text_of(page)) == recorded
        assert f'<a class="govuk-link" href="{url(version)}">Go back to CMD-P-2026-001</a>' in text_of(page)
    refused = client.get(url(version, "approve/"))
    assert refused.status_code == 403 and "nothing you sent" not in text_of(refused)
    assert "Go back to CMD-P-2026-001" in text_of(refused)


# -- Signing --


def sign(world, browser, who: str, **values):
    version = Version.objects.select_related("protocol").get()
    both = {"read": "on", "bind": "on", "code": current_code(getattr(world, who))}
    return fill_in(browser(who), url(version, "sign/"), **both | values)


def test_both_statements_and_the_code_are_needed(world, browser):
    version, client = world.approved(), browser("camden_mappa_chair")
    page = text_of(fill_in(client, url(version, "sign/")))
    assert "Select both statements to sign" in page and "Enter the 6-digit code" in page
    assert version.content_hash in page and "checked" not in page
    page = text_of(sign(world, browser, "camden_mappa_chair", bind=""))
    assert "Select both statements to sign" in page and not Signature.objects.exclude(signed_by=None).exists()


def test_I2_two_chairs_sign_and_the_protocol_is_in_force(world, browser):
    version = world.approved()
    page = text_of(browser("camden_administrator").get(url(version)))
    assert "Not signed yet: waiting for MAPPA Chair and LSCB Chair" in page
    for who in ("camden_mappa_chair", "camden_board_chair"):
        assert sign(world, browser, who).status_code == 302
        assert "You have signed" in text_of(browser(who).get(url(version, "sign/")))
    assert f"In force since {timezone.localdate().day} " in text_of(
        browser("camden_administrator").get(url(version))
    )


def test_C1_signing_twice_is_one_signature(world, browser):
    version = world.approved()
    client = browser("camden_mappa_chair")
    opened = client.get(url(version, "sign/")).context["form"].initial["opened"]
    data = {"read": "on", "bind": "on", "code": current_code(world.camden_mappa_chair), "opened": opened}
    assert [client.post(url(version, "sign/"), data).status_code for _ in range(2)] == [302, 409]
    assert Event.objects.filter(name="version.signed").count() == 1


def test_I2_who_holds_both_seats_signs_once_and_is_told_who_must_sign_else(world, browser):
    version, both = world.approved(), world.camden_mappa_chair
    board = version.protocol.board
    Appointment.objects.create(user=both, organisation=board, seat="chair", starts_on=TODAY)
    assert sign(world, browser, "camden_mappa_chair").status_code == 302
    client = browser("camden_mappa_chair")
    page = text_of(client.get(url(version, "sign/")))
    assert f"You signed as MAPPA Chair for {version.protocol.organisation}" in page
    assert f"signs: {world.camden_board_chair.name}." in page and "<form method" not in page.split("<main")[1]
    assert client.get(url(version)).context["step"] is None
    assert not waiting.signatures_for(both)
    Appointment.objects.filter(user=world.camden_board_chair).update(ends_on=TODAY - timedelta(days=1))
    page = text_of(client.get(url(version, "sign/")))
    assert f"nobody but you chairs {board} now" in page and "appoint another person" in page


def test_the_page_says_until_when_no_code_is_needed(world, browser):
    version, client = world.approved(), browser("camden_mappa_chair")
    assert "No code is needed" not in text_of(client.get(url(version, "sign/")))
    code = {"code": current_code(world.camden_mappa_chair)}
    fill_in(client, url(version, "sign/"), read="on", **code)  # one statement is missing: not signed yet
    page = client.get(url(version, "sign/"))
    confirmed = page.context["form"].confirmed
    assert confirmed["until"] - confirmed["at"] == timedelta(minutes=10)
    said = f"confirmed who you are at {clock(confirmed['at'])}. No code is needed until {clock(confirmed['until'])}."
    assert said in text_of(page)


def test_A6_a_chair_who_lost_the_seat_meanwhile_signs_nothing_and_is_told_why(world, browser):
    version, client = world.approved(), browser("camden_mappa_chair")
    opened = client.get(url(version, "sign/")).context["form"].initial["opened"]
    Appointment.objects.filter(user=world.camden_mappa_chair).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    data = {"read": "on", "bind": "on", "code": current_code(world.camden_mappa_chair), "opened": opened}
    page = client.post(url(version, "sign/"), data)
    assert page.status_code == 403
    assert "You no longer hold the seat that signs this protocol" in text_of(
        page
    ) and "nothing was signed" in text_of(page)
    assert not Signature.objects.exclude(signed_by=None).exists()
    assert client.get(url(version, "sign/")).status_code == 404  # without having opened it, it does not exist


def test_a_version_replaced_while_the_chair_read_is_not_signed(world, browser):
    version, client = world.approved(), browser("camden_mappa_chair")
    opened = client.get(url(version, "sign/")).context["form"].initial["opened"]
    drafting.start_next(version, by=world.camden_administrator)
    page = client.post(url(version, "sign/"), {"read": "on", "bind": "on", "opened": opened})
    assert page.status_code == 409 and not Signature.objects.exclude(signed_by=None).exists()
