"""Building an area's own form: what it starts from, its title, its questions, its cross-checks, its first year."""

from collections.abc import Iterable, Mapping

from django import forms

from boards.agencies import AGENCY_TYPES
from data_returns.building import sources
from data_returns.building.asking import LEVELS, SHAPES, Asking, Wording
from data_returns.building.sums import Sum, sums_of
from data_returns.models import Edition
from data_returns.years import in_words
from mappa_portal.forms import Form

TITLE = "Title"
MOST_TEXTS = 20
NEEDED = [
    ("", "No, it may stay empty"),
    ("always", "Yes"),
    ("above zero", "Yes, when a number of the question is above zero"),
    ("wanted above zero", "When a number is above zero it is asked for, but can be left out"),
]
BASIS = [("position", "The position on 31 March"), ("year", "The whole year")]
ONE_A_LINE = "One on each line"


def _lines(label: str, hint: str = "", rows: int = 4, **more) -> forms.CharField:
    help_text = f"{ONE_A_LINE}. {hint}" if hint else ONE_A_LINE
    return forms.CharField(
        label=label, required=False, help_text=help_text, widget=forms.Textarea({"rows": rows}), **more
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class StartForm(Form):
    source = forms.ChoiceField(
        label="What does it start from?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what the form starts from"},
    )
    title = forms.CharField(
        label=TITLE, max_length=120, help_text="As it stands above the return and on its PDF"
    )

    def __init__(self, *args, sources: Iterable[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = list(sources)


class DraftForm(Form):
    """``revision``: of the draft that the page shows."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, edition: Edition, **kwargs):
        self.edition = edition
        initial = {"revision": edition.revision, **self.initially(edition), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)

    def initially(self, edition: Edition) -> dict:
        return {}


class AboutForm(DraftForm):
    title = forms.CharField(label=TITLE, max_length=120)
    notes = _lines("Notes", "They stand before the questions of every return")

    def initially(self, edition: Edition) -> dict:
        return {"title": edition.content["title"], "notes": "\n".join(edition.content["notes"])}

    def clean_notes(self) -> tuple[str, ...]:
        return _listed(self.cleaned_data["notes"])


class PublishForm(DraftForm):
    from_year = forms.TypedChoiceField(
        label="From which reporting year is it asked?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Select the reporting year from which it is asked"},
    )

    def __init__(self, *args, years: Iterable[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["from_year"].choices = [(year, in_words(year)) for year in years]


# -- One question --


class AskingForm(DraftForm):
    """``number`` is of the question as it stands; None for a new one."""

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
        label="What do the numbers count?", choices=BASIS, required=False, widget=forms.RadioSelect
    )
    label = forms.CharField(
        label="What the one number is",
        required=False,
        max_length=100,
        help_text="For example: completed in the year",
    )
    bands = _lines("Bands", "For example: low risk, medium risk")
    parts = _lines("Parts of a level", "For example: managed by the police. They must add up to the level")
    parts_of = forms.TypedMultipleChoiceField(
        label="Which levels have these parts?",
        coerce=int,
        required=False,
        choices=[(level, f"Level {level}") for level in LEVELS],
        widget=forms.CheckboxSelectMultiple,
    )
    source = forms.ChoiceField(label="What the case register counts for it", required=False)
    options = _lines("Answers", "For example: Yes, No. Leave this empty if there is nothing to choose")
    reason = _lines("Answers that need a comment", "As they are written above", rows=2)
    zero = forms.ChoiceField(
        label="Can it be not applicable?",
        required=False,
        help_text="“Not applicable” is then accepted when this figure is zero",
    )

    def __init__(self, data=None, *, edition: Edition, number: int | None = None, texts: int = 0, **kwargs):
        self.number, questions = number, edition.content["questions"]
        there = number and number <= len(questions)
        self.said = Asking.of(questions[number - 1]) if there else None
        self.texts_shown = texts or self._count(data)
        self.base_fields = {**self.base_fields, **_texts(self.texts_shown)}
        super().__init__(data, edition=edition, **kwargs)
        self.fields["source"].choices = sources.choices(self.said.source if self.said else "")
        self.fields["page"].widget.attrs["list"] = "sections"
        self._zeros = _flat(sums_of(edition.draft))
        self.fields["zero"].choices = [("", "No"), *_choices(edition, each=False)]
        if (kept := ",".join(self.said.zero) if self.said else "") and kept not in self._zeros:
            self.fields["zero"].choices.append((kept, "When figures that were chosen before are zero"))

    def _count(self, data) -> int:
        """ "Add another text" asks for one more."""
        if data is None:
            return max(len(self.said.texts), 1) if self.said else 1
        typed = data.get("texts_shown", "")
        return min(int(typed) if typed.isdecimal() else 1, MOST_TEXTS) + ("more" in data)

    def initially(self, edition: Edition) -> dict:
        pages = [q["page"] for q in edition.content["questions"]]
        if self.said is None:
            return {"shape": "levels", "basis": "position", "page": pages[-1] if pages else ""}
        said = self.said
        texts = {
            f"text-{n}-{name}": value
            for n, text in enumerate(said.texts)
            for name, value in (
                ("label", text.label),
                ("needed", text.needed),
                ("attends", _attends(text.attends)),
                ("key", text.key),
            )
        }
        lines = {name: "\n".join(getattr(said, name)) for name in ("bands", "parts", "options", "reason")}
        plain = ("page", "text", "caveat", "shape", "basis", "label", "parts_of", "source")
        return {name: getattr(said, name) for name in plain} | lines | texts | {"zero": ",".join(said.zero)}

    def clean(self):
        said = super().clean() or self.cleaned_data
        for name in ("bands", "parts", "options", "reason"):
            said[name] = _listed(said.get(name, ""))
        for name, message in list(self._lacking(said)):
            self.add_error(name, message)
        return said

    def _lacking(self, said: Mapping) -> Iterable[tuple[str, str]]:
        shape = said.get("shape")
        if shape == "one" and not said.get("label"):
            yield "label", "Enter what the number is"
        if shape == "bands" and not said["bands"]:
            yield "bands", "Enter the bands, one on each line"
        if shape == "levels" and bool(said["parts"]) != bool(said.get("parts_of")):
            name = "parts_of" if said["parts"] else "parts"
            yield name, "Enter the parts and select the levels that have them"
        if shape != "none" and not said.get("basis"):
            yield "basis", "Select what the numbers count"
        if len(said["options"]) == 1:
            yield "options", "Enter two answers or more, or none"
        if set(said["reason"]) - set(said["options"]):
            yield "reason", "Answers that need a comment must stand among the answers"
        if shape == "none" and not said["options"] and not any(text.label for text in self._wordings()):
            yield "text-0-label", "Ask for a number, a choice or a text"

    def _wordings(self) -> Iterable[Wording]:
        known = {text.key for text in self.said.texts} if self.said else set()
        for n in range(self.texts_shown):
            get = lambda name, n=n: self.cleaned_data.get(f"text-{n}-{name}") or ""  # noqa: E731
            if get("label"):
                key = get("key") if get("key") in known else ""
                yield Wording(get("label"), get("needed"), _codes(get("attends")), key)

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
            said["label"] if shape == "one" else "",
            said["bands"] if shape == "bands" else (),
            said["parts"] if shape == "levels" else (),
            tuple(said["parts_of"]) if shape == "levels" else (),
            said["source"] if shape in ("one", "levels") else "",
            said["options"],
            said["reason"],
            tuple(zero.split(",")) if zero else (),
            tuple(self._wordings()),
        )

    # -- For the page --

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


def _texts(number: int) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for n in range(number):
        found[f"text-{n}-key"] = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
        found[f"text-{n}-label"] = forms.CharField(
            label=f"Text {n + 1}",
            required=False,
            max_length=200,
            help_text="" if n else "For example: Comments",
        )
        found[f"text-{n}-needed"] = forms.ChoiceField(
            label=f"Is text {n + 1} needed?", choices=NEEDED, required=False
        )
        found[f"text-{n}-attends"] = forms.ChoiceField(
            label=f"Does text {n + 1} ask whether an agency attends?", choices=_AGENCIES, required=False
        )
    return found


_AGENCIES = [
    ("", "No"),
    ("-", "Yes, an agency whose attendance is not counted"),
    *((code, f"Yes, {kind.name}") for code, kind in AGENCY_TYPES.items()),
    ("HCM,HPR", "Yes, all of health"),
]


def _attends(codes: tuple[str, ...] | None) -> str:
    return "" if codes is None else ",".join(codes) or "-"


def _codes(value: str) -> tuple[str, ...] | None:
    return None if not value else tuple(code for code in value.split(",") if code != "-")


# -- Cross-checks --

SINGLE = 1


def _flat(sums: Mapping[str, list[Sum]]) -> dict[str, Sum]:
    return {one.name: one for found in sums.values() for one in found}


def _choices(edition: Edition, *, each: bool = True) -> list[tuple[str, list[tuple[str, str]]]]:
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
        self.sums = _flat(sums_of(edition.draft))
        for name in ("left", "right", "left_too", "right_too"):
            first = "None" if name.endswith("too") else "Select figures"
            self.fields[name].choices = [("", first), *_choices(edition)]

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
