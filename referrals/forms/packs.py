"""Forms of a pack: what goes in, what is withheld of each part, to whom it is released."""

from django import forms

from boards.forms.fields import RevisedForm
from mappa_portal.forms import DateField, Form
from mappa_portal.words import upper_first
from referrals.models import Pack
from referrals.records.parts import PARTS
from referrals.records.redaction import REASONS, sentences

WHY = [("", "Nothing is withheld"), *((code, upper_first(text)) for code, text in REASONS.items())]
RECIPIENTS = [
    (name, name)
    for name in ("The person", "Somebody who acts for the person", "An inspector", "A court", "Another body")
]


class PackForm(Form):
    kind = forms.ChoiceField(
        label="What is it for?",
        choices=Pack.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what the pack is for"},
    )
    requested_on = DateField(label="Day of the request", help_text="The pack is due one month later")
    parts = forms.MultipleChoiceField(
        label="What goes in?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select what goes in"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = [
            (code, f"{part.title} (inspection only)" if part.for_inspection_only else part.title)
            for code, part in PARTS.items()
        ]

    def clean(self):
        data = super().clean()
        for code in data.get("parts", ()):
            if PARTS[code].for_inspection_only and data.get("kind") == Pack.Kind.SUBJECT:
                title = PARTS[code].title
                self.add_error("parts", f"“{title}” goes into a pack for an inspection only")
        return data


class PartForm(RevisedForm):
    """For each block its sentences, those that are withheld to be selected, and why."""

    def __init__(self, *args, pack: Pack, part: str, **kwargs):
        marks = pack.withheld.get(part, {})
        kwargs["initial"] = {"revision": pack.revision}
        super().__init__(*args, **kwargs)
        self.blocks = pack.said[part]
        for number, (label, text) in enumerate(self.blocks):
            mine = marks.get(str(number), {})
            self.fields[f"withhold_{number}"] = forms.TypedMultipleChoiceField(
                label=label,
                choices=list(enumerate(sentences(text))),
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=mine.get("sentences", ()),
            )
            self.fields[f"why_{number}"] = forms.ChoiceField(
                label=f"Why is it withheld of “{label}”?",
                choices=WHY,
                required=False,
                initial=mine.get("reason", ""),
            )

    def clean(self):
        data = super().clean()
        for number in range(len(self.blocks)):
            if data.get(f"withhold_{number}") and not data.get(f"why_{number}"):
                self.add_error(f"why_{number}", "Select why the selected sentences are withheld")
        return data

    @property
    def marks(self) -> dict:
        data = self.cleaned_data
        return {
            str(n): {"sentences": chosen, "reason": data[f"why_{n}"]}
            for n in range(len(self.blocks))
            if (chosen := data[f"withhold_{n}"])
        }


class WordsForm(RevisedForm):
    """Wherever they stand in the pack: one a line, by reason."""

    def __init__(self, *args, pack: Pack, **kwargs):
        words = pack.withheld.get("words", {})
        kwargs["initial"] = {"revision": pack.revision} | {c: "\n".join(words.get(c, ())) for c in REASONS}
        super().__init__(*args, **kwargs)

    @property
    def marks(self) -> dict:
        lines = {code: self.cleaned_data[code].splitlines() for code in REASONS}
        return {code: [w for line in said if (w := line.strip())] for code, said in lines.items()}


for _code, _reason in REASONS.items():
    WordsForm.base_fields[_code] = forms.CharField(
        label=f"Black out: {_reason}",
        help_text="Words or names, one a line. Capital letters and line breaks make no difference.",
        max_length=5000,
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
    )


class FinishForm(Form):
    pass


class ReleaseForm(Form):
    to = forms.ChoiceField(
        label="Who gets it?",
        choices=RECIPIENTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who gets it"},
    )
    recipient = forms.CharField(
        label="Name, and how it is handed over",
        max_length=300,
        error_messages={"required": "Enter the name and how it is handed over"},
    )
