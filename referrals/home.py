"""What the room puts on the home page."""

from referrals import disclosures_home, referral_home  # noqa: F401  (register themselves)
