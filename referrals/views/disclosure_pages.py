"""A form over several pages, each at its own address, then the answers to check."""

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.generic import FormView

from accounts.demo import shown_code
from accounts.second_factor import SecondFactorForm
from mappa_portal.action_form import shown
from mappa_portal.forms import DateInput, attempt
from referrals.disclosing.draft import Draft, draft_of, drop, keep
from referrals.forms.disclosure_steps import FORMS

OURS = ("csrfmiddlewaretoken", "seen")


class PagedView(LoginRequiredMixin, FormView):
    """What was sent is kept, sealed, and leads to the next page by its address, so that the browser can go back.

    It travels along in the form too: one that is sent after the end of a session is whole.
    """

    template_name = "referrals/disclosure_entry.html"

    def get_form_class(self):
        if self.kwargs["kind"] not in FORMS:
            raise Http404
        return FORMS[self.kwargs["kind"]]

    @property
    def last(self) -> int:
        return len(self.get_form_class().pages)

    @property
    def step(self) -> int:
        """The page that the address names; after the last come the answers to check."""
        known = [str(number) for number in range(1, self.last + (self.last > 1) + 1)]
        asked = self.request.GET.get("step", "")
        return int(asked) if asked in known else 1

    @property
    def name(self) -> str:
        return f"{self.kwargs['reference']} {self.kwargs['kind']}"

    @cached_property
    def draft(self) -> Draft:
        return draft_of(self.request.session, self.name)

    def get_form_kwargs(self):
        more = {"request": self.request} if issubclass(self.get_form_class(), SecondFactorForm) else {}
        if self.request.method == "GET" and self.draft.sent:
            more["data"] = self.draft.data
        return super().get_form_kwargs() | {"place": self.place, "today": localdate()} | more

    def get_initial(self):
        return {"happened_on": localdate()}

    def get(self, request, *args, **kwargs):
        form, reached = self.get_form(), self.draft.sent + 1
        if self.step > reached:
            return self.turn_to(reached)
        if self.step > self.last:
            return self.check(form, self.draft.refused or form.errors)
        return self.page(form, self.step, quiet=self.step == reached)

    def post(self, request, *args, **kwargs):
        form, step, last = self.get_form(), self.step, self.last
        if "cancel" in request.POST:
            drop(request.session, self.name)
            return redirect(self.back)
        form.is_valid()
        if step > last or last == 1:
            return self.finish(form)
        sent = max(step, self.draft.sent)
        following = last if sent == last else step
        return self.keep(form, self.first_wrong(form, sent) or following + 1, Draft(self.typed, sent))

    def finish(self, form):
        """Record it; what is refused stands among the answers, and leads to its page."""
        done = attempt(form, lambda: self.act(form)) if form.is_valid() else None
        if done:
            drop(self.request.session, self.name)
        elif self.last > 1:
            refused = {name: list(texts) for name, texts in form.errors.items()}
            return self.keep(form, self.last + 1, Draft(self.typed, self.last, refused))
        return done or self.page(form, 1)

    def keep(self, form, number: int, draft: Draft):
        """On to this page; at once where more was sent than is kept."""
        if keep(self.request.session, self.name, draft):
            return self.turn_to(number)
        return self.page(form, self.first_wrong(form, self.last) or 1)

    def turn_to(self, number: int):
        return redirect(f"{self.request.path}?step={number}")

    @property
    def typed(self) -> list[tuple[str, str]]:
        if self.request.method == "GET":
            return self.draft.typed
        return [(n, v) for n, values in self.request.POST.lists() for v in values if n not in OURS]

    def first_wrong(self, form, sent: int) -> int:
        """Of the pages that were sent; 0 when none is."""
        return next((n for n, names in self.asked(form)[:sent] if form.errors.keys() & set(names)), 0)

    def asked(self, form) -> list[tuple[int, list[str]]]:
        pages = enumerate(form.pages, 1)
        return [(number, [n for n in names if n in form.fields]) for number, (_, names) in pages]

    # -- What is shown --

    def page(self, form, number: int, *, quiet: bool = False):
        """``quiet``: what is asked on a page that was not sent yet is not wrong yet."""
        heading, names = form.pages[number - 1][0], self.asked(form)[number - 1][1]
        if form.is_bound:
            own = (*names, NON_FIELD_ERRORS)
            form._errors = ErrorDict({} if quiet else {n: e for n, e in form.errors.items() if n in own})
        return self.show(
            form,
            number,
            fields=[form[name] for name in names],
            sent=self.carried(form, names),
            heading=heading or form.title,
            caption=form.title if heading else "",
            shown=shown_code(self.request.user) if settings.DEMO and "code" in form.fields else None,
        )

    def check(self, form, errors):
        pages = {name: number for number, names in self.asked(form) for name in names}
        places = {name: f"?step={number}#{form[name].first_id}" for name, number in pages.items()}
        answers = [(form[name].label, shown(form[name]), number) for name, number in pages.items()]
        problems = [(text, places.get(name, "")) for name, texts in errors.items() for text in texts]
        form._errors = ErrorDict(errors)
        words = {"heading": "Check your answers", "answers": answers, "problems": problems}
        return self.show(form, self.last + 1, sent=self.carried(form, []), **words)

    def show(self, form, number: int, **context):
        shared = {"place": self.place, "form": form, "at": number, "back": self.back}
        several = {"several": self.last > 1, "last": number > self.last or self.last == 1}
        return self.render_to_response(self.get_context_data(**shared | several | context))

    def carried(self, form, names: list[str]) -> list[tuple[str, str]]:
        """What was sent and is not asked on this page."""
        here = set()
        for name in names:
            dated = isinstance(form.fields[name].widget, DateInput)
            here |= {f"{name}_{part}" for part, _ in DateInput.parts} if dated else {name}
        return [(name, value) for name, value in self.typed if name not in here]
