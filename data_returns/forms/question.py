"""One question of a return as a page's form: figures, their blanks and reasons, the choice, comments."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django import forms

from data_returns.actions.entry import Entered, differs, missing
from data_returns.content import whole
from data_returns.form import LARGEST, Cell, Question
from data_returns.forms.impersonal import ImpersonalForm
from data_returns.models import Figure

LONGEST = 5_000  # characters of a comment
NONE = [("", "Select why"), *Figure.Blank.choices]
MINUS = "-\u2212\u2013"  # as keyboards and other programs write it
DONE = [("yes", "Yes, I have completed it"), ("no", "No, I will come back to it later")]


class CountField(forms.CharField):
    """A whole number; "1,204" is one. Empty is None."""

    def __init__(self, cell: Cell):
        attrs = {"inputmode": "numeric", "class": "govuk-input--width-5", "autocomplete": "off"}
        super().__init__(label=cell.label, required=False, widget=forms.TextInput(attrs))

    def clean(self, value) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        number = whole(text)
        if number is None:
            below = text[0] in MINUS and whole(text[1:]) is not None
            said = "0 or more" if below else "a whole number, like 14"
            raise forms.ValidationError(f"{self.label} must be {said}")
        if number > LARGEST:
            raise forms.ValidationError(f"{self.label} must be {LARGEST:,} or fewer")
        return number


def fields_of(question: Question, register: Mapping[str, int], choices) -> Iterator[tuple[str, forms.Field]]:
    for cell in question.cells:
        yield from _of_cell(cell, register.get(cell.key))
    if question.choice:
        yield f"answer-{question.choice.key}", _radios(question.choice.label, question.choice.options)
    for text in question.texts:
        label = text.label
        if text.attends is not None:
            label = f"{text.label}: comments"
            yield f"answer-{text.key}", _radios(f"{text.label}: is it represented?", choices[text.key])
        widget = forms.Textarea({"rows": 5})
        yield (
            f"text-{text.key}",
            forms.CharField(label=label, required=False, max_length=LONGEST, widget=widget),
        )
    if not question.cells:
        yield "done", _radios("Have you completed this section?", DONE)


class SeenField(forms.IntegerField):
    """What the register counted when the page was shown; what cannot be a count was never shown."""

    def clean(self, value):
        try:
            seen = super().clean(value)
        except forms.ValidationError:
            return None
        return seen if seen is not None and 0 <= seen <= LARGEST else None


def _of_cell(cell: Cell, counted: int | None) -> Iterator[tuple[str, forms.Field]]:
    yield f"figure-{cell.key}", CountField(cell)
    label = f"{cell.label}: if there is no number"
    yield f"blank-{cell.key}", forms.ChoiceField(label=label, choices=NONE, required=False)
    if counted is not None:
        label = f"Why {cell.label} differs from the case register"
        yield f"reason-{cell.key}", forms.CharField(label=label, required=False, max_length=300)
        yield (
            f"seen-{cell.key}",
            SeenField(initial=counted, required=False, widget=forms.HiddenInput),
        )


def _radios(label: str, options) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, required=False)


class QuestionForm(ImpersonalForm):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data=None,
        *,
        question: Question,
        register: Mapping[str, int],
        choices,
        kept=MappingProxyType({}),
        **kwargs,
    ):
        """``kept``: the figures as they are stored."""
        self.question, self.register, self.kept = question, register, kept
        self.base_fields = {**self.base_fields, **dict(fields_of(question, register, choices))}
        super().__init__(data, **kwargs)

    def clean(self):
        for cell in self.question.cells:
            if self.cleaned_data.get(f"figure-{cell.key}") is None:
                continue
            if self.cleaned_data.get(f"blank-{cell.key}"):
                self.add_error(
                    f"figure-{cell.key}",
                    f"Enter a number for {cell.label} or say why there is none, not both",
                )
        return super().clean()

    @property
    def impersonal(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name.startswith("reason-"))

    # -- What was said --

    @property
    def figures(self) -> dict[str, Entered]:
        return {cell.key: self._entered(cell.key) for cell in self.question.cells}

    def _entered(self, key: str) -> Entered:
        """A reason is about what the page showed; the register may have moved on since."""
        said, counted = self.cleaned_data, self.register.get(key)
        value, blank = said[f"figure-{key}"], said[f"blank-{key}"]
        reason = said.get(f"reason-{key}", "") if differs(value, counted) else ""
        if not reason:
            return self._as_kept(key, value, counted) or Entered(value, blank, counted)
        seen = said.get(f"seen-{key}")
        return Entered(value, blank, counted if seen is None else seen, reason)

    def _as_kept(self, key: str, value: int | None, counted: int | None) -> Entered | None:
        """A reason that no longer stands was not shown, so nobody took it away."""
        figure = self.kept.get(key)
        if figure and figure.reason and figure.value == value and figure.register != counted:
            return Entered(value, figure.blank, figure.register, figure.reason)
        return None

    @property
    def texts(self) -> dict[str, str]:
        return {text.key: self.cleaned_data[f"text-{text.key}"] for text in self.question.texts}

    @property
    def answers(self) -> dict[str, str]:
        found = {name: value for name, value in self.cleaned_data.items() if name.startswith("answer-")}
        return {name.removeprefix("answer-"): value for name, value in found.items()}

    def is_complete(self) -> bool:
        """Of figures each is there, or it is said why not; of a text the person says so."""
        if not self.question.cells:
            return self.cleaned_data["done"] == "yes"
        return not any(missing(cell, self._entered(cell.key), self.register) for cell in self.question.cells)

    def say(self, name: str, message: str) -> None:
        """What was saved and is not right yet, beside its field."""
        errors = self.errors.setdefault(name, self.error_class())
        if message not in errors:
            errors.append(message)
