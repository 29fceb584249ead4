"""The web door: what each page says, to whom, and what a second click does."""

import csv
import io
import secrets
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.second_factor import current_code
from audit.models import Event
from boards.models import Appointment
from mappa_portal.pagination import keyset, sorting
from protocols import listing
from protocols.actions import approval, copies, drafting, templates
from protocols.models import Protocol, Review, Signature, Template, TemplateVersion, Version
from protocols.outline import key_of
from tests.world import TODAY

MARKDOWN = b"# Introduction\n\nFor (Name of Borough).\n\n# Duties\n\n- one\n- two\n"


@pytest.fixture(autouse=True)
def own_counters(settings):
    """Used codes and rate limits live in Redis: each test counts its own."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": secrets.token_hex(4)}}


@pytest.fixture
def browser(world):
    """``browser("camden_administrator")``: signed in as a person of the world."""

    def open_as(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return open_as


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def fill_in(client: Client, url: str, form: str = "form", **values):
    """Post the page's own form: what stands in it, changed by ``values``."""
    opened = client.get(url).context[form]
    data = {opened.add_prefix(n): opened[n].value() for n in opened.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return client.post(url, data | values)


def on(day) -> dict[str, int]:
    return {"decided_on_day": day.day, "decided_on_month": day.month, "decided_on_year": day.year}


def url(thing, page: str = "") -> str:
    if isinstance(thing, TemplateVersion):
        return f"/protocols/templates/{thing.template.reference}/{thing.number}/{page}"
    protocol = thing.protocol if isinstance(thing, Version) else thing
    return f"/protocols/{protocol.reference}/{page}"


# -- Templates --


def test_an_imported_file_is_a_draft_to_correct(browser):
    file = SimpleUploadedFile("northern protocol.md", MARKDOWN)
    page = browser("co_ordinator").post("/protocols/templates/import/", {"file": file}, follow=True)
    said = text_of(page)
    assert "imported as a draft" in said and "1 Introduction" in said and "filled in at 1 place" in said
    assert Template.objects.get().name == "northern protocol"


BAD_FILES = {
    "no file": (None, "Select a file"),
    "empty": (SimpleUploadedFile("a.md", b""), "The selected file is empty"),
    "damaged Word file": (SimpleUploadedFile("a.docx", b"PK\3\4 broken"), "The file is damaged"),
    "with a password": (
        SimpleUploadedFile(
            "a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le")
        ),
        "protected with a password",
    ),
    "a picture": (SimpleUploadedFile("a.png", b"\x89PNG"), "The file must be Word (.docx) or Markdown (.md)"),
    "no text in it": (SimpleUploadedFile("a.md", b"\n\n"), "This file has no text"),
}


@pytest.mark.parametrize("file, message", BAD_FILES.values(), ids=BAD_FILES)
def test_U1_a_bad_file_is_refused_beside_its_field_and_the_name_stays(browser, file, message):
    data = {"name": "London protocol", **({"file": file} if file else {})}
    page = browser("co_ordinator").post("/protocols/templates/import/", data)
    assert message in " ".join(page.context["form"].errors["file"])
    assert message in text_of(page) and 'value="London protocol"' in text_of(page)
    assert not Template.objects.exists()


def test_a_file_that_is_too_large_is_refused(browser, settings):
    settings.UPLOAD_MAX_BYTES = 2**20
    file = SimpleUploadedFile("a.docx", b"x" * (2**20 + 1))
    page = browser("co_ordinator").post("/protocols/templates/import/", {"file": file})
    assert "must be smaller than 1 MB" in text_of(page)


def test_a_template_without_merge_fields_warns(world, browser):
    file = SimpleUploadedFile("a.md", b"# Duties\n\nThe same for all.\n")
    page = browser("co_ordinator").post("/protocols/templates/import/", {"file": file}, follow=True)
    assert "every borough would get the same text" in text_of(page)


