"""Each route of the portal, by room; those that need no row, and what the rows name."""

import re

from tests.access.rows.boards import ROUTES as BOARDS
from tests.access.rows.ground import ROUTES as GROUND
from tests.access.rows.meetings import ROUTES as MEETINGS
from tests.access.rows.protocols import ROUTES as PROTOCOLS
from tests.access.rows.referrals import ROUTES as REFERRALS
from tests.access.rows.returns import ROUTES as RETURNS

ROUTES = GROUND | BOARDS | PROTOCOLS | MEETINGS | REFERRALS | RETURNS

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
