"""The questions of a draft and its cross-checks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from data_returns.actions import building as actions
from data_returns.building.drafting import PARTS, place_of
from data_returns.building.problems import problems_of, words_of
from data_returns.forms.building.checks import CheckForm
from data_returns.forms.building.questions import AskingForm
from data_returns.models import Edition
from data_returns.views.drafts import Draft, do
from data_returns.views.forms import page_of, place, seen_edition
from mappa_portal.action_form import COLUMNS, side_by_side
from mappa_portal.exceptions import Conflict


class EditQuestion(Draft):
    """One that is there, named by its base, or a new one."""

    form_class, template_name = AskingForm, "data_returns/form_question.html"

    @property
    def base(self) -> str:
        return self.kwargs.get("base", "")

    @property
    def number(self) -> int | None:
        return place_of(self.record.content, self.base)

    @property
    def is_gone(self) -> bool:
        return bool(self.base) and self.number is None

    def get(self, request, *args, **kwargs):
        if self.is_gone:
            raise Conflict("This question is no longer in the form.")
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if "more" in request.POST:  # a row for another text; nothing is saved or judged yet
            return self.render_to_response(self.get_context_data(form=self._with_another_text(form)))
        return self.show_both(form, self.record) if self.is_gone else super().post(request, *args, **kwargs)

    def _with_another_text(self, form) -> AskingForm:
        typed = {name: value for name, value in self.request.POST.items() if name in form.fields}
        typed |= {"parts_of": self.request.POST.getlist("parts_of")}
        more = {"texts": form.texts_shown + 1, "initial": typed}
        return AskingForm(edition=self.record, base=self.base, **more)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"base": self.base}

    def get_context_data(self, **kwargs):
        number, gone = self.number, self.is_gone
        title = f"Question {number}" if number else "New question"
        to = reverse("data_returns:form_add", args=place(self.record)) if gone else ""
        more = {"title": title, "number": number, "base": self.base, "is_gone": gone, "to": to}
        return super().get_context_data(**more | kwargs)

    def show_both(self, yours, current):
        """What differs. Of a new question, or one that is gone, there is no other version."""
        self.record = current
        if not self.number:
            return self.show_again(yours, current)
        kwargs = self.get_form_kwargs() | {"data": None, "files": None}
        rows = [row for row in side_by_side(AskingForm(**kwargs), yours) if row[1] != row[2]]
        return self.show_again(yours, current, columns=COLUMNS, both=rows)

    def act(self, form):
        revision, by = form.cleaned_data["revision"], self.request.user
        edition = actions.ask(self.record, self.base, form.asking, revision=revision, by=by)
        number = place_of(edition.content, self.base or edition.content["last_base"])
        messages.success(self.request, f"Question {number} is saved.")
        return redirect(f"{page_of(edition)}#question-{number}")


@login_required
@require_POST
def move(request, area: str, slug: str, base: str):
    edition, places = seen_edition(request, area, slug, "change"), -1 if request.POST.get("to") == "up" else 1

    def act(edition: Edition, **said):
        return actions.move(edition, base, places, **said)

    return do(
        request,
        edition,
        act,
        lambda e: f"The question is now question {place_of(e.content, base)}.",
        lambda e: f"{page_of(e)}#question-{place_of(e.content, base)}",
    )


@login_required
@require_POST
def remove(request, area: str, slug: str, base: str):
    edition = seen_edition(request, area, slug, "change")

    def act(edition: Edition, **said):
        return actions.remove(edition, base, **said)

    return do(request, edition, act, f"Question {place_of(edition.content, base)} is removed.")


class Checks(Draft):
    """All there are, and one more."""

    form_class, template_name = CheckForm, "data_returns/form_checks.html"
    title, button = "Cross-checks", "Add the cross-check"

    def get_context_data(self, **kwargs):
        draft = self.record.draft
        problems = problems_of(draft)
        checks = [
            {
                "place": place,
                "code": relation.code,
                "words": words_of(draft, relation),
                "is_error": relation.level == "error",
                "is_kept": relation.code == PARTS,
                "problems": [p.text for p in problems if p.check == place],
            }
            for place, relation in enumerate(draft.relations, 1)
        ]
        return super().get_context_data(checks=checks, has_figures=bool(draft.cells), **kwargs)

    def show_both(self, yours, current):
        """Another one is added; nothing is replaced."""
        self.record = current
        return self.show_again(yours, current)

    def act(self, form):
        said = {name: form.cleaned_data[name] for name in ("test", "level", "words", "revision")}
        edition = actions.add_checks(self.record, form.pairs, by=self.request.user, **said)
        messages.success(self.request, _added(edition, len(form.pairs)))
        return redirect(checks_of(self.record))


def _added(edition: Edition, number: int) -> str:
    codes = [relation["code"] for relation in edition.content["relations"][-number:]]
    return (
        f"Cross-checks {codes[0]} to {codes[-1]} are added."
        if number > 1
        else f"Cross-check {codes[0]} is added."
    )


def checks_of(edition: Edition) -> str:
    return reverse("data_returns:form_checks", args=place(edition))


@login_required
@require_POST
def remove_check(request, area: str, slug: str, position: int):
    edition = seen_edition(request, area, slug, "change")

    def act(edition: Edition, **said):
        return actions.remove_check(edition, position, **said)

    return do(request, edition, act, "The cross-check is removed.", checks_of)
