"""Which standings a person reads: all of an area, the own borough's, or those of returns that a board was given."""

from django.db.models import Exists, OuterRef, Q

from boards.access import areas_across, units_with
from data_returns.models import Return, Standing


def standings_for(user):
    found = Standing.objects.for_user(user)
    mine = [unit.territory_id for unit in units_with(user, "fill_return")]
    given = Return.objects.for_user(user).filter(territory=OuterRef("about"), year=OuterRef("year"))
    return found.filter(Q(territory__in=areas_across(user)) | Q(about__in=mine) | Exists(given))
