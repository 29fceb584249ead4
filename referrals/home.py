"""What the room puts on the home page."""

import referrals.disclosing.home
import referrals.outside.home
import referrals.records.home
import referrals.referring.home
import referrals.transferring.home  # noqa: F401  (registers itself)
