"""Where each return is: for the unit its own, for the board what it was given, for the area the states alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from boards.access import areas_across, units_with
from boards.models import Organisation
from boards.switcher import choices, preset
from data_returns.actions.opening import open_due
from data_returns.forms.listing import ReturnFilterForm
from data_returns.models import Rendition, Return, Standing
from data_returns.seeing import standings_for
from data_returns.states import COLOURS, WITH
from data_returns.views.fetch import page as page_at
from data_returns.views.fetch import place
from data_returns.years import in_words, last_year
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import short_date, tag
from meetings.access import areas_seen_by

COLUMNS = ["Borough", "Year", "Board", "Status", "With", "Due"]
NEWEST_FIRST = ("-year", "about__name", "pk")


class ReturnList(LoginRequiredMixin, TemplateView):
    template_name = "data_returns/list.html"

    def get_context_data(self, **kwargs):
        user, self.today = self.request.user, localdate()
        found = standings_for(user)
        years = found.order_by("-year").values_list("year", flat=True).distinct()
        form = ReturnFilterForm(preset(self.request, "borough"), years=years, boroughs=choices(user))
        page = keyset(_filtered(found, form.asked).select_related("about"), self.request, *NEWEST_FIRST)
        due = last_year(self.today)
        return super().get_context_data(
            **kwargs,
            filters=form,
            filtered=bool(form.asked),
            page=page,
            columns=COLUMNS,
            rows=self._rows(page),
            sums=_sums(user),
            to_open=_to_open(user, due),
            rounds=areas_seen_by(user),
            year=in_words(due),
            next_opens=f"The {in_words(due + 1)} return opens on 1 April {due + 2}",
        )

    def _rows(self, page) -> list[list]:
        mine = Return.objects.for_user(self.request.user).filter(
            territory__in={s.about_id for s in page}, year__in={s.year for s in page}
        )
        boards = dict(
            Organisation.objects.filter(
                kind=Organisation.Kind.BOARD, coverage__borough__in={s.about_id for s in page}
            ).values_list("coverage__borough", "name")
        )
        seen = {(r.territory_id, r.year): r for r in mine.order_by("number").defer("content", "evidence")}
        shared = Rendition.objects.released().filter(about__in={s.about_id for s in page})
        released = set(shared.values_list("about", "year"))
        return [
            [
                _named(standing, seen.get((standing.about_id, standing.year)), released),
                standing.label,
                boards.get(standing.about_id, ""),
                tag(standing.get_status_display(), COLOURS[standing.status]),
                WITH[standing.status],
                self._due(standing),
            ]
            for standing in page
        ]

    def _due(self, standing: Standing):
        late = tag("Overdue", "orange") if standing.is_late(self.today) else ""
        return format_html("{} {}", short_date(standing.due), late)


def _filtered(found, asked: dict):
    for name, field in (("year", "year"), ("status", "status"), ("borough", "about__slug")):
        if name in asked:
            found = found.filter(**{field: asked[name]})
    return found


def _named(standing: Standing, seen: Return | None, released: set[tuple[int, int]]):
    """A link to the return for those to whom it is open, for others to what was released of it."""
    name = f"{standing.about}, version {standing.number}" if standing.number > 1 else str(standing.about)
    if seen is not None:
        url = page_at("return" if seen.is_open else "view", standing.about.slug, standing.year)
    elif (standing.about_id, standing.year) in released:
        url = page_at("released", standing.about.slug, standing.year)
    else:
        return name
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, name)


def _sums(user) -> list[tuple[str, str]]:
    """Where the area's sums are, for its seats: years of which anything was released."""
    found = Rendition.objects.released().filter(territory__in=areas_across(user)).order_by("-year")
    pairs = found.values_list("territory__slug", "year").distinct()
    return [(reverse("data_returns:sums", args=pair), in_words(pair[1])) for pair in pairs]


def _to_open(user, year: int) -> list[Organisation]:
    """The person's units without a return of that year."""
    units = units_with(user, "fill_return")
    there = set(
        Return.objects.filter(organisation__in=units, year=year).values_list("organisation", flat=True)
    )
    return [unit for unit in units if unit.pk not in there]


@login_required
@require_POST
def open_return(request):
    """Of the borough that is named, or of the only one."""
    units = {unit.territory.slug: unit for unit in units_with(request.user, "fill_return")}
    if not units:
        raise PermissionDenied("Your seat does not let you open a return.")
    asked = request.POST.get("borough") or next(iter(units))
    if asked not in units:
        raise Http404
    data_return = open_due(units[asked], by=request.user, at=localtime())
    messages.success(request, f"The return {data_return.reference} is open.")
    return redirect("data_returns:return", *place(data_return))
