"""What the page of a borough says of its referrals: the figures released for wide use."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from boards import sections
from boards.models import Territory
from boards.sections import Section
from mappa_portal.templatetags.govuk import Row, short_date
from referrals.models import ReferralRelease


@sections.register
def referrals(user, borough: Territory, today: date) -> Section:
    found = ReferralRelease.objects.for_user(user).filter(about=borough).defer("lines")
    url = reverse("referral:shared_figures")
    rows = [
        Row(
            f"Figures of {made.label}",
            f"Released {short_date(made.released_at)}",
            f"{url}?{urlencode({'borough': borough.slug, 'year': made.year})}",
            "Open",
        )
        for made in found
    ]
    return Section("Referrals", rows)
