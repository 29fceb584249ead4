"""Recording what happened to a disclosure: what opens one, and each further entry of its trail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from referrals import actions
from referrals.disclosing.ledger import OPENING
from referrals.disclosing.words import standing, trail
from referrals.forms.disclosure_steps import FORMS
from referrals.looking import reason_to_open
from referrals.models import Case
from referrals.rules import CASE_RULES
from referrals.views.disclosure_pages import PagedView
from referrals.views.disclosures import disclosure_of


def case_of(request, reference: str) -> Case:
    mine = Case.objects.for_user(request.user).select_related("territory__parent", "organisation")
    found = get_object_or_404(mine, reference=reference)
    CASE_RULES.require("disclose", found, by=request.user)
    return found


@login_required
def choose(request, reference: str):
    """What is to be recorded: the page before the form."""
    case = case_of(request, reference)
    kinds = [(kind, FORMS[kind].title) for kind in OPENING]
    return render(request, "referrals/disclosure_new.html", {"case": case, "kinds": kinds})


class DisclosureNew(PagedView):
    @cached_property
    def place(self) -> Case:
        if self.kwargs["kind"] not in OPENING:
            raise Http404
        return case_of(self.request, self.kwargs["reference"])

    @property
    def back(self) -> str:
        return reverse("referrals:case", args=[self.place.reference])

    def get_context_data(self, **kwargs):
        return super().get_context_data(case=self.place, **kwargs)

    def act(self, form):
        opened = actions.open_disclosure(
            self.place,
            form.kind,
            on=form.on,
            said=form.said,
            organisation=form.organisation,
            today=localdate(),
            by=self.request.user,
        )
        messages.success(self.request, f"{opened} is recorded.")
        return redirect("disclosures:disclosure", opened.reference)


class DisclosureAdd(PagedView):
    @cached_property
    def place(self):
        kind = self.kwargs["kind"]
        if kind in OPENING or kind not in FORMS:
            raise Http404
        found = disclosure_of(self.request, self.kwargs["reference"], kind)
        if self.request.method == "GET" and self.step == 1:  # where the trail is shown
            actions.look_at(found, by=self.request.user)
        reason_to_open([found.case], by=self.request.user)  # the trail stands beside what was typed
        return found

    @property
    def back(self) -> str:
        return reverse("disclosures:disclosure", args=[self.place.reference])

    def get_context_data(self, **kwargs):
        more = {"disclosure": self.place, "seen": self.place.state.count, "rows": standing(self.place)}
        more["lines"] = trail(self.place)
        return super().get_context_data(**more, **kwargs)

    def act(self, form):
        entry = actions.add_entry(
            self.place,
            form.kind,
            on=form.on,
            said=form.said,
            organisation=form.organisation,
            seen=int(seen) if (seen := self.request.POST.get("seen", "")).isdecimal() else 0,
            today=localdate(),
            by=self.request.user,
        )
        messages.success(self.request, f"Entry {entry.number} is recorded.")
        return redirect("disclosures:disclosure", self.place.reference)
