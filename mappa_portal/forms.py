"""Forms in GOV.UK markup: one renderer, one bound field, one template; error texts that say what to do."""

from collections.abc import Callable
from copy import copy
from datetime import date
from typing import TypeVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import cached_property

T = TypeVar("T")

KINDS = (  # most particular first
    (forms.HiddenInput, "hidden"),
    (forms.PasswordInput, "password"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)
CSS = {
    "hidden": "",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "radios": "govuk-radios__input",
    "checkboxes": "govuk-checkboxes__input",
    "checkbox": "govuk-checkboxes__input",
    "file": "govuk-file-upload",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "date": "",
    "input": "govuk-input",
}
CAN_BE_RED = {
    "password": "govuk-input",
    "input": "govuk-input",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
} | {"date": "govuk-input"}


class GovukBoundField(BoundField):
    """Adds classes and descriptions."""

    @cached_property
    def kind(self) -> str:
        widget = self.field.widget
        if isinstance(widget, DateInput):
            return "date"
        return next((kind for base, kind in KINDS if isinstance(widget, base)), "input")

    @property
    def grouped(self) -> bool:
        """Several controls under one question: a fieldset with a legend."""
        return self.kind in ("radios", "checkboxes", "date")

    @property
    def first_id(self) -> str:
        """Where the error summary leads."""
        return f"{self.auto_id}_0" if self.grouped else self.auto_id

    @property
    def counts(self) -> int | None:
        """The limit that a character count shows."""
        return getattr(self.field, "max_length", None) if self.kind == "textarea" else None

    @property
    def aria_describedby(self) -> str:
        parts = [(self.help_text, "hint"), (self.errors, "error"), (self.counts, "info")]
        return " ".join(f"{self.auto_id}-{name}" for there, name in parts if there)

    def build_widget_attrs(self, attrs, widget=None):
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)  # the answer to an empty field is ours, not the browser's
        for limit in ("maxlength", "min", "max", "step"):  # a limit that cuts pasted text off loses it
            attrs[limit] = False
        if self.grouped or self.kind == "checkbox":
            attrs.pop("aria-invalid", None)
        if css := self._css(widget):
            attrs["class"] = css
        return attrs

    def _css(self, widget) -> str:
        parts = [CSS[self.kind], widget.attrs.get("class", "")]
        if self.errors and self.kind in CAN_BE_RED:
            parts.append(f"{CAN_BE_RED[self.kind]}--error")
        if self.counts:
            parts.append("govuk-js-character-count")
        return " ".join(part for part in parts if part)


class GovukRenderer(TemplatesSetting):
    form_template_name = "govuk/form.html"
    formset_template_name = "govuk/formset.html"
    field_template_name = "govuk/field.html"
    bound_field_class = GovukBoundField


# -- Dates in three fields --

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class DateInput(forms.Widget):
    """Day, month, year. What was typed comes back as typed, even if it is no date."""

    template_name = "govuk/date_input.html"
    use_fieldset = True
    parts = (("day", 2), ("month", 2), ("year", 4))

    def value_from_datadict(self, data, files, name):
        typed = tuple((data.get(f"{name}_{part}") or "").strip() for part, _ in self.parts)
        return typed if any(typed) else None

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}_{part}" in data for part, _ in self.parts)

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        base, born = context["widget"]["attrs"].get("id", name), self.attrs.get("autocomplete") == "bday"
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{part}",
                "id": f"{base}_{i}",
                "label": part.title(),
                "width": width,
                "value": typed,
            }
            | {"autocomplete": f"bday-{part}" if born else ""}
            for i, ((part, width), typed) in enumerate(zip(self.parts, self._typed(value), strict=True))
        ]
        return context

    def _typed(self, value) -> tuple[str, str, str]:
        if isinstance(value, str):
            value = date.fromisoformat(value)
        if isinstance(value, date):
            return (str(value.day), str(value.month), str(value.year))
        return value or ("", "", "")


