"""Pages of one protocol as its readers see it."""

import pytest

from protocols.actions import drafting
from tests.protocols.pages import fill_in, text_of, url


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
