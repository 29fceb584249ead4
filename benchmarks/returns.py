"""The signed returns of a whole area in one batch, each against WeasyPrint alone on the same pages; and its memory."""

import resource
from collections.abc import Iterator

from django.utils import timezone
from weasyprint import HTML

from accounts.models import User
from benchmarks.measure import Result, compare
from boards.models import Territory
from boards.scope import scope
from data_returns import demo, pdf
from data_returns.editions import edition_of
from data_returns.models import Return
from data_returns.years import last_year
from documents.markup import markup
from documents.render import AssetFetcher

WARM = 3  # files after which a worker holds all that it will


def measured(by: User) -> Result:
    area = Territory.objects.get(slug="london")
    boroughs = list(area.children.select_related("parent").order_by("name"))
    with scope([area.pk, *(b.pk for b in boroughs)], [area.pk]):
        return _batch(list(_signed(area, boroughs, by)))


def _signed(area: Territory, boroughs: list[Territory], by: User) -> Iterator[Return]:
    today = timezone.localdate()
    year = last_year(today)
    for borough in boroughs:
        made = demo.made_up(borough, year, edition_of(area, year, today=today), "sent")
        made.signed_by = by
        made.save(update_fields=["signed_by"])
        yield made


def _batch(returns: list[Return]) -> Result:
    to_render, to_seal, held = iter(returns), iter(returns), []

    def limit():
        html = _html(next(to_render))
        return HTML(string=html, base_url="asset:", url_fetcher=AssetFetcher()).write_pdf()

    def ours():
        pdf.make_and_seal(next(to_seal))
        held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    rounds = len(returns) - 1  # one to warm up
    against = {"goal": 1.5, "rounds": rounds, "same": False}
    found = compare("a return rendered and sealed", "bare WeasyPrint", limit, ours, **against)
    found.name = f"{len(returns)} returns sealed (memory x {held[-1] / held[WARM - 1]:.2f})"
    return found


def _html(data_return: Return) -> str:
    at = timezone.now()
    named = {"title": "t", "marking": "OFFICIAL-SENSITIVE", "reference": "r", "created": at}
    context = {
        "document": pdf.pages(data_return, "t", "OFFICIAL-SENSITIVE"),
        "verify": {"code": "", "url": ""},
    }
    return markup("pdf/data_return.html", context, **named)
