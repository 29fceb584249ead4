from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self):
        """What the room keeps sealed, for the day on which the key is replaced."""
        from boards import sealed
        from referrals.actions import write_tokens
        from referrals.disclosing.tokens import write_recipient_tokens
        from referrals.models import (
            Address,
            Case,
            DisclosureEntry,
            Guard,
            Keeping,
            LevelPeriod,
            OutOfAreaCheck,
            Pack,
            ReasonToLook,
            Referral,
            ReferralAttachment,
            ReferralSection,
            Transfer,
        )

        sealed.register(Case, "personal", "ended_because", then=write_tokens)
        sealed.register(Address, "text", "elsewhere")
        sealed.register(LevelPeriod, "reason", "ended_because")
        sealed.register(DisclosureEntry, "content", then=write_recipient_tokens)
        sealed.register(OutOfAreaCheck, "content")
        sealed.register(Referral, "reason")
        sealed.register(ReferralSection, "content")
        sealed.register(Transfer, "reason", "hand_over", "answer")
        sealed.register(ReferralAttachment, "said", "content", batch=1)
        sealed.register(Guard, "reason", "end_reason")
        sealed.register(ReasonToLook, "text")
        sealed.register(Keeping, "reason")
        sealed.register(Pack, "content", "marks", "document", "recipient")