def test_a_name_with_a_draft_is_refused_beside_the_name(world, browser):
    world.draft_template()
    data = {"file": SimpleUploadedFile("a.md", MARKDOWN), "name": "London protocol"}
    page = browser("co_ordinator").post("/protocols/templates/import/", data)
    assert "has a draft already" in page.context["form"].errors["name"][0]


def test_C2_a_stale_save_shows_both_wordings_and_either_can_be_kept(world, browser):
    version = world.draft_template()
    address = url(version, "clauses/2/")
    first, second = browser("co_ordinator"), browser("office_administrator")
    opened = second.get(address).context["form"].initial
    fill_in(first, address, body="Theirs")
    clash = second.post(address, opened | {"body": "Mine"})
    assert clash.status_code == 409
    said = text_of(clash)
    assert "Co Ordinator changed this at" in said and "Theirs" in said and "Mine</textarea>" in said
    form = clash.context["form"]
    kept = second.post(address, {n: form[n].value() for n in ("heading", "body", "key", "revision")})
    assert kept.status_code == 302 and version.clauses.get(position=2).body == "Mine"


def test_C1_saving_the_same_twice_is_no_clash(world, browser):
    version = world.draft_template()
    client, address = browser("co_ordinator"), url(version, "clauses/2/")
    opened = client.get(address).context["form"].initial | {"body": "Once", "locked": ""}
    assert [client.post(address, opened).status_code for _ in range(2)] == [302, 302]
    assert version.clauses.get(position=2).revision == 2


def test_C2_an_edit_follows_its_clause_when_others_move(world, browser):
    version = world.draft_template()
    client, address = browser("co_ordinator"), url(version, "clauses/2/")
    opened = client.get(address).context["form"].initial | {"body": "Duties", "locked": ""}
    templates.add_clause(version, after=0, depth=1, heading="Before", body="", by=world.co_ordinator)
    client.post(address, opened)
    bodies = {c.heading: c.body for c in version.clauses.all()}
    assert bodies["What each side does"] == "Duties" and bodies["Introduction"].startswith("{borough}")


def test_nothing_typed_is_lost_when_the_clause_is_gone(world, browser):
    version = world.draft_template()
    client, address = browser("co_ordinator"), url(version, "clauses/2/")
    opened = client.get(address).context["form"].initial
    templates.remove_clause(version.clauses.get(position=2), by=world.co_ordinator)
    page = client.post(address, opened | {"body": "A long text"})
    assert page.status_code == 409 and ">A long text</textarea>" in text_of(page)


def test_C1_a_clause_added_twice_stands_once(world, browser):
    version = world.draft_template()
    client, address = browser("co_ordinator"), url(version, "clauses/add/")
    shape = client.get(address).context["form"].initial["shape"]
    data = {"after": 1, "depth": 1, "heading": "Escalation", "body": "To the SMB", "shape": shape}
    first, second = client.post(address, data), client.post(address, data)
    assert first.status_code == 302
    assert "The list of clauses changed after you opened this page" in text_of(second)
    assert [c.heading for c in version.clauses.all()].count("Escalation") == 1


def test_clauses_are_locked_and_unlocked_many_at_once(world, browser):
    version, client = world.draft_template(), browser("co_ordinator")
    keys = [key_of(c) for c in version.clauses.all()[:2]]
    said = text_of(client.post(url(version, "lock/"), {"clauses": keys, "to": "locked"}, follow=True))
    assert "2 clauses are now locked" in said and "4 clauses: 2 locked" in said
    said = text_of(client.post(url(version, "lock/"), {"clauses": keys[:1], "to": "open"}, follow=True))
    assert "1 clause is now open to the boroughs" in said
    assert "Select at least one clause" in text_of(
        client.post(url(version, "lock/"), {"to": "open"}, follow=True)
    )


