"""Recording what happened to a disclosure: a form a page at a time, then the answers to check."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.generic import FormView

from accounts.demo import shown_code
from accounts.second_factor import SecondFactorForm
from mappa_portal.action_form import shown
from mappa_portal.forms import DateInput, attempt
from referrals import actions
from referrals.disclosing.ledger import OPENING
from referrals.disclosing.words import standing, trail
from referrals.forms.disclosure_steps import FORMS
from referrals.looking import reason_to_open
from referrals.models import Case
from referrals.rules import CASE_RULES
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


class PagedView(LoginRequiredMixin, FormView):
    """One form over several pages. What was typed travels along in the form: nothing is kept until it is recorded."""

    template_name = "referrals/disclosure_entry.html"

    def get_form_class(self):
        if self.kwargs["kind"] not in FORMS:
            raise Http404
        return FORMS[self.kwargs["kind"]]

    def get_form_kwargs(self):
        more = {"request": self.request} if issubclass(self.get_form_class(), SecondFactorForm) else {}
        return super().get_form_kwargs() | {"place": self.place} | more

    def get_initial(self):
        return {"happened_on": localdate()} if self.request.method == "GET" else {}

    def get(self, request, *args, **kwargs):
        return self.page(self.get_form(), 1)

    def post(self, request, *args, **kwargs):
        form, at, last = self.get_form(), self.number("at"), len(self.get_form_class().pages)
        form.is_valid()
        if wanted := self.number("to"):
            return self.page(form, min(wanted, last), quiet=True)
        for number in range(1, min(at, last) + 1):
            if any(name in form.errors for name in form.pages[number - 1][1]):
                return self.page(form, number)
        if at < last or (at == last > 1):
            return self.page(form, at + 1, quiet=True)
        done = attempt(form, lambda: self.act(form)) if form.is_valid() else None
        return done or self.page(form, self.first_wrong(form))

    def number(self, name: str) -> int:
        typed = self.request.POST.get(name, "")
        return int(typed) if typed.isdecimal() and len(typed) < 3 else 0

    def first_wrong(self, form) -> int:
        pages = [
            n for n, (_, names) in enumerate(form.pages, 1) if any(name in form.errors for name in names)
        ]
        return pages[0] if pages else len(form.pages) + (len(form.pages) > 1)

    def page(self, form, number: int, *, quiet: bool = False):
        """``quiet``: what is asked on a page that was not sent yet is not wrong yet."""
        asked = form.pages[number - 1] if number <= len(form.pages) else ("Check your answers", ())
        names = [name for name in asked[1] if name in form.fields]
        if form.is_bound and not (number > len(form.pages) and not quiet):
            told = {} if quiet else {n: e for n, e in form.errors.items() if n in (*names, NON_FIELD_ERRORS)}
            form._errors = ErrorDict(told)
        context = {
            "place": self.place,
            "form": form,
            "fields": [form[name] for name in names],
            "sent": self.carried(form, names),
            "at": number,
            "heading": asked[0] or form.title,
            "caption": form.title if asked[0] else "",
            "last": number == len(form.pages) == 1 or number > len(form.pages),
            "answers": self.answers(form) if number > len(form.pages) else [],
            "shown": shown_code(self.request.user) if settings.DEMO and "code" in form.fields else None,
        }
        return self.render_to_response(self.get_context_data(**context))

    def carried(self, form, names: list[str]) -> list[tuple[str, str]]:
        """What was sent and is not asked on this page."""
        here = {"csrfmiddlewaretoken", "at", "to", "seen"}
        for name in names:
            dated = isinstance(form.fields[name].widget, DateInput)
            here |= {f"{name}_{part}" for part, _ in DateInput.parts} if dated else {name}
        return [(n, v) for n, values in self.request.POST.lists() for v in values if n not in here]

    def answers(self, form) -> list[tuple[str, str, int]]:
        return [
            (form[name].label, shown(form[name]), number)
            for number, (_, names) in enumerate(form.pages, 1)
            for name in names
            if name in form.fields
        ]


class DisclosureNew(PagedView):
    @cached_property
    def place(self) -> Case:
        if self.kwargs["kind"] not in OPENING:
            raise Http404
        return case_of(self.request, self.kwargs["reference"])

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
        if self.request.method == "GET":
            actions.look_at(found, by=self.request.user)
        reason_to_open([found.case], by=self.request.user)  # the trail stands beside what was typed
        return found

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
            seen=self.number("seen"),
            today=localdate(),
            by=self.request.user,
        )
        messages.success(self.request, f"Entry {entry.number} is recorded.")
        return redirect("disclosures:disclosure", self.place.reference)
