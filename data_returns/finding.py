"""A borough's return of a year, for commands: what is named exists or the fault says what does."""

from django.core.management.base import CommandError

from boards.models import Territory
from data_returns.models import Return
from data_returns.years import slashed, year_of


def borough_of(slug: str) -> Territory:
    found = Territory.objects.filter(kind=Territory.Kind.BOROUGH, slug=slug).select_related("parent").first()
    if found is None:
        raise CommandError(f"There is no borough “{slug}”.")
    return found


def year_called(text: str) -> int:
    year = year_of(text)
    if year is None:
        raise CommandError(f"A year is written like 2024/25, not “{text}”.")
    return year


def newest(borough: Territory, year: int) -> Return:
    found = Return.objects.filter(territory=borough, year=year).order_by("-number").first()
    if found is None:
        raise CommandError(f"{borough} has no return of {slashed(year)}.")
    return found
