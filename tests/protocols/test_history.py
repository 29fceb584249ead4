"""What the history says: the clause that went, the decision, and of which version."""

from protocols.actions import drafting, templates
from tests.protocols.pages import text_of, url


def test_a_removed_clause_is_named(world, browser):
    version = world.protocol().versions.get()
    drafting.remove_clause(version.clauses.get(heading="Local contacts"), by=world.camden_administrator)
    said = text_of(browser("camden_administrator").get(url(version, "history/")))
    assert "Clause removed" in said and "Local contacts</div>" in said


def test_a_decision_is_said_as_what_was_decided(world, browser):
    said = text_of(browser("camden_administrator").get(url(world.approved(), "history/")))
    assert said.count(">Approved</h2>") == 3 and "Decision recorded" not in said


def test_the_history_of_a_template_version_leaves_out_the_others(world, browser):
    first = world.template()
    second = templates.start_next(first, by=world.co_ordinator)
    templates.remove_clause(second.clauses.get(heading="Review"), by=world.co_ordinator)
    client = browser("co_ordinator")
    old, new = (text_of(client.get(url(version, "history/"))) for version in (first, second))
    assert "Imported from a file" in old and "Clause removed" not in old and "Next version started" not in old
    assert "Clause removed" in new and "Review</div>" in new and "Imported from a file" not in new


def test_a_locked_clause_can_be_read_from_the_draft(world, browser):
    version = world.protocol().versions.get()
    said = text_of(browser("camden_administrator").get(url(version, "draft/")))
    assert f"{url(version)}?version=1#clause-1" in said


def test_the_clauses_of_a_published_template_lead_to_their_text(world, browser):
    version = world.template()
    said = text_of(browser("co_ordinator").get(url(version)))
    assert f"{url(version, 'preview/')}#clause-2" in said


def test_a_borough_is_told_whose_the_templates_are(world, browser):
    world.protocol()
    said = text_of(browser("camden_administrator").get("/protocols/templates/"))
    assert "No templates yet" not in said and "open to your area's executive office only" in said