class DateField(forms.DateField):
    """``label`` is the thing in the error texts: "Review date must be a real date"."""

    widget = DateInput

    def to_python(self, value):
        if not isinstance(value, tuple):
            return super().to_python(value)
        missing = [part for part, typed in zip(("day", "month", "year"), value, strict=True) if not typed]
        if missing:
            raise forms.ValidationError(
                f"{self._thing} must include a {' and '.join(missing)}", code="incomplete"
            )
        try:
            return date(int(value[2]), _month(value[1]), int(value[0]))
        except (ValueError, OverflowError):
            raise forms.ValidationError(f"{self._thing} must be a real date", code="invalid") from None

    def validate(self, value):
        super().validate(value)
        if value and value.year < 1900:
            raise forms.ValidationError("Year must include 4 numbers", code="invalid")

    @property
    def _thing(self) -> str:
        return str(self.label or "Date")


def _month(typed: str) -> int:
    name = typed.lower()[:3]
    return MONTHS.index(name) + 1 if name in MONTHS else int(typed)


# -- Error texts --


class GovukFormMixin:
    """Says what to do in the words of the label, unless the field has words of its own."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self._worded: set[str] = set()
        self._word()

    def full_clean(self):
        self._word()  # what a form's own __init__ added
        super().full_clean()

    def _word(self):
        for name in self.fields.keys() - self._worded:
            field = self.fields[name]
            _say_what_to_do(field, str(field.label or name.replace("_", " ").capitalize()))
            if isinstance(field.widget, forms.NumberInput):  # type=number loses what it cannot read
                field.widget.input_type = "text"
                field.widget.attrs.setdefault("inputmode", "numeric")
        self._worded |= self.fields.keys()


class Form(GovukFormMixin, forms.Form):
    pass


class ModelForm(GovukFormMixin, forms.ModelForm):
    """For dates name ``DateField`` in ``Meta.field_classes``."""


def attempt(form, action: Callable[[], T]) -> T | None:
    """Run the action; what it finds wrong with the values goes beside the fields."""
    try:
        return action()
    except forms.ValidationError as refused:
        by_field = getattr(refused, "error_dict", {None: refused})
        for field, errors in by_field.items():
            form.add_error(field if field in form.fields else None, errors)
        return None


DASHES = forms.ModelChoiceField(None).empty_label  # Django's "---------"


def _say_what_to_do(field: forms.Field, label: str) -> None:
    if getattr(field, "empty_label", None) == DASHES:
        field.empty_label = "Select" if field.required else "None"
    own = _own_messages(field)
    for code, text in _messages(field, label).items():
        if code not in own:
            field.error_messages[code] = text
    field.validators = [_reworded(validator, label) for validator in field.validators]


def _own_messages(field: forms.Field) -> set[str]:
    stock: dict[str, str] = {}
    for base in reversed(type(field).__mro__):
        stock.update(getattr(base, "default_error_messages", {}))
    return {code for code, text in field.error_messages.items() if text != stock.get(code, text)}


def _messages(field: forms.Field, label: str) -> dict[str, str]:
    thing = label if label[:2].isupper() else label[:1].lower() + label[1:]
    wanted = f"Enter {thing}"
    if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField, forms.FileField)):
        wanted = f"Select an answer to ‘{label}’" if label.endswith("?") else f"Select {thing}"
    elif isinstance(field, forms.BooleanField):
        wanted = f"Select to confirm: {thing}"
    wrong = f"{label} is not in a form the portal can read"
    if isinstance(field, forms.DateField):
        wrong = f"{label} must be a real date"
    elif isinstance(field, forms.EmailField):
        wrong = f"{label} must be an email address, like name@example.org"
    elif isinstance(field, forms.IntegerField):
        wrong = f"{label} must be a whole number, like 14"
    return {
        "required": wanted,
        "missing": wanted,
        "invalid": wrong,
        **dict.fromkeys(
            ("invalid_choice", "invalid_list", "invalid_pk_value"), f"Select {thing} from the list"
        ),
        "empty": "The selected file is empty",
    }


LIMITS = {
    "max_length": "%(limit_value)d characters or less",
    "min_length": "%(limit_value)d characters or more",
    "max_value": "%(limit_value)s or less",
    "min_value": "%(limit_value)s or more",
}


def _reworded(validator, label: str):
    """A limit's stock message in our words; one that was written for the field stays."""
    code = getattr(validator, "code", "")
    if code not in LIMITS or "message" in vars(validator):
        return validator
    validator = copy(validator)
    validator.message = f"{label} must be {LIMITS[code]}"
    return validator
