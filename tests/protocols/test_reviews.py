"""Pages of reviews."""

from django.utils import timezone

from protocols.models import Review
from tests.protocols.pages import text_of, url


def test_a_review_is_started_once_completed_and_followed_by_the_next(world, browser):
    version, client = world.in_force(), browser("camden_administrator")
    first = Review.objects.get()
    assert [client.post(url(version, "reviews/start/"), {"kind": "first"}).status_code for _ in range(2)] == [
        302,
        409,
    ]
    empty = client.post(url(version, "reviews/complete/"), {"kind": "first"})
    assert "Enter the date when the review was completed" in text_of(empty) and "<title>Error: " in text_of(
        empty
    )
    today = timezone.localdate()
    done = {
        "first-on_day": today.day,
        "first-on_month": today.month,
        "first-on_year": today.year,
        "kind": "first",
    }
    page = client.post(url(version, "reviews/complete/"), done, follow=True)
    assert "The review is complete. The next one is due on" in text_of(page)
    assert Review.objects.open().get().due_on > first.due_on


def test_an_early_review_needs_a_reason_and_comes_once(world, browser):
    version, client = world.in_force(), browser("camden_administrator")
    assert "Enter why the review comes early" in text_of(client.post(url(version, "reviews/early/")))
    called = {"early-reason": "New guidance"}
    assert [client.post(url(version, "reviews/early/"), called).status_code for _ in range(2)] == [302, 409]
    assert Review.objects.filter(kind=Review.Kind.EARLY).count() == 1


def test_the_calendar_shows_what_falls_due(world, browser):
    client = browser("smb_member")
    assert "No reviews due before" in text_of(client.get("/protocols/reviews/"))
    world.in_force()
    due = Review.objects.get().due_on
    assert f"{due:%B %Y}" in text_of(client.get("/protocols/reviews/"))
