"""The texts of a question: a row of fields for each."""

from collections.abc import Mapping

from django import forms

from boards.agencies import AGENCY_TYPES
from data_returns.building.asking import Wording
from data_returns.building.words import NEEDED
from data_returns.form import ATTENDS
from mappa_portal.words import lower_first

MOST = 20
NAMES = ("label", "needed", "attends", "key")
AGENCIES = [
    ("", "No"),
    ("-", "Yes, an agency whose attendance is not counted"),
    *((code, f"Yes, {kind.name}") for code, kind in AGENCY_TYPES.items()),
    ("HCM,HPR", "Yes, all of health"),
]


ANSWERS = (
    f"Beside the text, one of these is then chosen: {', '.join(lower_first(label) for _, label in ATTENDS)}"
)


def shown_in(data: Mapping) -> int:
    """Rows that a page had."""
    typed = data.get("texts_shown", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 4 else 1
    return min(max(number, 1), MOST)


def fields_of(rows: int) -> dict[str, forms.Field]:
    return {f"text-{n}-{name}": field for n in range(rows) for name, field in _row(n).items()}


def _row(n: int) -> dict[str, forms.Field]:
    hint = "" if n else "For example: Comments"
    asks = f"Does text {n + 1} also ask whether an agency attends?"
    return {
        "key": forms.CharField(required=False, widget=forms.HiddenInput, max_length=40),
        "label": forms.CharField(label=f"Text {n + 1}", required=False, max_length=200, help_text=hint),
        "needed": forms.ChoiceField(
            label=f"Is text {n + 1} needed?",
            choices=[(code, said) for code, (said, _) in NEEDED.items()],
            required=False,
        ),
        "attends": forms.ChoiceField(label=asks, choices=AGENCIES, required=False, help_text=ANSWERS),
    }


def initial_of(texts: tuple[Wording, ...]) -> dict[str, str]:
    rows = ((text.label, text.needed, _attends(text.attends), text.key) for text in texts)
    return {
        f"text-{n}-{name}": said for n, row in enumerate(rows) for name, said in zip(NAMES, row, strict=True)
    }


def wordings(said: Mapping, rows: int, known: set[str]) -> list[Wording]:
    """Without those whose label was emptied; a key that is not ``known`` is none."""
    typed = ([said.get(f"text-{n}-{name}") or "" for name in NAMES] for n in range(rows))
    return [
        Wording(label, needed, _codes(attends), key if key in known else "")
        for label, needed, attends, key in typed
        if label
    ]


def _attends(codes: tuple[str, ...] | None) -> str:
    return "" if codes is None else ",".join(codes) or "-"


def _codes(value: str) -> tuple[str, ...] | None:
    return None if not value else tuple(code for code in value.split(",") if code != "-")
