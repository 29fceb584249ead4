"""A cross-check: two sums of figures, and what must hold between them."""

from collections.abc import Mapping

from django import forms

from data_returns.building.sums import Sum, sums_of
from data_returns.forms.building.drafts import DraftForm
from data_returns.models import Edition

SINGLE = 1


def flat(sums: Mapping[str, list[Sum]]) -> dict[str, Sum]:
    return {one.name: one for found in sums.values() for one in found}


def choices(edition: Edition, *, each: bool = True) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (question, [(one.name, one.label) for one in found if each or len(one.rows) == SINGLE])
        for question, found in sums_of(edition.draft).items()
    ]


def _figures(label: str, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=required, error_messages={"required": "Select the figures to compare"}
    )


class CheckForm(DraftForm):
    left = _figures("These figures")
    left_too = _figures("Plus these, if any", required=False)
    test = forms.ChoiceField(
        label="They must be",
        choices=[("at most", "at most"), ("equal", "equal to")],
    )
    right = _figures("Those figures")
    right_too = _figures("Plus those, if any", required=False)
    level = forms.ChoiceField(
        label="What if they are not?",
        choices=[
            ("error", "It is an error: nobody can sign before it is put right"),
            ("warning", "It is a warning: whoever signs can explain it"),
        ],
    )
    words = forms.CharField(
        label="What is said then",
        required=False,
        max_length=200,
        help_text="Leave this empty, and the portal names both figures",
    )

    def __init__(self, *args, edition: Edition, **kwargs):
        super().__init__(*args, edition=edition, **kwargs)
        self.sums = flat(sums_of(edition.draft))
        for name in ("left", "right", "left_too", "right_too"):
            first = "None" if name.endswith("too") else "Select figures"
            self.fields[name].choices = [("", first), *choices(edition)]

    def clean(self):
        said = super().clean() or self.cleaned_data
        if said.get("left") and said.get("right"):
            rows = [
                self.sums[said[name]].rows
                for name in ("left", "left_too", "right", "right_too")
                if said.get(name)
            ]
            if len({len(found) for found in rows}) > 1:
                self.add_error("right", "Compare each level in turn with each level in turn")
            elif any(set(left) & set(right) for left, right in self._pairs(said)):
                self.add_error("right", "The same figure cannot stand on both sides")
        return said

    def _pairs(self, said: Mapping) -> list[tuple[list[str], list[str]]]:
        return list(zip(self._side(said, "left"), self._side(said, "right"), strict=True))

    def _side(self, said: Mapping, name: str) -> list[list[str]]:
        first = self.sums[said[name]].rows
        more = self.sums[said[f"{name}_too"]].rows if said.get(f"{name}_too") else [()] * len(first)
        return [list(dict.fromkeys([*one, *other])) for one, other in zip(first, more, strict=True)]

    @property
    def pairs(self) -> list[tuple[list[str], list[str]]]:
        return self._pairs(self.cleaned_data)