def test_a_clause_is_moved_and_indented_by_buttons(world, browser):
    version, client = world.draft_template(), browser("co_ordinator")
    clause = version.clauses.get(position=2)
    for to in ("up", "in"):
        client.post(url(version, f"clauses/{clause.position}/move/"), {"key": key_of(clause), "to": to})
        clause.refresh_from_db()
    assert (clause.position, clause.depth) == (1, 2)


def test_publishing_then_copies_for_all_boroughs(world, browser):
    version, client = world.draft_template(), browser("co_ordinator")
    client.post(url(version, "publish/"))
    page = client.get("/protocols/new/", follow=True)
    assert "All 3 boroughs" in text_of(page)
    check = client.post(url(version, "copies/"), {"which": "all"})
    assert "Create 3 drafts" in text_of(check) and not Protocol.objects.exists()
    create = {"which": "all", "step": "create"}
    assert "3 boroughs have a draft" in text_of(client.post(url(version, "copies/"), create))
    again = text_of(client.post(url(version, "copies/"), create))
    assert "No draft was created" in again and "Camden has a copy of this template already" in again
    assert Protocol.objects.count() == 3


def test_copies_for_some_boroughs_need_a_borough(world, browser):
    version, client = world.template(), browser("co_ordinator")
    assert "Select which boroughs get a draft" in text_of(client.post(url(version, "copies/")))
    assert "Select at least one borough" in text_of(client.post(url(version, "copies/"), {"which": "some"}))
    client.post(
        url(version, "copies/"), {"which": "some", "boroughs": ["camden", "hackney"], "step": "create"}
    )
    assert {p.about.slug for p in Protocol.objects.all()} == {"camden", "hackney"}


def test_A1_a_foreign_borough_among_those_ticked_refuses_all(world, browser):
    version = world.template()
    data = {"which": "some", "boroughs": ["camden", "leeds"], "step": "create"}
    browser("co_ordinator").post(url(version, "copies/"), data)
    assert not Protocol.objects.exists()


# -- Drafting --


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


# -- Approval --


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


# -- Reading --


def test_compare_names_what_was_added_and_removed_aloud(world, browser):
    version, administrator = world.submitted(), world.camden_administrator
    client = browser("camden_board_chair")
    assert "There is one version so far" in text_of(client.get(url(version, "compare/")))
    draft = drafting.start_next(version, by=administrator)
    assert "These versions are the same" in text_of(client.get(url(version, "compare/")))
    clause = draft.clauses.get(heading="Review")
    drafting.edit_clause(
        clause, heading="Review", body="Within six months of adoption.", revision=1, by=administrator
    )
    page = text_of(client.get(url(version, "compare/")))
    hidden = '<span class="govuk-visually-hidden">'
    assert f'<del class="app-removed">{hidden} [removed: </span> twelve' in page
    assert f'<ins class="app-added">{hidden} [added: </span> six' in page
    assert "3 unchanged clauses" in page


def test_parties_see_who_did_what_and_drafters_also_the_words(world, browser):
    protocol = world.protocol()
    fill_in(browser("camden_administrator"), url(protocol, "draft/3/"), body="Klaxon")
    said = {
        who: text_of(browser(who).get(url(protocol, "history/")))
        for who in ("camden_administrator", "smb_chair")
    }
    assert all("Clause changed" in page and "by Camden Administrator" in page for page in said.values())
    assert "Klaxon" in said["camden_administrator"]
    assert "Klaxon" not in said["smb_chair"]


def test_the_pdf_waits_for_the_last_approval(world, browser):
    page = browser("camden_administrator").get(url(world.submitted(), "pdf/"))
    assert page.status_code == 409 and "The PDF of this version is not ready" in text_of(page)


def test_print_carries_marking_reference_and_printer(world, browser):
    page = text_of(browser("camden_board_chair").get(url(world.in_force(), "print/")))
    assert page.count("OFFICIAL-SENSITIVE") == 2
    assert "CMD-P-2026-001, version 1" in page and "by Camden Board Chair" in page


