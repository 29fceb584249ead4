"""Reviews: what falls due in the next two years, and the review of one protocol."""

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from boards.dates import add_months
from mappa_portal.forms import attempt
from mappa_portal.words import long_date
from protocols.actions import reviews as actions
from protocols.forms import CompleteReviewForm, ReasonForm
from protocols.models import Protocol, Review
from protocols.rules import PROTOCOL_RULES, REVIEW_RULES
from protocols.views.fetch import most_mine, protocol_of

MONTHS = 24


@dataclass(frozen=True)
class Month:
    name: str
    reviews: list[Review]


class ReviewCalendar(LoginRequiredMixin, TemplateView):
    template_name = "protocols/reviews.html"

    def get_context_data(self, **kwargs):
        today = localdate()
        until = add_months(today, MONTHS)
        found = Review.objects.for_user(self.request.user).open().select_related("protocol", "about")
        late = self.request.GET.get("due") == "overdue"
        planned = found.filter(due_on__lte=until).order_by("due_on", "about__name")
        return super().get_context_data(
            **kwargs,
            months=[] if late else _by_month([r for r in planned if r.due_on >= today]),
            overdue=[r for r in planned if r.due_on < today],
            early=[] if late else list(found.filter(kind=Review.Kind.EARLY).order_by("started_on")),
            until=until,
            late=late,
            today=today,
        )


def _by_month(reviews: list[Review]) -> list[Month]:
    months = groupby(reviews, key=lambda r: r.due_on.replace(day=1))
    return [Month(f"{first:%B %Y}", list(group)) for first, group in months]


# -- Of one protocol --


@login_required
def of_protocol(request, reference: str):
    protocol = protocol_of(request, reference)
    return _page(request, protocol)


def _page(request, protocol: Protocol, typed=None, **forms):
    reviews = list(protocol.reviews.order_by("-completed_on", "due_on"))
    still_open = [r for r in reviews if r.is_open]
    may = {review.pk: REVIEW_RULES.allowed(request.user, review) for review in still_open}
    to_start = [r for r in still_open if "start" in may[r.pk]]
    to_complete = [r for r in still_open if "complete" in may[r.pk]]
    early = "call_early_review" in PROTOCOL_RULES.allowed(request.user, protocol)
    context = {
        "protocol": protocol,
        "today": localdate(),
        "open": still_open,
        "done": [r for r in reviews if r.completed_on],
        "to_start": to_start,
        "to_complete": [
            (r, typed if typed and typed.prefix == r.kind else _complete_form(r)) for r in to_complete
        ],
        "early_form": _early_form()
        if early and not any(r.kind == Review.Kind.EARLY for r in still_open)
        else None,
        "form": typed,
        **forms,
    }
    return render(request, "protocols/review.html", context)


def _complete_form(review: Review, data=None) -> CompleteReviewForm:
    return CompleteReviewForm(data, review=review, today=localdate(), prefix=review.kind)


def _early_form(data=None) -> ReasonForm:
    return ReasonForm(
        data,
        prefix="early",
        label="Why does the review come early?",
        help_text="For example: a change of law or guidance, or what the attendance figures show.",
        wanted="Enter why the review comes early",
    )


def _open_review(request, protocol: Protocol, rule: str) -> Review:
    """Of the kind that the button named: an early review may be open beside the regular one."""
    rows = protocol.reviews.filter(kind=request.POST.get("kind", "")).order_by("pk")
    review = most_mine(request.user, rows, REVIEW_RULES, rule)
    if review is None:
        raise Http404
    return review


@login_required
@require_POST
def start(request, reference: str):
    protocol = protocol_of(request, reference)
    actions.start_review(_open_review(request, protocol, "start"), by=request.user, on=localdate())
    messages.success(request, "The review was started. Complete it here when it is done.")
    return redirect("protocols:review", reference)


@login_required
@require_POST
def complete(request, reference: str):
    protocol = protocol_of(request, reference)
    review = _open_review(request, protocol, "complete")
    REVIEW_RULES.require("complete", review, by=request.user)
    form = _complete_form(review, request.POST)
    if form.is_valid():
        done = attempt(form, lambda: actions.complete_review(review, by=request.user, **form.cleaned_data))
        if done:
            protocol.refresh_from_db()
            due = protocol.review_due
            messages.success(request, f"The review is complete. The next one is due on {long_date(due)}.")
            return redirect("protocols:review", reference)
    return _page(request, protocol, typed=form)


@login_required
@require_POST
def early(request, reference: str):
    protocol = protocol_of(request, reference)
    PROTOCOL_RULES.require("call_early_review", protocol, by=request.user)
    form = _early_form(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: actions.call_early_review(protocol, by=request.user, on=localdate(), **form.cleaned_data),
        )
        if done:
            messages.success(request, "The early review is open. The regular date stays as it is.")
            return redirect("protocols:review", reference)
    return _page(request, protocol, typed=form, early_form=form)
