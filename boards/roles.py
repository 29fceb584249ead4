"""Seats, and what each lets its holder do for the organisation he or she sits in."""

from django.db import models


class Seat(models.TextChoices):
    CHAIR = "chair", "Chair"
    BUSINESS_MANAGER = "business_manager", "Business manager"
    CO_ORDINATOR = "co_ordinator", "Co-ordinator"
    ADMINISTRATOR = "administrator", "Administrator"
    REPRESENTATIVE = "representative", "Representative"
    SUBSTITUTE = "substitute", "Substitute"
    SPOC = "spoc", "Single point of contact"
    REFERRER = "referrer", "Referrer"
    MEMBER = "member", "Member"
    AREA_ADMINISTRATOR = "area_administrator", "Area administrator"
    AUDITOR = "auditor", "Auditor"


_OFFICE = frozenset(
    {
        *("manage_templates", "draft_protocol", "see_mail", "record_meeting"),
        *("fill_return", "manage_returns", "run_round", "record_disclosure", "screen_referral"),
    }
)
SEATS: dict[str, frozenset[str]] = {
    Seat.CHAIR: frozenset(
        {
            *("approve_protocol", "sign_protocol", "record_meeting", "approve_minutes"),
            *("fill_return", "sign_return", "review_return", "record_disclosure", "decide_disclosure"),
            *("keep_records", "hold_case"),
        }
    ),
    Seat.BUSINESS_MANAGER: frozenset({"approve_protocol", "review_return"}),
    Seat.CO_ORDINATOR: _OFFICE,
    Seat.ADMINISTRATOR: _OFFICE | {"refer", "endorse_referral", "keep_records"},
    Seat.REPRESENTATIVE: frozenset({"answer_for_agency", "refer", "endorse_referral"}),
    Seat.SUBSTITUTE: frozenset({"answer_for_agency"}),
    Seat.SPOC: frozenset({"answer_for_agency", "refer", "endorse_referral"}),
    Seat.REFERRER: frozenset({"refer"}),
    Seat.MEMBER: frozenset(),
    Seat.AREA_ADMINISTRATOR: frozenset({"set_up_area", "read_audit", "run_round"}),
    Seat.AUDITOR: frozenset({"read_audit"}),
}
