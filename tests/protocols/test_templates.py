"""Pages of templates: import, correction, publishing, copies for boroughs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from protocols.actions import templates
from protocols.models import Protocol, Template
from protocols.outline import key_of
from tests.protocols.pages import fill_in, text_of, url

MARKDOWN = b"# Introduction\n\nFor (Name of Borough).\n\n# Duties\n\n- one\n- two\n"


def test_an_imported_file_is_a_draft_to_correct(browser):
    file = SimpleUploadedFile("northern protocol.md", MARKDOWN)
    page = browser("co_ordinator").post("/protocols/templates/import/", {"file": file}, follow=True)
    said = text_of(page)
    assert "imported as a draft" in said and "1 Introduction" in said and "filled in at 1 place" in said
    assert Template.objects.get().name == "northern protocol"


def test_the_page_of_the_import_opens_without_an_error(browser):
    said = text_of(browser("co_ordinator").get("/protocols/templates/import/"))
    assert "There is a problem" not in said and "Error:" not in said


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
    for move in ("up", "in"):
        fill_in(client, url(version, f"clauses/{clause.position}/"), move=move)
        clause.refresh_from_db()
    assert (clause.position, clause.depth, clause.revision) == (1, 2, 1)


def test_what_was_typed_is_saved_before_the_clause_moves(world, browser):
    version, client = world.draft_template(), browser("co_ordinator")
    moved = fill_in(client, url(version, "clauses/2/"), body="Typed", move="down")
    assert moved.url == url(version, "clauses/3/") and version.clauses.get(position=3).body == "Typed"


def test_C2_a_clause_that_somebody_changed_stays_in_its_place(world, browser):
    version, client = world.draft_template(), browser("co_ordinator")
    opened = client.get(url(version, "clauses/2/")).context["form"].initial
    fill_in(browser("office_administrator"), url(version, "clauses/2/"), body="Theirs")
    clash = client.post(url(version, "clauses/2/"), opened | {"body": "Mine", "move": "up"})
    assert clash.status_code == 409 and "Mine</textarea>" in text_of(clash)
    assert version.clauses.get(position=2).body == "Theirs"


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


def test_the_name_keeps_the_words_where_the_borough_goes(browser):
    file = SimpleUploadedFile(
        "a.md",
        b"# Protocol for (Name of Borough) LSCB\n\n## Duties\n\nAttend.\n\n## Review\n\nYearly.\n",
    )
    browser("co_ordinator").post("/protocols/templates/import/", {"file": file})
    assert Template.objects.get().name == "Protocol for (name of borough) LSCB"


def test_a_template_is_renamed_but_not_to_a_name_that_is_taken(world, browser):
    version, client = world.template(), browser("co_ordinator")
    world.draft_template("Another")
    taken = fill_in(client, url(version, "rename/"), name="another")
    assert "Another template of your area has this name" in text_of(taken) and 'value="another"' in text_of(
        taken
    )
    fill_in(client, url(version, "rename/"), name="MAPPA and LSCB")
    assert Template.objects.get(pk=version.template_id).name == "MAPPA and LSCB"
    assert "Renamed" in text_of(client.get(url(version, "history/")))


def test_copies_are_offered_to_those_who_have_none(world, browser):
    version, client = world.template(), browser("co_ordinator")
    world.protocol("camden")
    said = text_of(client.get(url(version, "copies/")))
    assert "All 2 boroughs without a copy" in said and 'value="camden"' not in said
    assert 'Camden: <a class="govuk-link" href="/protocols/CMD-P-2026-001/">' in said
    assert "Create 2 drafts" in text_of(client.post(url(version, "copies/"), {"which": "all"}))


def test_when_every_borough_has_a_copy_none_is_offered(world, browser):
    version, client = world.template(), browser("co_ordinator")
    for borough in ("camden", "hackney", "islington"):
        world.protocol(borough)
    said = text_of(client.get(url(version, "copies/")))
    assert "Every borough has a copy of this template" in said and "Which boroughs get a draft?" not in said


def test_what_is_in_force_from_another_template_is_said(world, browser):
    world.in_force("camden")
    other = templates.publish(world.draft_template("Another"), by=world.co_ordinator)
    said = text_of(browser("co_ordinator").get(url(other, "copies/")))
    assert "In force from another template" in said and "CMD-P-2026-001" in said
    assert "All 3 boroughs" in said


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
