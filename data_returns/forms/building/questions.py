"""A question as whoever builds the form types it."""

from collections.abc import Iterable, Mapping

from django import forms

from data_returns.building import sources
from data_returns.building.asking import LEVELS, Asking, Wording
from data_returns.building.drafting import place_of
from data_returns.building.problems import unlike
from data_returns.building.sums import sums_of
from data_returns.building.words import BASIS, SHAPES
from data_returns.forms.building.checks import choices, flat
from data_returns.forms.building.drafts import DraftForm, LinesField
from data_returns.forms.building.texts import MOST, fields_of, initial_of, shown_in, wordings
from data_returns.models import Edition

LONGEST = 100  # letters of a band, a part or an answer
BELONGS = {"label": "one", "bands": "bands", "parts": "levels", "parts_of": "levels"}  # field: its shape
COUNTED = ("one", "levels")  # shapes whose numbers the case register may count


class AskingForm(DraftForm):
    """``base`` names the question; without one it is new."""

    page = forms.CharField(
        label="Section", max_length=60, help_text="Questions of one section stand together"
    )
    text = forms.CharField(
        label="Question", max_length=300, widget=forms.Textarea({"rows": 2}), help_text="As people read it"
    )
    caveat = forms.CharField(
        label="What to bear in mind",
        required=False,
        max_length=300,
        help_text="Stands beside the figures wherever they are shown",
    )
    shape = forms.ChoiceField(
        label="Which numbers are asked for?", choices=list(SHAPES.items()), widget=forms.RadioSelect
    )
    basis = forms.ChoiceField(
        label="What do the numbers count?",
        choices=list(BASIS.items()),
        required=False,
        widget=forms.RadioSelect,
    )
    label = forms.CharField(
        label="What the one number is",
        required=False,
        max_length=100,
        help_text="For example: completed in the year",
    )
    bands = LinesField(label="Bands", longest=LONGEST, hint="For example: low risk, medium risk")
    parts = LinesField(
        label="Parts of a level",
        longest=LONGEST,
        hint="For example: managed by the police. They must add up to the level",
    )
    parts_of = forms.TypedMultipleChoiceField(
        label="Which levels have these parts?",
        coerce=int,
        required=False,
        choices=[(level, f"Level {level}") for level in LEVELS],
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.ChoiceField(label="What the case register counts for it", required=False)
    options = LinesField(
        label="Answers",
        longest=LONGEST,
        hint="For example: Yes, No. Leave this empty if there is nothing to choose",
    )
    reason = LinesField(
        label="Answers that need a comment", longest=LONGEST, hint="As they are written above", rows=2
    )
    zero = forms.ChoiceField(
        label="Can it be not applicable?",
        required=False,
        help_text="“Not applicable” is then accepted when this figure is zero",
    )

    def __init__(self, data=None, *, edition: Edition, base: str = "", texts: int = 0, **kwargs):
        number = place_of(edition.content, base)
        self.said = Asking.of(edition.content["questions"][number - 1]) if number else None
        self.texts_shown = min(texts, MOST) or self._count(data)
        self.base_fields = {**self.base_fields, **fields_of(self.texts_shown)}
        super().__init__(data, edition=edition, **kwargs)
        self.fields["source"].choices = sources.choices(self.said.source if self.said else "")
        self.fields["page"].widget.attrs["list"] = "sections"
        self._zeros = flat(sums_of(edition.draft))
        self.fields["zero"].choices = [("", "No"), *choices(edition, each=False)]
        if (kept := ",".join(self.said.zero) if self.said else "") and kept not in self._zeros:
            self.fields["zero"].choices.append((kept, "When figures that were chosen before are zero"))

    def _count(self, data) -> int:
        if data is not None:
            return shown_in(data)
        return max(len(self.said.texts), 1) if self.said else 1

    def initially(self, edition: Edition) -> dict:
        pages = [q["page"] for q in edition.content["questions"]]
        if self.said is None:
            return {"shape": "levels", "basis": "position", "page": pages[-1] if pages else ""}
        said = self.said
        lines = {name: "\n".join(getattr(said, name)) for name in ("bands", "parts", "options", "reason")}
        plain = ("page", "text", "caveat", "shape", "basis", "label", "parts_of", "source")
        return (
            {name: getattr(said, name) for name in plain}
            | lines
            | initial_of(said.texts)
            | {"zero": ",".join(said.zero)}
        )

    def clean(self):
        said = super().clean() or self.cleaned_data
        for name, message in list(self._lacking(said)):
            if name not in self.errors:
                self.add_error(name, message)
        return said

    def _lacking(self, said: Mapping) -> Iterable[tuple[str, str]]:
        shape = said.get("shape")
        for name, its in BELONGS.items():
            if shape and said.get(name) and shape != its:
                yield name, f"This belongs to “{SHAPES[its]}”: select that, or empty this"
        if shape == "one" and not said.get("label"):
            yield "label", "Enter what the number is"
        if shape == "bands" and not said.get("bands"):
            yield "bands", "Enter the bands, one on each line"
        if shape == "levels" and bool(said.get("parts")) != bool(said.get("parts_of")):
            name = "parts_of" if said.get("parts") else "parts"
            yield name, "Enter the parts and select the levels that have them"
        if shape != "none" and not said.get("basis"):
            yield "basis", "Select what the numbers count"
        if (
            shape in COUNTED
            and said.get("source")
            and (wrong := unlike(said["source"], said.get("basis", "")))
        ):
            yield "source", wrong
        options = said.get("options", ())
        if len(options) == 1:
            yield "options", "Enter two answers or more, or none"
        if set(said.get("reason", ())) - set(options):
            yield "reason", "Answers that need a comment must stand among the answers"
        if said.get("zero") and not options:
            yield "options", "Enter the other answers beside “Not applicable”"
        if shape == "none" and not options and not self._wordings():
            yield "text-0-label", "Ask for a number, a choice or a text"

    def _wordings(self) -> list[Wording]:
        known = {text.key for text in self.said.texts} if self.said else set()
        return wordings(self.cleaned_data, self.texts_shown, known)

    @property
    def asking(self) -> Asking:
        said, shape = self.cleaned_data, self.cleaned_data["shape"]
        zero = said["zero"]
        return Asking(
            said["page"],
            said["text"],
            "" if shape == "none" else said["basis"],
            said["caveat"],
            shape,
            said["label"],
            said["bands"],
            said["parts"],
            tuple(said["parts_of"]),
            said["source"] if shape in COUNTED else "",
            said["options"],
            said["reason"],
            tuple(zero.split(",")) if zero else (),
            tuple(self._wordings()),
        )

    # -- For the page --

    @property
    def has_room(self) -> bool:
        return self.texts_shown < MOST

    @property
    def pages(self) -> list[str]:
        return list(dict.fromkeys(q["page"] for q in self.edition.content["questions"]))

    def named(self, *names: str) -> list:
        return [self[name] for name in names]

    @property
    def about(self) -> list:
        return self.named("page", "text", "caveat")

    @property
    def numbers(self) -> list:
        return self.named("basis", "source")

    @property
    def worded(self) -> list:
        return self.named("label", "bands")

    @property
    def broken_down(self) -> list:
        return self.named("parts", "parts_of")

    @property
    def choice(self) -> list:
        return self.named("options", "reason", "zero")

    @property
    def text_rows(self) -> list[list]:
        return [[f for f in self if f.name.startswith(f"text-{n}-")] for n in range(self.texts_shown)]
