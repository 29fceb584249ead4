"""Lists a page at a time, in the orders that are offered."""

import functools
import operator

import pytest
from django.http import Http404
from django.test import RequestFactory

from boards.models import Territory
from mappa_portal.pagination import keyset, sorting


@pytest.fixture
def territories(db):
    for number in range(7):
        Territory.objects.create(
            kind="area", code=f"Z{'ABCDEFG'[number]}Z", slug=f"z{number}", name=f"Z {number // 2}"
        )
    return Territory.objects.filter(slug__startswith="z")


@pytest.mark.parametrize(
    "order", [("slug",), ("-slug",), ("name", "code"), ("-name", "code"), ("name", "-code")]
)
def test_pages_forward_and_back_show_each_row_once(territories, order):
    expected = [t.slug for t in territories.order_by(*order)]
    forward, backward, url = [], [], ""
    while True:
        shown = keyset(territories, RequestFactory().get(f"/{url}"), *order, size=3)
        forward.append([t.slug for t in shown])
        url = shown.next_url
        if not url:
            break
    url = shown.previous_url
    while url:
        shown = keyset(territories, RequestFactory().get(f"/{url}"), *order, size=3)
        backward.insert(0, [t.slug for t in shown])
        url = shown.previous_url

    assert functools.reduce(operator.iadd, forward, []) == expected
    assert functools.reduce(operator.iadd, backward, []) == expected[:6]


def test_A3_a_made_up_place_in_a_list_is_not_found(territories):
    with pytest.raises(Http404):
        keyset(territories, RequestFactory().get("/?after=eyJhIjoxfQ"), "slug")


@pytest.mark.parametrize("other", [("-slug",), ("name",), ("pk",), ("name", "code")])
def test_A3_a_place_in_another_list_is_not_found(territories, other):
    place = keyset(territories, RequestFactory().get("/"), "slug", size=3).next_url
    with pytest.raises(Http404):
        keyset(territories, RequestFactory().get(f"/{place}"), *other, size=3)


SORTS = [("?sort=due", ["due_on", "pk"]), ("?sort=-due", ["-due_on", "-pk"]), ("?sort=password", ["name"])]


@pytest.mark.parametrize("query, fields", SORTS)
def test_A3_sorting_is_an_allow_list(query, fields):
    allowed = {"due": ["due_on", "pk"], "name": ["name"]}
    assert sorting(RequestFactory().get(f"/{query}"), allowed, "name")[1] == fields
