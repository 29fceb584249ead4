"""Releasing the figures of a reporting year for wide use, once it is over and most of it is decided."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from audit.events import record
from boards.dates import add_months
from boards.models import AreaSettings, Organisation, Territory
from referrals.models import Referral, ReferralRelease
from referrals.referring.figures import Period, figures, sent_in, year_of
from referrals.referring.margins import Line, lines, suppressed

WAIT_MONTHS = 3  # after the year's last day


def agencies_of(borough: Territory) -> dict[str, str]:
    """Names by slug of those that may refer in the borough."""
    found = Organisation.objects.filter(coverage__borough=borough, kind=Organisation.Kind.AGENCY)
    return dict(found.order_by("name").values_list("slug", "name"))


@transaction.atomic
def release(borough: Territory, *, at: datetime) -> ReferralRelease | None:
    """The last year that is over long enough; None if there is nothing to tell, or it was told."""
    period = due_on(localdate(at))
    year, area = period.start.year, borough.area
    if ReferralRelease.objects.filter(territory=area, about=borough, year=year).exists():
        return None
    here = Referral.objects.filter(territory=borough)
    if not sent_in(here, Period(date.min, period.end)).exists():
        return None  # the portal was not in use
    exact = lines(figures(here.listed(), period), agencies_of(borough))
    threshold = AreaSettings.objects.get(territory=area).suppression_threshold
    made = ReferralRelease(territory=area, about=borough, year=year, threshold=threshold, released_at=at)
    made.lines = [[each.by, each.of, each.label, each.value] for each in suppressed(exact, threshold)]
    made.save()
    record("referrals.released", made, by=None, after={"year": year})
    return made


def due_on(today: date) -> Period:
    return Period.of_year(year_of(add_months(today, -WAIT_MONTHS)) - 1)


def told(made: ReferralRelease) -> list[Line]:
    return [Line(*each) for each in made.lines]
