"""Each route: who gets it, who may know of it, what its address names."""

import re
from dataclasses import dataclass

from tests.access.people import (
    BOARD,
    CAMDEN,
    DRAFTERS,
    EVERYONE,
    KEEP_CASES,
    KEEPERS,
    LONDONERS,
    MAIL,
    MAIL_ELSEWHERE,
    OFFICE,
    PARTIES,
    RECORDERS,
    REFER,
    REGION,
    RUN_ROUNDS,
    SCREENERS,
    SPOCS,
)


@dataclass(frozen=True)
class Row:
    """Who gets ``ok`` for a GET, who may know of the thing but gets 403; for everybody else it does not exist (404).

    ``of`` says what the address names, ``stage`` how far the agreement has come, ``post`` that only POST is answered:
    ``status`` is then what the right person may get at this moment besides success.
    """

    ok: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()
    of: str = ""
    stage: str = "draft"
    post: bool = False
    status: int = 200
    unlike: tuple[tuple[str, int], ...] = ()  # people whose status differs, with the reason beside the row

    def expected(self, person: str) -> int:
        if person in dict(self.unlike):
            return dict(self.unlike)[person]
        if person in self.ok:
            return self.status
        return 403 if person in self.knows else 404


def rows(of: str, ok, knows=(), *, pages=(), post=(), **more) -> dict[str, Row]:
    common = {"of": of, "ok": frozenset(ok), "knows": frozenset(knows), **more}
    return {name: Row(**common) for name in pages} | {name: Row(**common, post=True) for name in post}


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
    | rows(
        "",
        {"area_administrator", "auditor"},
        EVERYONE,
        pages=["audit:list", "audit:export"],
        post=["audit:check"],
    )
    | rows("", MAIL | MAIL_ELSEWHERE, EVERYONE, pages=["outbox:list", "outbox:jobs"])
    | rows("message", MAIL, EVERYONE - MAIL_ELSEWHERE, pages=["outbox:message"], post=["outbox:resend"])
    | rows("", OFFICE, EVERYONE, pages=["boards:switch"])  # who has several boroughs
    | rows("", EVERYONE, pages=["meetings:performance", "meetings:list"])
    | rows("", EVERYONE, pages=["meeting-list", "invitation-list", "reply-list", "attendance-list"])
    | rows("", EVERYONE, pages=["return-list"])
    | rows("meeting", RECORDERS, pages=["meeting-detail"])
    | rows("", EVERYONE, status=400, pages=["kpis"])  # it asks for an area and a period: tests/meetings
    | rows(
        "",
        RECORDERS | {"hackney_administrator"},
        EVERYONE,
        pages=["meetings:import", "meetings:import_help", "meetings:import_sample"],
    )
    | rows("import", RECORDERS, pages=["meetings:import_file"])
    | rows("import", RECORDERS, post=["meetings:import_start", "meetings:import_discard"])
    | rows(
        "",
        REGION | {"leeds_co_ordinator"},
        EVERYONE,
        pages=["meetings:region", "meetings:region_export"],
    )
    | rows(
        "kpi",
        CAMDEN | REGION | {"camden_csc_spoc"},
        pages=[
            "meetings:left_out",
            "meetings:missed",
            "meetings:missed_export",
            "meetings:figures_export",
            "meetings:chart_export",
            "meetings:figures_pdf",
        ],
    )
    | rows("meeting", RECORDERS, pages=["meetings:meeting", "meetings:attendance"])
    | rows(
        "",
        RECORDERS | {"hackney_administrator"},
        EVERYONE,
        pages=["meetings:new", "meetings:standing", "meetings:series", "meetings:series_new"],
    )
    | rows("series", RECORDERS, pages=["meetings:series_stop"])
    | rows(  # it was held: nothing is planned any more
        "meeting",
        RECORDERS,
        status=409,
        pages=[
            *("meetings:change", "meetings:cases", "meetings:agencies", "meetings:by_case", "meetings:check"),
            *("meetings:cancel", "meetings:postpone", "meetings:abandon"),
        ],
    )
    | rows("meeting", RECORDERS, post=["meetings:hold", "meetings:undo_hold"])
    | rows("invitation", RECORDERS, status=409, pages=["meetings:stand_down", "meetings:invite_again"])
    | rows("invitation", (), pages=["meetings:call"])  # nobody is to be called
    | rows("meeting", RECORDERS, pages=["meetings:invitations"])
    | rows("invitation", RECORDERS, pages=["meetings:invitation"], post=["meetings:resend_invitation"])
    | rows(  # the meeting was held: answers have ended
        "invitation",
        RECORDERS,
        status=409,
        pages=[
            *("meetings:answer", "meetings:answer_someone_else"),
            *("meetings:answer_cannot_attend", "meetings:answer_calendar"),
        ],
    )
    | rows("", EVERYONE, pages=["meetings:notifications"])
    | rows("meeting", RECORDERS, pages=["meetings:notified"])
    | rows("invitation", RECORDERS, status=409, pages=["meetings:notify"])  # it was held
    | rows("case", RECORDERS, pages=["meetings:notify_by_word"])
    | rows("notified", {"camden_csc_spoc"}, pages=["meetings:checks"])
    | rows("notification", {"camden_csc_spoc"}, pages=["meetings:notification"])
    | rows(  # its meeting has decided nothing yet
        "notification", {"camden_csc_spoc"}, status=409, pages=["meetings:notification_flag"]
    )
    | rows(
        "notification",
        RECORDERS,
        {"camden_csc_spoc"},
        post=[f"meetings:notification_{verb}" for verb in ("withdraw", "open_again", "invite")],
    )
    | rows("", EVERYONE, pages=["meetings:follow_ups", "meetings:escalations"])
    | rows("follow-up", RECORDERS | {"camden_csc_spoc"}, pages=["meetings:follow_up"])
    | rows("follow-up", RECORDERS, post=["meetings:follow_up_send"])
    | rows("follow-up", {"camden_csc_spoc"}, RECORDERS, post=["meetings:follow_up_answer"])
    | rows("follow-up", RECORDERS, post=["meetings:follow_up_explain", "meetings:follow_up_escalate"])
    | rows("follow-up", RECORDERS, post=["meetings:follow_up_close"])
    | rows("meeting", RECORDERS, status=404, post=["meetings:follow_up_start"])  # no agency is named
    | rows("escalation", REGION | RECORDERS, pages=["meetings:escalation"])
    | rows("", KEEP_CASES, EVERYONE, pages=["referrals:list", "referrals:new"])
    | rows("case", RECORDERS, pages=["referrals:case", "referrals:edit", "referrals:level"])
    | rows("case", RECORDERS, pages=["referrals:end", "referrals:address_add"])
    | rows("case", RECORDERS, pages=["referrals:transfer"])
    | rows("transfer", RECORDERS, pages=["transfers:detail", "transfers:withdraw"])
    | rows(
        "transfer", (), RECORDERS, pages=["transfers:refuse"], post=["transfers:accept"]
    )  # Islington's part
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
    | rows("", EVERYONE, status=400, pages=["referral_figures"])  # asks for a borough: tests/referrals
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
    | rows("", KEEP_CASES, EVERYONE, pages=["meetings:contacts"], post=["meetings:contacts_ask"])
    | rows("contact", RECORDERS, pages=["meetings:contact", "meetings:contact_end"])
    | rows("contact", RECORDERS, post=["meetings:contact_ask"])
    | rows("meeting case", RECORDERS, pages=["meetings:attendance_case", "meetings:decision"])
    | rows("meeting case", RECORDERS, pages=["meetings:action_add"])
    | rows("action", RECORDERS, pages=["meetings:action", "meetings:action_change"])
    | rows("meeting", RECORDERS, pages=["meetings:decisions", "meetings:minutes"])
    | rows("meeting", RECORDERS, post=["meetings:minutes_draft"])
    | rows("minutes", RECORDERS, pages=["meetings:minutes_pdf"])
    | rows("minutes", {"camden_mappa_chair"}, RECORDERS, post=["meetings:minutes_approve"])
    | rows("minutes", RECORDERS, post=["meetings:minutes_issue"])
    | rows("", EVERYONE, pages=["meetings:actions"])
    | rows("job", MAIL, EVERYONE - MAIL_ELSEWHERE, post=["outbox:try_again", "outbox:close"])
    | rows("", EVERYONE, pages=["boards:borough_list", "boards:board_list"])
    | rows("borough", CAMDEN | REGION | SPOCS, LONDONERS, pages=["boards:borough"])
    | rows("board", CAMDEN | REGION, LONDONERS, pages=["boards:board"])
    | rows("", {"area_administrator", "auditor"}, EVERYONE, status=302, pages=["boards:area"])
    | rows(
        "area",
        {"area_administrator", "auditor"},
        LONDONERS,
        pages=[
            "boards:set_up",
            "boards:approving_bodies",
            "boards:boroughs",
            "boards:organisations",
            "boards:people",
        ],
    )
    | rows(
        "area", {"area_administrator"}, LONDONERS, pages=["boards:organisation_add"], post=["boards:confirm"]
    )
    | rows("settings", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:settings"])
    | rows("organisation", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:organisation"])
    | rows(
        "organisation",
        {"area_administrator"},
        LONDONERS,
        pages=["boards:rename", "boards:coverage", "boards:grades", "boards:reach", "boards:appoint"],
    )
    | rows("appointment", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:appointment"])
    | rows(
        "appointment",
        {"area_administrator"},
        LONDONERS,
        pages=["boards:appointment_change", "boards:appointment_end"],
        post=["boards:appointment_withdraw"],
    )
    | rows("", EVERYONE, pages=["data_returns:list"])
    | rows("", RECORDERS | {"hackney_administrator"}, EVERYONE, post=["data_returns:open"])
    | rows("return", RECORDERS, pages=["data_returns:return", "data_returns:question", "data_returns:check"])
    | rows("return", RECORDERS, pages=["data_returns:records", "data_returns:records_export"])
    | rows("return", RECORDERS, pages=["data_returns:import", "data_returns:workbook"])
    | rows(  # it is not checked yet
        "return", {"camden_mappa_chair"}, {"camden_administrator"}, status=409, pages=["data_returns:sign"]
    )
    | rows("sent return", RECORDERS | BOARD, pages=["data_returns:view", "data_returns:review"])
    | rows("sent return", RECORDERS | BOARD, pages=["data_returns:report"])
    | rows("sent return", (), pages=["data_returns:pdf"])  # its document is not made yet
    | rows("sent return", RECORDERS, BOARD, pages=["data_returns:correct"])
    | rows("sent return", BOARD, RECORDERS, post=["data_returns:ask", "data_returns:table"])
    | rows("sent return", BOARD, RECORDERS, post=["data_returns:send_back"])
    | rows("sent return", BOARD, RECORDERS, status=409, post=["data_returns:accept"])  # a query is open
    | rows("sent return", LONDONERS - {"hackney_administrator"}, pages=["data_returns:released"])
    | rows(  # the board has not accepted it
        "sent return",
        {"camden_administrator"},
        BOARD | {"camden_mappa_chair"},
        status=409,
        pages=["data_returns:release"],
    )
    | rows("trends", LONDONERS - {"hackney_administrator"}, pages=["data_returns:trends"])
    | rows("sums", LONDONERS, pages=["data_returns:sums"])
    | rows("sums", KEEPERS, LONDONERS, post=["data_returns:release_sums"])
    | rows(
        "",
        REGION | {"leeds_co_ordinator"},
        EVERYONE,
        pages=["data_returns:round", "data_returns:round_export"],
    )
    | rows("", EVERYONE, status=302, pages=["data_returns:rounds"])
    | rows("", RUN_ROUNDS, EVERYONE, pages=["data_returns:round_extend"])
    | rows(
        "",
        RUN_ROUNDS,
        EVERYONE,
        status=404,  # nothing is changed of a round that is not opened
        post=["data_returns:round_open", "data_returns:round_due"],
    )
    | rows("", RUN_ROUNDS, EVERYONE, post=["data_returns:round_take_back", "data_returns:round_chase"])
    | rows("", REGION | {"leeds_co_ordinator"}, EVERYONE, pages=["data_returns:forms"])
    | rows("area", RUN_ROUNDS - {"leeds_co_ordinator"}, REGION, pages=["data_returns:form_start"])
    | rows("form", REGION, pages=["data_returns:form", "data_returns:form_preview"])
    | rows(
        "form",
        RUN_ROUNDS - {"leeds_co_ordinator"},
        REGION,
        pages=[
            *("data_returns:form_about", "data_returns:form_publish", "data_returns:form_add"),
            *("data_returns:form_question", "data_returns:form_checks"),
        ],
        post=[
            *("data_returns:form_discard", "data_returns:form_move", "data_returns:form_remove"),
            "data_returns:form_check_remove",
        ],
    )
    | rows(  # it is a draft
        "form",
        RUN_ROUNDS - {"leeds_co_ordinator"},
        REGION,
        status=409,
        post=["data_returns:form_withdraw"],
    )
    | rows("sent return", RECORDERS, BOARD, pages=["data_returns:copies"], post=["data_returns:copies_in"])
    | rows(
        "return", (), pages=["data_returns:copy_pdf"]
    )  # nothing is signed: tests/data_returns/test_copies.py
    | rows("copy", RECORDERS, BOARD, status=409, post=["data_returns:copy_out"])  # it is out already
    | rows("query", RECORDERS | BOARD, post=["data_returns:say"])
    | rows("query", BOARD, RECORDERS, post=["data_returns:close"])
    | rows(  # whoever has signed in needs no invitation
        "appointment", {"area_administrator"}, LONDONERS, status=404, post=["boards:appointment_account"]
    )
)

PUBLIC = {  # answers without an account; none of them names a record (the verification page names only its own)
    *("privacy", "accessibility", "cookies", "schema", "api_docs", "api_nothing_here"),
    *(
        "meetings:reply",
        "meetings:reply_someone_else",
        "meetings:reply_cannot_attend",
        "meetings:reply_calendar",
    ),
    *("api_other", "documents:verify_start", "documents:verify", "documents:certificates"),
    "meetings:contact_link",  # of one contact, by its token: tests/meetings/test_contacts.py
}
OWN_ACCOUNT = re.compile(  # about the person who asks and nobody else: proven in tests/accounts
    "account_|mfa_|demo_sign_in|extend_session|kept_form|socialaccount_|openid_connect_|usersessions_"
)

OF_BOROUGH = {
    "keeping",
    "pack",
    "import",
    "kpi",
    "case",
    "address",
    "transfer",
    "two cases",
    "disclosure",
    "out of area",
    "referral",
    "referral section",
    "released referrals",
    "referral file",
    "contact",
    "meeting",
    "meeting case",
    "series",
    "invitation",
    "notification",
    "notified",
    "follow-up",
    "escalation",
    "action",
    "minutes",
    "protocol",
    "clause",
    "approval",
    "return",
    "sent return",
    "query",
    "copy",
    "message",
    "job",
}
STAGES = sorted({row.stage for row in ROUTES.values()})
