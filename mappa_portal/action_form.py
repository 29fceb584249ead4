"""A page with one form: what it means is an action's business, and what that refuses stands beside the fields."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.choices import flatten_choices
from django.views.generic import FormView

from mappa_portal.exceptions import StaleEdit
from mappa_portal.forms import Form, attempt
from mappa_portal.words import long_date


@dataclass(frozen=True)
class Question:
    """Asked on a page of its own before a form takes effect; ``form`` is what must be said to go on."""

    title: str
    follows: list[str]
    button: str
    form: type[Form] = Form


class ActionFormView(FormView):
    """Hands the form to ``act``, and what the action refuses back to the form.

    ``record`` is what the form edits, its keyword argument ``record_name``.
    """

    record = None
    question_template = ""
    answer: Form | None = None
    record_name = ""
    title = ""
    button = "Save"

    def question(self, form) -> Question | None:
        """What to ask before ``act``, if it does more than the person may think."""
        return None

    def act(self, form):
        """Call the action; answer with where to go."""
        raise NotImplementedError

    def get_form_kwargs(self):
        own = {self.record_name: self.record} if self.record_name else {}
        return super().get_form_kwargs() | own

    def form_valid(self, form):
        if "again" in self.request.POST:  # from the question back to the form
            return self.render_to_response(self.get_context_data(form=form))
        if question := self.question(form):
            sent = self.request.POST if "confirmed" in self.request.POST else None
            self.answer = question.form(sent)
            if not self.answer.is_valid():
                return self._ask(question)
        try:
            return attempt(form, lambda: self.act(form)) or self.form_invalid(form)
        except StaleEdit as stale:
            return self.show_both(form, stale.current)

    def _ask(self, question: Question):
        """What was typed travels along, hidden."""
        asked = {"csrfmiddlewaretoken", "confirmed", *self.answer.fields}
        sent = [(n, v) for n, values in self.request.POST.lists() for v in values if n not in asked]
        context = self.get_context_data(form=self.answer, sent=sent, question=question)
        self.template_name = self.question_template
        return self.render_to_response(context)

    def show_both(self, yours, current):
        """Both versions side by side; saving again replaces the one that the person has now seen (C2)."""
        kwargs = self.get_form_kwargs() | {self.record_name: current}
        theirs = type(yours)(**kwargs | {"data": None, "files": None})
        return self.show_again(yours, current, columns=COLUMNS, both=side_by_side(theirs, yours))

    def show_again(self, yours, current, **context):
        """What was typed, in the form as it stands now."""
        kwargs = self.get_form_kwargs() | {self.record_name: current}
        sent = yours.data.copy()
        sent["revision"] = current.revision
        form = type(yours)(**kwargs | {"data": sent})
        return self.render_to_response(
            self.get_context_data(form=form, changed=current, **context), status=409
        )

    def get_context_data(self, **kwargs):
        words = {"title": self.title, "button": self.button}
        return super().get_context_data(**words | kwargs)


COLUMNS = ("Question", "Saved now", "Yours")


def side_by_side(theirs, yours) -> list[tuple[str, str, str]]:
    """What people see of both; one may have fields that the other lacks."""
    names = [n for n, field in (yours.fields | theirs.fields).items() if not field.widget.is_hidden]
    return [
        (
            (theirs if name in theirs.fields else yours)[name].label,
            *(shown(form[name]) if name in form.fields else "None" for form in (theirs, yours)),
        )
        for name in names
    ]


def shown(bound) -> str:
    """A value as the person knows it: the label of a choice, a day, the names of boroughs."""
    value = bound.value()
    if bound.kind == "date":
        typed = bound.field.widget._typed(value)
        try:
            return long_date(bound.field.to_python(typed))
        except ValidationError:
            return "/".join(filter(None, typed)) or "None"
    chosen = value if isinstance(value, list | tuple) else [value]
    choices = flatten_choices(getattr(bound.field.widget, "choices", ()))
    labels = {str(key): str(label) for key, label in choices}
    return ", ".join(labels.get(str(v), str(v)) for v in chosen if v not in (None, "")) or "None"