@pytest.mark.parametrize("asked", ["9", "0", "x", "99999999999999999999", "1\x00"])
def test_a_version_that_is_not_there_is_not_found(world, browser, asked):
    protocol = world.protocol()
    assert browser("camden_administrator").get(url(protocol), {"version": asked}).status_code == 404


# -- The list --


def test_a_list_costs_the_same_for_one_row_and_three(world, browser):
    template = world.template()
    client = browser("co_ordinator")

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            client.get("/protocols/")
        return [q["sql"] for q in seen]

    world.protocol("camden", template)
    queries()  # the first request of a session writes when it was
    one = queries()
    for borough in ("hackney", "islington"):
        draft = world.protocol(borough, template).versions.get()
        drafting.submit(draft, by=getattr(world, f"{borough}_administrator"))
    assert len(queries()) == len(one)


LISTS = [
    ({}, ["CMD", "HCK"]),
    ({"status": "consultation"}, ["HCK"]),
    ({"borough": "camden"}, ["CMD"]),
    ({"due": "none", "sort": "-borough"}, ["HCK", "CMD"]),
    ({"status": "nonsense", "borough": "leeds", "sort": "password"}, ["CMD", "HCK"]),  # an allow-list (A3)
]


@pytest.mark.parametrize("asked, codes", LISTS)
def test_A3_filters_and_order(world, browser, asked, codes):
    template = world.template()
    world.protocol("camden", template)
    drafting.submit(world.protocol("hackney", template).versions.get(), by=world.hackney_administrator)
    page = browser("co_ordinator").get("/protocols/", asked)
    assert [row.protocol.reference[:3] for row in page.context["rows"]] == codes


def test_what_is_in_force_stays_in_sight_while_the_next_version_is_written(world, browser):
    version = world.in_force()
    drafting.start_next(version, by=world.camden_administrator)
    client = browser("camden_board_chair")
    assert "Version 1 has been in force since" in text_of(client.get(url(version)))
    rows = client.get("/protocols/", {"status": "in_force"}).context["rows"]
    assert [row.protocol.version_number for row in rows] == [2]


