from datetime import date

from django.urls import reverse

from boards.area_rules import AREA_RULES
from boards.directory import appointments_in
from boards.models import AreaSettings
from mappa_portal.home import Task, register
from mappa_portal.words import plural


@register
def tasks(user, today: date):
    """Appointments that nobody has confirmed in time, for those who set the area up."""
    for settings in AreaSettings.objects.for_user(user).select_related("territory"):
        if "set_up" not in AREA_RULES.allowed(user, settings):
            continue
        area = settings.territory
        overdue = appointments_in(area).overdue(today).order_by("confirm_by")
        if first := overdue.first():
            url = f"{reverse('boards:people', args=[area.slug])}?state=overdue"
            yield Task(
                f"{plural(overdue.count(), 'appointment')} in {area}", url, first.confirm_by, verb="Confirm"
            )
