"""What the room puts on the home page."""

import referrals.disclosing.home
import referrals.referring.home  # noqa: F401  (registers itself)