@pytest.mark.parametrize("order", [name for key in listing.ORDER for name in (key, f"-{key}")])
def test_every_order_pages_through_all_rows_and_back(world, order):
    boroughs = list(world.territory("london").children.all())
    copies.give_copies(world.template(), boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    found = listing.protocols_for(world.co_ordinator)

    def page(query: str):
        request = RequestFactory().get("/protocols/" + query)
        _, fields = sorting(request, listing.ORDER, "reference")
        return keyset(found, request, *fields, size=1)

    seen, query = [], f"?sort={order}"
    while query:
        seen.append(page(query))
        query = seen[-1].next_url
    rows = [row.reference for one in seen for row in one]
    assert len(set(rows)) == len(rows) == 3
    assert page(seen[2].previous_url).rows == seen[1].rows


def test_a_list_without_matches_says_so(world, browser):
    world.protocol()
    page = text_of(browser("co_ordinator").get("/protocols/", {"status": "withdrawn"}))
    assert "No protocol matches these filters" in page


def test_X1_the_export_is_recorded_marked_and_holds_what_the_list_shows(world, browser):
    world.submitted()
    response = browser("camden_administrator").get("/protocols/export.csv", {"status": "consultation"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["OFFICIAL-SENSITIVE"]
    assert rows[2][:6] == [
        "CMD-P-2026-001",
        "Camden",
        "Camden LSCB",
        "1",
        "With the approving bodies",
        "London SCB",
    ]
    assert "attachment" in response["Content-Disposition"]
    assert Event.objects.get(name="protocols.exported").reason == "1 row, CSV"


def test_E4_exports_are_limited(world, browser):
    client = browser("camden_administrator")
    answers = [client.get("/protocols/export.csv").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


# -- Reviews, home, search --


def test_a_review_is_started_once_completed_and_followed_by_the_next(world, browser):
    version, client = world.in_force(), browser("camden_administrator")
    first = Review.objects.get()
    assert [client.post(url(version, "reviews/start/"), {"kind": "first"}).status_code for _ in range(2)] == [
        302,
        409,
    ]
    empty = client.post(url(version, "reviews/complete/"), {"kind": "first"})
    assert "Enter the date when the review was completed" in text_of(empty) and "<title>Error: " in text_of(
        empty
    )
    today = timezone.localdate()
    done = {
        "first-on_day": today.day,
        "first-on_month": today.month,
        "first-on_year": today.year,
        "kind": "first",
    }
    page = client.post(url(version, "reviews/complete/"), done, follow=True)
    assert "The review is complete. The next one is due on" in text_of(page)
    assert Review.objects.open().get().due_on > first.due_on


def test_an_early_review_needs_a_reason_and_comes_once(world, browser):
    version, client = world.in_force(), browser("camden_administrator")
    assert "Enter why the review comes early" in text_of(client.post(url(version, "reviews/early/")))
    called = {"early-reason": "New guidance"}
    assert [client.post(url(version, "reviews/early/"), called).status_code for _ in range(2)] == [302, 409]
    assert Review.objects.filter(kind=Review.Kind.EARLY).count() == 1


def test_the_calendar_shows_what_falls_due(world, browser):
    client = browser("smb_member")
    assert "No reviews due before" in text_of(client.get("/protocols/reviews/"))
    world.in_force()
    due = Review.objects.get().due_on
    assert f"{due:%B %Y}" in text_of(client.get("/protocols/reviews/"))


HOME = [
    ("scb_chair", "submitted", "Approve the Camden protocol, version 1"),
    ("smb_chair", "submitted", None),
    ("camden_mappa_chair", "approved", "Sign the Camden protocol, version 1"),
    ("hackney_mappa_chair", "approved", None),
    ("camden_administrator", "protocol", "Finish the Camden protocol, version 1"),
    ("co_ordinator", "draft_template", "Publish the template “London protocol”"),
]


@pytest.mark.parametrize("who, stage, task", HOME)
def test_home_names_what_waits_for_each(world, browser, who, stage, task):
    getattr(world, stage)()
    tasks = [f"{t.verb} {t.title}" for group in browser(who).get("/").context["groups"] for t in group.tasks]
    assert tasks == ([task] if task else [])


def test_home_asks_for_the_changes_that_a_body_wants_and_for_due_reviews(world, browser):
    version = world.submitted()
    first = version.approvals.first()
    approval.decide(
        first, decision="changes", decided_on=TODAY, comment="Name a person", by=world.scb_chair, today=TODAY
    )
    assert "Change the Camden protocol, version 1" in text_of(browser("camden_administrator").get("/"))


SEARCHES = [
    ("cmd-p", ["CMD-P-2026-001"]),
    ("CMD-P-2026-001", ["CMD-P-2026-001"]),
    ("hack", ["HCK-P-2026-001"]),
    ("london prot", ["LON-T-2026-001"]),
    ("leeds", []),
    ("P-2026", []),
]


@pytest.mark.parametrize("query, references", SEARCHES)
def test_A3_search_finds_references_boroughs_and_template_names(world, browser, query, references):
    template = world.template()
    boroughs = list(world.territory("london").children.all())
    copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    found = browser("co_ordinator").get("/search/", {"q": query}).context["found"]
    mine = [hit.reference for part in found if part.kind in ("protocols", "templates") for hit in part.hits]
    assert mine == references


def test_A3_search_shows_a_borough_its_own_only(world, browser):
    boroughs = list(world.territory("london").children.all())
    copies.give_copies(world.template(), boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    page = text_of(browser("camden_administrator").get("/search/", {"q": "HCK-P"}))
    assert "HCK-P-2026-001" not in page
