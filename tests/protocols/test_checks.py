"""What looks unfinished in a text: named clause by clause, confirmed before submission."""

import pytest

from protocols.checks import concerns
from protocols.models import Version, VersionClause
from protocols.outline import outline
from tests.protocols.pages import text_of, url


def said(*clauses: tuple[str, str]) -> list[str]:
    return [
        c.message for c in concerns(outline(VersionClause(depth=1, heading=h, body=b) for h, b in clauses))
    ]


CONCERNS = [
    (("Data", "Borough: ____ Date: \\_____"), ["Clause 1 has 2 blanks (_____)"]),
    (("Contact", "Telephone TBC"), ["Clause 1 still says “TBC”"]),
    (("Contact", "xxx"), ["Clause 1 still says “xxx”"]),
    (("Contact", "Exxxon, __init__, and so on ..."), []),
    (
        ("Signatories:", "MAPPA Chair"),
        ["Clause 1 looks like a signature block: the portal makes its own signature page, so remove it"],
    ),
    (("Duties", "(See Appendix.1)"), ["Clause 1 refers to “Appendix.1”, but no clause has this heading"]),
    (("Appendix 1", "____"), ["Appendix 1 has 1 blank (_____)"]),
]


@pytest.mark.parametrize("clause, expected", CONCERNS)
def test_what_looks_unfinished_is_said_with_its_clause(clause, expected):
    assert said(clause) == expected


def test_a_reference_to_an_appendix_that_is_there_is_no_concern():
    assert said(("Duties", "(See Appendix.1)"), ("Appendix 1: the data return", "Figures")) == []


def test_blanks_are_confirmed_before_submission(world, browser):
    version, client = world.protocol().versions.get(), browser("camden_administrator")
    version.clauses.filter(position=2).update(body="Telephone: _____")
    page = text_of(client.get(url(version, "draft/submit/")))
    assert "Clause 2 has 1 blank" in page and url(version, "draft/2/") in page
    refused = client.post(url(version, "draft/submit/"))
    assert "Confirm that what is listed may stay" in text_of(refused)
    assert version.protocol.versions.get().is_draft
    client.post(url(version, "draft/submit/"), {"looked_at": "on"})
    assert version.protocol.versions.get().status == Version.Status.CONSULTATION


def test_the_draft_of_a_template_links_each_concern(world, browser):
    version = world.draft_template()
    version.clauses.filter(position=2).update(body="Telephone: TBC")
    page = text_of(browser("co_ordinator").get(url(version)))
    assert f'<a class="govuk-link" href="{url(version, "clauses/2/")}">Clause 2 still says “TBC”</a>' in page
