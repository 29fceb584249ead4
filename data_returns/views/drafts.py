"""A draft of an area's own form: started, described, published, withdrawn, deleted."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from data_returns.actions import building as actions
from data_returns.building import drafting
from data_returns.building.problems import problems_of
from data_returns.content import whole
from data_returns.editions import FIRST, PRESENT, shipped
from data_returns.forms.building.drafts import AboutForm, PublishForm, StartForm
from data_returns.models import Edition, Standing
from data_returns.rules import EDITION_RULES
from data_returns.views.forms import SHIPS, area_of, page_of, seen_edition
from data_returns.years import in_words
from mappa_portal.action_form import ActionFormView
from mappa_portal.exceptions import StaleEdit

BLANK = "blank"
MEANWHILE = "Somebody else changed this form after you opened it. Here is how it stands now."


class Start(LoginRequiredMixin, ActionFormView):
    """Of a copy, or of nothing."""

    template_name, form_class = "data_returns/form_edit.html", StartForm
    title, button = "Start a form", "Start the form"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            self.area = area_of(request, kwargs["area"])
            EDITION_RULES.require("start", Edition(territory=self.area), by=request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        own = Edition.objects.for_user(self.request.user).filter(territory=self.area).exclude(slug__in=SHIPS)
        self.contents = {slug: shipped(slug) for slug in (PRESENT, FIRST)} | {e.slug: e.content for e in own}
        sources = [(slug, f"A copy of “{content['title']}”") for slug, content in self.contents.items()]
        return super().get_form_kwargs() | {"sources": [*sources, (BLANK, "No question")]}

    def get_initial(self):
        return {"source": self.request.GET.get("from", "")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(area=self.area, back=reverse("data_returns:forms"), **kwargs)

    def act(self, form):
        said = form.cleaned_data
        content = self.contents.get(said["source"]) or drafting.blank()
        edition = actions.start(self.area, content, title=said["title"], by=self.request.user)
        messages.success(self.request, "The form is started as a draft. Nobody else is asked it yet.")
        return redirect(page_of(edition))


class Draft(LoginRequiredMixin, ActionFormView):
    """A page that changes a draft."""

    rule, record_name = "change", "edition"
    template_name = "data_returns/form_edit.html"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            self.record = seen_edition(request, kwargs["area"], kwargs["slug"], self.rule)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        more = {"edition": self.record, "area": self.record.territory, "back": page_of(self.record)}
        return super().get_context_data(**more | kwargs)


class About(Draft):
    form_class, title = AboutForm, "Title and notes"

    def act(self, form):
        actions.describe(self.record, by=self.request.user, **form.cleaned_data)
        return redirect(page_of(self.record))


class Publish(Draft):
    rule, form_class, title, button = "publish", PublishForm, "Publish this form", "Publish"
    template_name = "data_returns/form_publish.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"years": actions.years_ahead(localdate())}

    def get_context_data(self, **kwargs):
        area = self.record.territory
        standings = Standing.objects.for_user(self.request.user).filter(territory=area).exclude(reference="")
        years = list(standings.values_list("year", flat=True))
        opened = [(in_words(y), years.count(y)) for y in actions.years_ahead(localdate()) if y in years]
        problems = problems_of(self.record.draft)
        return super().get_context_data(opened=opened, problems=problems, **kwargs)

    def show_both(self, yours, current):
        """There is nothing to choose from: the form is another one than the person looked at."""
        self.record = current
        return self.show_again(yours, current)

    def act(self, form):
        said = form.cleaned_data | {"today": localdate(), "by": self.request.user}
        edition = actions.publish(self.record, **said)
        messages.success(self.request, f"The form is published. It is asked from {edition.since} on.")
        return redirect(page_of(edition))


def do(request, edition: Edition, act, said, back=page_of):
    """What a button does to the form as the page showed it; ``said`` and ``back`` are of the form as it is then."""
    try:
        edition = act(edition, revision=whole(request.POST.get("revision", "")) or 0, by=request.user)
    except StaleEdit:
        messages.warning(request, MEANWHILE)
        return redirect(page_of(edition))
    messages.success(request, said(edition) if callable(said) else said)
    return redirect(back(edition))


@login_required
@require_POST
def withdraw(request, area: str, slug: str):
    edition = seen_edition(request, area, slug, "withdraw")
    return do(request, edition, actions.withdraw, "The form is withdrawn: it is a draft again.")


@login_required
@require_POST
def discard(request, area: str, slug: str):
    edition = seen_edition(request, area, slug, "discard")
    act = partial(actions.discard, today=localdate())
    return do(request, edition, act, "The draft is deleted.", lambda _: reverse("data_returns:forms"))
