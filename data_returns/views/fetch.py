"""Fetching what an address names, as far as this person may see it."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from data_returns.models import Return
from data_returns.rules import RETURN_RULES
from mappa_portal.exceptions import Conflict


def return_of(request, borough: str, year: int, rule: str = "") -> Return:
    """The newest version that this person may see; with ``rule``: only for whom it allows, at the right moment."""
    found = Return.objects.for_user(request.user).filter(territory__slug=borough, year=year)
    found = found.select_related("territory__parent", "organisation", "board").order_by("-number")
    data_return = found.prefetch_related("figures", "answers").first()
    if data_return is None:
        raise Http404
    if rule:
        RETURN_RULES.require(rule, data_return, by=request.user)
    return data_return


def while_open(view: Callable) -> Callable:
    """Once it was signed its addresses lead to what was reported; what is sent to them is refused."""

    @wraps(view)
    def shown(request, borough: str, year: int, **kwargs):
        try:
            return view(request, borough, year, **kwargs)
        except Conflict as closed:
            if request.method == "POST":
                raise
            messages.info(request, str(closed))
            return redirect("data_returns:view", borough, year)

    return shown


def version_of(request, borough: str, year: int, rule: str = "") -> Return:
    """The newest, or the one that ``?version=`` names."""
    found, asked = return_of(request, borough, year, rule), request.GET.get("version", "")
    if asked and asked != str(found.number):
        found = next((v for v in versions(request, found) if str(v.number) == asked), None)
    if found is None:
        raise Http404
    return found


def versions(request, data_return: Return) -> list[Return]:
    found = Return.objects.for_user(request.user).filter(
        territory=data_return.territory_id, year=data_return.year
    )
    found = found.select_related("territory__parent", "organisation", "board", "signed_by", "document")
    return list(found.order_by("-number"))


def place(data_return: Return) -> tuple[str, int]:
    """What names it in addresses."""
    return data_return.territory.slug, data_return.year


def page(name: str, borough: str, year: int) -> str:
    """Its address; empty for a page that there is not."""
    try:
        return reverse(f"data_returns:{name}", args=[borough, year])
    except NoReverseMatch:
        return ""
