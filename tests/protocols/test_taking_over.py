"""Starting from a newer template keeps the borough’s own words."""

from protocols.actions import drafting, templates
from protocols.models import TemplateVersion


def newer(world, **bodies) -> TemplateVersion:
    """The area's next version: other texts by heading, None for a clause that is dropped."""
    draft = templates.start_next(world.template(), by=world.co_ordinator)
    for heading, body in bodies.items():
        clause = draft.clauses.get(heading=heading.replace("_", " "))
        clause.delete() if body is None else draft.clauses.filter(pk=clause.pk).update(body=body)
    return templates.publish(draft, by=world.co_ordinator)


def own(world, version, named: str, **values) -> None:
    clause = version.clauses.get(heading=named)
    said = {"heading": clause.heading, "body": clause.body, "revision": clause.revision} | values
    drafting.edit_clause(clause, by=world.camden_administrator, **said)


def taken_over(world, version, template) -> list[tuple]:
    by = world.camden_administrator
    drafted = drafting.start_next(drafting.submit(version, by=by), by=by, template_version=template)
    return list(drafted.clauses.values_list("position", "heading", "body", "to_check"))


def test_a_newer_template_keeps_what_the_borough_added_where_it_stood(world):
    version = world.protocol().versions.get()
    by = world.camden_administrator
    drafting.add_clause(version, after=2, depth=2, heading="Night desk", body="Ring", by=by)
    assert [row[1:] for row in taken_over(world, version, newer(world, Review="Yearly."))] == [
        ("Introduction", "Camden and the SMB agree how they work together.", False),
        ("What each side does", "- Share what is needed\n- Attend when invited", False),
        ("Night desk", "Ring", False),
        ("Local contacts", "Ask the MAPPA unit in Camden.", False),
        ("Review", "Yearly.", False),
    ]


def test_a_newer_template_keeps_local_wording_under_a_local_heading(world):
    version = world.protocol().versions.get()
    own(world, version, "Local contacts", heading="Who to ask", body="Ask Ada.")
    found = taken_over(world, version, newer(world, Review="Yearly."))
    assert found[2:] == [(3, "Who to ask", "Ask Ada.", False), (4, "Review", "Yearly.", False)]


def test_where_both_sides_changed_a_clause_the_boroughs_stays_and_is_named(world, client):
    version = world.protocol().versions.get()
    own(world, version, "Local contacts", body="Ask Ada.")
    own(world, version, "Review", body="Each spring.")
    found = taken_over(world, version, newer(world, Local_contacts="Ask {borough}'s desk.", Review=None))
    assert found[2:] == [(3, "Local contacts", "Ask Ada.", True), (4, "Review", "Each spring.", True)]
    client.force_login(world.camden_administrator)
    page = client.get(f"/protocols/{version.protocol.reference}/draft/")
    assert [line.title for line in page.context["to_check"]] == ["2.1 Local contacts", "3 Review"]
    following = version.protocol.versions.first()
    own(world, following, "Local contacts")
    assert list(following.clauses.filter(to_check=True).values_list("heading", flat=True)) == ["Review"]
