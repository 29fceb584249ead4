"""Meetings, attendance, figures."""

from tests.access.people import CAMDEN, EVERYONE, KEEP_CASES, RECORDERS, REGION
from tests.access.rows.row import rows

ROUTES = (
    rows("", EVERYONE, pages=["meetings:performance", "meetings:list"])
    | rows("", EVERYONE, pages=["meeting-list", "invitation-list", "reply-list", "attendance-list"])
    | rows("meeting", RECORDERS, pages=["meeting-detail"])
    | rows("", EVERYONE, status=400, pages=["kpis"])
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
    | rows("invitation", (), pages=["meetings:call"])
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
    | rows("invitation", RECORDERS, status=409, pages=["meetings:notify"])
    | rows("case", RECORDERS, pages=["meetings:notify_by_word", "meetings:told_outside"])
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
    | rows("meeting", RECORDERS, status=404, post=["meetings:follow_up_start"])
    | rows("escalation", REGION | RECORDERS, pages=["meetings:escalation"])
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
)
