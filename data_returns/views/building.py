"""The questions of a draft and its cross-checks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from data_returns.actions import building as actions
from data_returns.building.drafting import PARTS
from data_returns.building.problems import problems_of
from data_returns.forms.building import AskingForm, CheckForm
from data_returns.models import Edition
from data_returns.views.forms import Draft, edition_of, page_of, place
from mappa_portal.exceptions import StaleEdit

MEANWHILE = "Somebody else changed this form after you opened it. Here is how it stands now."


class Asking(Draft):
    """A question, new or there."""

    form_class, template_name = AskingForm, "data_returns/form_question.html"

    @property
    def number(self) -> int | None:
        return self.kwargs.get("number")

    @property
    def title(self) -> str:
        return f"Question {self.number}" if self.number else "New question"

    def get_form_kwargs(self):
        if self.number is not None and not 0 < self.number <= len(self.record.content["questions"]):
            raise Http404
        return super().get_form_kwargs() | {"number": self.number}

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        if "more" in request.POST:  # a row for another text; nothing is saved or judged yet
            typed = {name: value for name, value in request.POST.items() if name in form.fields}
            typed |= {"parts_of": request.POST.getlist("parts_of")}
            again = AskingForm(edition=self.record, number=self.number, texts=form.texts_shown, initial=typed)
            return self.render_to_response(self.get_context_data(form=again))
        return super().post(request, *args, **kwargs)

    def act(self, form):
        revision, by = form.cleaned_data["revision"], self.request.user
        edition = actions.ask(self.record, self.number, form.asking, revision=revision, by=by)
        number = self.number or len(edition.content["questions"])
        messages.success(self.request, f"Question {number} is saved.")
        return redirect(f"{page_of(edition)}#question-{number}")


def _do(request, edition: Edition, act, back: str, said: str):
    """What a button does to the form as the page showed it."""
    typed = request.POST.get("revision", "")
    try:
        act(edition, revision=int(typed) if typed.isdecimal() else 0, by=request.user)
        messages.success(request, said)
    except StaleEdit:
        messages.warning(request, MEANWHILE)
    return redirect(back)


@login_required
@require_POST
def move(request, area: str, slug: str, number: int):
    edition, up = edition_of(request, area, slug, "change"), request.POST.get("to") == "up"
    places = -1 if up else 1

    def act(*args, **said):
        return actions.move(*args, number, places, **said)

    to = min(max(number + places, 1), len(edition.content["questions"]))
    back = f"{page_of(edition)}#question-{to}"
    return _do(request, edition, act, back, f"The question is now question {to}.")


@login_required
@require_POST
def remove(request, area: str, slug: str, number: int):
    edition = edition_of(request, area, slug, "change")

    def act(*args, **said):
        return actions.remove(*args, number, **said)

    return _do(request, edition, act, page_of(edition), f"Question {number} is removed.")


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
                "words": draft.says(relation).replace("{left}", "N").replace("{right}", "N"),
                "is_error": relation.level == "error",
                "is_kept": relation.code == PARTS,
                "problems": [p.text for p in problems if p.check == place],
            }
            for place, relation in enumerate(draft.relations, 1)
        ]
        return super().get_context_data(checks=checks, has_figures=bool(draft.cells), **kwargs)

    def act(self, form):
        said = {name: form.cleaned_data[name] for name in ("test", "level", "words", "revision")}
        actions.add_checks(self.record, form.pairs, by=self.request.user, **said)
        messages.success(self.request, "The cross-check is added.")
        return redirect("data_returns:form_checks", *place(self.record))


@login_required
@require_POST
def remove_check(request, area: str, slug: str, position: int):
    edition = edition_of(request, area, slug, "change")

    def act(*args, **said):
        return actions.remove_check(*args, position, **said)

    back = redirect("data_returns:form_checks", *place(edition)).url
    return _do(request, edition, act, back, "The cross-check is removed.")
