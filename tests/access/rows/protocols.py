"""Templates and protocols."""

from tests.access.people import DRAFTERS, EVERYONE, KEEPERS, OFFICE, PARTIES
from tests.access.rows.row import rows

ROUTES = (
    rows("", EVERYONE, pages=["home", "search", "account", "protocols:list", "protocols:export"])
    | rows("", EVERYONE, pages=["protocols:reviews", "protocols:templates", "protocol-list", "api-root"])
    | rows("", KEEPERS | {"leeds_co_ordinator"}, EVERYONE, pages=["protocols:template_import"])
    | rows("", {"smb_chair", "scb_chair"}, EVERYONE, stage="submitted", pages=["protocols:approvals"])
    | rows(  # London has one published template: straight to its page; West Yorkshire has none
        "", KEEPERS, EVERYONE, status=302, unlike=(("leeds_co_ordinator", 200),), pages=["protocols:new"]
    )
    | rows(
        "protocol",
        PARTIES,
        pages=["protocols:detail", "protocols:print", "protocols:history", "protocol-detail"],
    )
    | rows(
        "protocol",
        PARTIES,
        stage="in_force",
        pages=["protocols:compare", "protocols:review", "protocols:pdf"],
    )
    | rows(
        "protocol", DRAFTERS, PARTIES, pages=["protocols:draft", "protocols:clause_add", "protocols:submit"]
    )
    | rows("protocol", DRAFTERS, PARTIES, stage="next", pages=["protocols:discard"])
    | rows("clause", DRAFTERS, PARTIES, pages=["protocols:clause", "protocols:clause_remove"])
    | rows("clause", DRAFTERS, PARTIES, post=["protocols:clause_restore"])
    | rows(  # the SMB's turn comes later
        "protocol",
        {"scb_chair"},
        PARTIES,
        stage="submitted",
        unlike=(("smb_chair", 409),),
        pages=["protocols:approve"],
    )
    | rows(  # nothing is decided yet
        "approval", {"scb_chair"}, PARTIES, stage="submitted", status=409, pages=["protocols:approval_date"]
    )
    | rows(
        "protocol",
        {"camden_mappa_chair", "camden_board_chair"},
        PARTIES,
        stage="approved",
        pages=["protocols:sign"],
    )
    | rows("protocol", DRAFTERS, PARTIES, stage="in_force", pages=["protocols:next", "protocols:withdraw"])
    | rows(
        "protocol",
        DRAFTERS,
        PARTIES,
        stage="in_force",
        post=["protocols:review_early"],
    )
    | rows(  # none is due yet
        "protocol",
        DRAFTERS,
        PARTIES,
        stage="in_force",
        status=404,
        post=["protocols:review_start", "protocols:review_complete"],
    )
    | rows(
        "template",
        OFFICE,
        pages=["protocols:template", "protocols:template_preview", "protocols:template_history"],
    )
    | rows("template", KEEPERS, OFFICE, pages=["protocols:copies", "protocols:template_rename"])
    | rows("template", KEEPERS, OFFICE, post=["protocols:template_lock", "protocols:template_next"])
    | rows(
        "template",
        KEEPERS,
        OFFICE,
        stage="template",
        pages=["protocols:template_publish", "protocols:template_discard", "protocols:template_clause_add"],
    )
    | rows(
        "template clause",
        KEEPERS,
        OFFICE,
        stage="template",
        pages=["protocols:template_clause", "protocols:template_clause_remove"],
    )
)
