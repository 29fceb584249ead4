"""Cases, referrals, disclosures."""

from tests.access.people import (
    CAMDEN,
    EVERYONE,
    KEEP_CASES,
    KEEPERS,
    RECORDERS,
    REFER,
    REGION,
    SCREENERS,
    SPOCS,
)
from tests.access.rows.row import rows

ROUTES = (
    rows("", KEEP_CASES, EVERYONE, pages=["referrals:list", "referrals:new"])
    | rows("case", RECORDERS, pages=["referrals:case", "referrals:edit", "referrals:level"])
    | rows("case", RECORDERS, pages=["referrals:end", "referrals:address_add"])
    | rows("case", RECORDERS, pages=["referrals:transfer"])
    | rows("address", RECORDERS, pages=["referrals:address_correct", "referrals:address_end"])
    | rows("case", RECORDERS, status=409, pages=["referrals:level_correct", "referrals:withdraw"])
    | rows("case", RECORDERS, status=409, pages=["referrals:recall", "referrals:take_back"])
    | rows("case", RECORDERS, status=409, pages=["referrals:unmerge"])
    | rows("case", RECORDERS, pages=["referrals:merge"])
    | rows("two cases", RECORDERS, pages=["referrals:merge_both"])
    | rows("case", RECORDERS, pages=[f"referrals:{page}" for page in ("records", "looks", "restrict")])
    | rows("case", RECORDERS, pages=["referrals:looks_export"])
    | rows("case", RECORDERS, status=409, pages=["referrals:lift_restriction"])
    | rows("", KEEP_CASES, EVERYONE, pages=["referrals:due"])
    | rows("case", RECORDERS, pages=["referrals:pack_new"])
    | rows("pack", RECORDERS, pages=["referrals:pack", "referrals:pack_words", "referrals:pack_preview"])
    | rows("pack", RECORDERS, pages=["referrals:pack_part"])
    | rows(  # it is being reviewed
        "pack",
        RECORDERS,
        status=409,
        pages=["referrals:pack_reopen", "referrals:pack_release", "referrals:pack_pdf"],
    )
    | rows("keeping", RECORDERS, post=["referrals:settle"])
    | rows("case", {"camden_mappa_chair"}, RECORDERS, pages=["referrals:hold"])
    | rows("case", {"camden_mappa_chair"}, RECORDERS, status=409, pages=["referrals:lift_hold"])
    | rows("case", RECORDERS, pages=["referrals:disclosure_choose", "referrals:disclosure_new"])
    | rows(  # the area's office is told whom to ask; for others there is no ledger
        "",
        KEEP_CASES,
        KEEPERS | {"leeds_co_ordinator"},
        pages=["disclosures:list", "disclosures:export", "disclosures:find", "disclosures:who_knew"],
    )
    | rows("disclosure", RECORDERS, pages=["disclosures:disclosure", "disclosures:add"])
    | rows("disclosure", RECORDERS, pages=["disclosures:pdf"])
    | rows("", REFER, EVERYONE, pages=["referral:list", "referral:figures", "referral:figures_export"])
    | rows("", REFER, EVERYONE, pages=["referral:new"])
    | rows("", EVERYONE, pages=["referral:shared_figures"])
    | rows("released referrals", REGION | CAMDEN | SPOCS, pages=["referral:shared_figures_export"])
    | rows("referral", SCREENERS, {"camden_mappa_chair"}, pages=["referral:detail", "referral:screen"])
    | rows("referral", SCREENERS, {"camden_mappa_chair"}, pages=["referral:files"])
    | rows("referral file", SCREENERS, {"camden_mappa_chair"}, pages=["referral:file"])
    | rows("referral file", (), RECORDERS, pages=["referral:file_remove"])
    | rows(  # of one that is sent nothing is changed, and nothing undone that is not decided
        "referral",
        (),
        RECORDERS,
        pages=[f"referral:{page}" for page in ("form", "check", "endorse", "withdraw")],
        post=["referral:submit"],
    )
    | rows("referral section", (), RECORDERS, pages=["referral:section"])
    | rows("referral", SCREENERS, {"camden_mappa_chair"}, status=409, pages=["referral:undo_link"])
)
