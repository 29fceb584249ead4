"""Writing a referral: where it starts, and one section of Form A at a time."""

from collections.abc import Iterator

from django import forms
from django.utils.timezone import localdate

from boards.directory import organisations_covering
from boards.forms.fields import RevisedForm
from boards.models import Organisation, Territory
from mappa_portal.forms import DateField, Form
from referrals.models import Referral, ReferralSection
from referrals.referring.form_a import LEVELS, Question, Section

LONG = 4000
MOST_CHILDREN = 20


class BySlug(forms.ModelChoiceField):
    def __init__(self, label: str, queryset, **kwargs):
        super().__init__(queryset, to_field_name="slug", label=label, empty_label=None, **kwargs)


class NewReferralForm(Form):
    """What there is no choice of is not asked."""

    def __init__(self, *args, organisations: list[Organisation], boroughs: list[Territory], **kwargs):
        super().__init__(*args, **kwargs)
        agencies = organisations_covering(boroughs).filter(kind=Organisation.Kind.AGENCY)
        units = {o.territory_id for o in organisations if o.kind == Organisation.Kind.UNIT}
        if not units:
            agencies = agencies.filter(pk__in=[o.pk for o in organisations])
        self.fields["agency"] = BySlug("Agency that refers", agencies)
        self.fields["borough"] = BySlug(
            "Borough where the person lives",
            Territory.objects.filter(pk__in=[b.pk for b in boroughs]),
            help_text="Of no fixed abode: where the closest links are. It cannot be changed later.",
        )
        self.fields["level_asked"] = forms.TypedChoiceField(
            label="Which level is asked?",
            choices=LEVELS,
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": "Select Level 2 or Level 3"},
        )
        for name in ("agency", "borough"):
            field = self.fields[name]
            if len(found := list(field.queryset)) == 1:
                field.initial, field.widget = found[0].slug, forms.HiddenInput()


class SectionForm(RevisedForm):
    """``is_later``: what is missing may stay missing. ``typed``: of how many children something was sent."""

    def __init__(
        self,
        *args,
        section_row: ReferralSection,
        section: Section,
        referral: Referral,
        is_later: bool = False,
        typed: int = 0,
        **kwargs,
    ):
        self.section, self.referral, self.is_later, self.typed = section, referral, is_later, typed
        saved = section_row.answers
        kwargs["initial"] = {"revision": section_row.revision} | dict(self._initial(saved))
        super().__init__(*args, **kwargs)
        for prefix, label in self._parts(saved):
            for question in section.questions:
                self.fields[f"{prefix}{question.key}"] = self._field(question, label)

    def _initial(self, saved: dict) -> Iterator[tuple[str, object]]:
        if not self.section.each:
            yield from ((key, value) for key, value in saved.items() if value)
        for n, one in enumerate(saved.get("each", ())):
            yield from ((f"{n}-{key}", value) for key, value in one.items() if value)

    def _parts(self, saved: dict) -> list[tuple[str, str]]:
        """(prefix, label): one, or each child with an empty one at the end."""
        if not self.section.each:
            return [("", "")]
        many = min(max(len(saved.get("each", ())) + 1, self.typed), MOST_CHILDREN)
        return [(f"{n}-", f"{self.section.each} {n + 1}: ") for n in range(many)]

    def _field(self, question: Question, label: str) -> forms.Field:
        required = question.is_required and not self.is_later and not self.section.each
        optional = "" if question.is_required else " (optional)"
        common = {
            "label": f"{label}{question.label}" if label else f"{question.label}{optional}",
            "help_text": question.hint,
            "required": required,
            "error_messages": {"required": question.error} if question.error else {},
        }
        if question.kind in ("date", "past"):
            return _Day(is_past=question.kind == "past", thing=question.label, **common)
        if question.kind == "choice":
            return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect, **common)
        if question.kind == "agencies":
            return forms.MultipleChoiceField(
                choices=self._agencies(), widget=forms.CheckboxSelectMultiple, **common
            )
        widget = (
            forms.Textarea({"rows": 4})
            if question.kind == "lines"
            else forms.TextInput({"autocomplete": "off"})
        )
        return forms.CharField(max_length=LONG if question.kind == "lines" else 200, widget=widget, **common)

    def _agencies(self) -> list[tuple[str, str]]:
        found = organisations_covering([self.referral.territory]).filter(kind=Organisation.Kind.AGENCY)
        return [(agency.slug, agency.name) for agency in found]

    def clean(self):
        data = super().clean()
        if self.section.each and not self.is_later:
            for n, one in enumerate(self._each(data)):
                if any(one.values()) and not one.get("name"):
                    self.add_error(f"{n}-name", self.section.questions[0].error)
        return data

    def _each(self, data: dict) -> list[dict]:
        parts = {name.partition("-")[0] for name in self.fields if "-" in name}
        keys = [q.key for q in self.section.questions]
        return [{key: data.get(f"{n}-{key}") or "" for key in keys} for n in sorted(map(int, parts))]

    @property
    def answers(self) -> dict:
        data = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in self.cleaned_data.items()}
        if self.section.each:
            return {"each": [one for one in self._each(data) if any(one.values())]}
        return {q.key: data[q.key] or "" for q in self.section.questions}


class _Day(DateField):
    """``thing`` stands in the error texts, without "(optional)"."""

    def __init__(self, *, is_past: bool, thing: str, **kwargs):
        super().__init__(**kwargs)
        self.is_past, self.thing = is_past, thing

    @property
    def _thing(self) -> str:
        return self.thing

    def validate(self, value):
        super().validate(value)
        if value and self.is_past and value > localdate():
            raise forms.ValidationError(f"{self.thing} must be in the past")


class EndorseForm(Form):
    agreed = forms.BooleanField(
        label="I have read this referral and endorse it for my agency",
        error_messages={"required": "Select to confirm that you endorse this referral"},
    )


class WithdrawReferralForm(Form):
    reason = forms.CharField(
        label="Why is this referral withdrawn?",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter why the referral is withdrawn"},
    )


class ReferralFilterForm(Form):
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[
            ("", "Waiting"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("withdrawn", "Withdrawn"),
            ("overdue", "Overdue"),
            ("all", "All"),
        ],
    )
    category = forms.TypedChoiceField(
        label="Category",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "All"), *((n, f"Category {n}") for n in (1, 2, 3, 4))],
    )
