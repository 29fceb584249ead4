"""Where a borough's newest return is, on its page: the state and the day, for those who read returns."""

from datetime import date

from django.utils.html import format_html

from boards import sections
from boards.models import Territory
from boards.sections import Section
from data_returns.models import Return
from data_returns.seeing import standings_for
from data_returns.states import COLOURS
from data_returns.views.fetch import page
from mappa_portal.templatetags.govuk import Row, short_date, tag


@sections.register
def data_return(user, borough: Territory, today: date) -> Section:
    standing = standings_for(user).filter(about=borough).order_by("-year").first()
    if standing is None:
        return Section("", [])
    late = tag("Overdue", "orange") if standing.is_late(today) else ""
    state = tag(standing.get_status_display(), COLOURS[standing.status])
    said = format_html("{} Due {} {}", state, short_date(standing.due), late)
    seen = Return.objects.for_user(user).filter(territory=borough, year=standing.year).order_by("-number")
    newest = seen.defer("content", "evidence").first()
    url = page("return" if newest.is_open else "view", borough.slug, standing.year) if newest else ""
    return Section("Data return", [Row(standing.label, said, url, "Open")])
