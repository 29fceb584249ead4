"""Home, search, account, audit and mail."""

from tests.access.people import EVERYONE, MAIL, MAIL_ELSEWHERE, RECORDERS, SCREENERS
from tests.access.rows.row import rows

ROUTES = (
    rows(
        "",
        {"area_administrator", "auditor"},
        EVERYONE,
        pages=["audit:list", "audit:export"],
        post=["audit:check"],
    )
    | rows("", MAIL | MAIL_ELSEWHERE, EVERYONE, pages=["outbox:list", "outbox:jobs"])
    | rows("message", MAIL, EVERYONE - MAIL_ELSEWHERE, pages=["outbox:message"], post=["outbox:resend"])
    | rows("transfer", RECORDERS, pages=["transfers:detail", "transfers:withdraw"])
    | rows("transfer", (), RECORDERS, pages=["transfers:refuse"], post=["transfers:accept"])
    | rows("", EVERYONE, status=400, pages=["referral_figures"])
    | rows("", SCREENERS | {"hackney_administrator", "camden_csc_spoc"}, EVERYONE, pages=["outside:list"])
    | rows("", {"camden_csc_spoc"}, EVERYONE, pages=["outside:new"])
    | rows("out of area", SCREENERS | {"camden_csc_spoc"}, {"camden_mappa_chair"}, pages=["outside:detail"])
    | rows(  # it is with the MAPPA unit
        "out of area",
        {"camden_csc_spoc"},
        RECORDERS,
        status=409,
        pages=["outside:endorse"],
    )
    | rows("out of area", {"camden_csc_spoc"}, RECORDERS, post=["outside:withdraw"])
    | rows("out of area", SCREENERS, {"camden_mappa_chair", "camden_csc_spoc"}, pages=["outside:decide"])
    | rows(
        "out of area",
        SCREENERS,
        {"camden_mappa_chair", "camden_csc_spoc"},
        status=409,
        pages=["outside:answer"],
    )
    | rows("job", MAIL, EVERYONE - MAIL_ELSEWHERE, post=["outbox:try_again", "outbox:close"])
)
