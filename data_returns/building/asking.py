"""A question in the words of whoever builds the form, and as data: each is made from the other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from data_returns.building.names import named, new_name
from data_returns.building.sources import basis_of

LEVELS = (1, 2, 3)
COMMENTS = "Comments"
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Wording:
    """A text that is asked for; ``key`` is empty for a new one, ``attends`` as the form has it."""

    label: str
    needed: str = ""
    attends: tuple[str, ...] | None = None
    key: str = ""


@dataclass(frozen=True)
class Asking:
    """``label`` is of one number; ``zero`` the figures that must be zero for "not applicable"."""

    page: str
    text: str
    basis: str = ""
    caveat: str = ""
    shape: str = "none"
    label: str = ""
    bands: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    parts_of: tuple[int, ...] = ()
    source: str = ""
    options: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    texts: tuple[Wording, ...] = field(default=())

    @classmethod
    def of(cls, question: Mapping) -> "Asking":
        cells, choice = question.get("cells", []), question.get("choice") or {}
        whole = [c for c in cells if not c.get("part_of")]
        parts = [c for c in cells if c.get("part_of")]
        options = dict(choice.get("options", ()))
        return cls(
            question["page"],
            question["text"],
            question.get("basis", ""),
            question.get("caveat", ""),
            _shape(whole),
            whole[0]["label"] if _shape(whole) == "one" else "",
            tuple(_bands(whole).values()),
            tuple(dict.fromkeys(_plain(c) for c in parts)),
            tuple(sorted({c["level"] for c in parts})),
            whole[0].get("source", "") if whole else "",
            tuple(label for key, label in options.items() if key != NOT_APPLICABLE),
            tuple(options[key] for key in choice.get("reason", ()) if key in options),
            tuple(choice.get("not_applicable_if_zero", ())),
            tuple(
                Wording(t["label"], t.get("needed", ""), _tuple(t.get("attends")), t["key"])
                for t in question["texts"]
            ),
        )

    def question(self, base: str, before: Mapping | None = None) -> dict:
        """As data. What there was ``before`` keeps its names."""
        before = before or {"texts": []}
        said = {"page": self.page, "text": self.text, "basis": self.basis, "caveat": self.caveat}
        cells, texts = list(self._cells(base, before)), list(self._texts(base, before))
        choice = self._choice(base, before, texts)
        made = {name: value for name, value in said.items() if value}
        made |= {"cells": cells} if cells else {}
        made |= {"choice": choice} if choice else {}
        return made | {"texts": texts}

    def _cells(self, base: str, before: Mapping) -> Iterator[dict]:
        source = {"source": self.source} if self.source else {}
        if self.shape == "one":
            yield {"key": base, "label": self.label, **source}
        if self.shape in ("none", "one"):
            return
        bands = named(self.bands, _bands(before.get("cells", [])))
        parts = named(self.parts, _parts(before.get("cells", [])))
        counted = {
            c["key"]: {"source": c["source"]}
            for c in before.get("cells", ())
            if c.get("source") and basis_of(c["source"]) == self.basis
        }
        for level in LEVELS:
            whole = f"{base}_l{level}"
            if self.shape == "bands":
                for band, label in bands.items():
                    key = f"{whole}_{band}"
                    yield {"key": key, "label": f"Level {level}, {label}", "level": level, "band": band}
                continue
            yield {"key": whole, "label": f"Level {level}", "level": level, **source}
            for part, label in parts.items() if level in self.parts_of else ():
                key = f"{whole}_{part}"
                made = {"key": key, "label": f"Level {level}, {label}", "level": level, "part_of": whole}
                yield made | counted.get(key, {})

    def _choice(self, base: str, before: Mapping, texts: list[dict]) -> dict | None:
        """Whether an agency attends is an answer, too: the choice has another name."""
        if not self.options:
            return None
        attended = {text["key"] for text in texts if "attends" in text}
        key = f"{base}_{new_name('answer', _parted(base, attended))}" if base in attended else base
        old = before.get("choice") or {"key": key, "label": "Answer", "options": []}
        known = dict(old["options"])
        without = {key: label for key, label in known.items() if key != NOT_APPLICABLE}
        options = named(self.options, without)
        reason = [key for key, label in options.items() if label in self.reason]
        made = {"key": old["key"], "label": old["label"], "options": [[k, v] for k, v in options.items()]}
        if self.zero:
            made["options"].append([NOT_APPLICABLE, known.get(NOT_APPLICABLE, "Not applicable")])
            made["not_applicable_if_zero"] = list(self.zero)
        return made | ({"reason": reason} if reason else {})

    def _texts(self, base: str, before: Mapping) -> Iterator[dict]:
        """Figures and answers are explained in the first one, so there is always one beside them."""
        said = self.texts
        if not said and (self.shape != "none" or self.options):
            said = (Wording(COMMENTS),)
        choice = (before.get("choice") or {}).get("key")
        taken = {text.key for text in said} | {t["key"] for t in before["texts"]}
        for text in said:
            key = "" if text.attends is not None and text.key == choice else text.key
            if not key and base not in {*taken, choice} and len(said) == 1:
                key = base
            key = key or f"{base}_{new_name(text.label, _parted(base, taken))}"
            taken.add(key)
            made = {"key": key, "label": text.label}
            made |= {"needed": text.needed} if text.needed else {}
            yield made | ({"attends": list(text.attends)} if text.attends is not None else {})


def _parted(base: str, keys: Iterable[str]) -> set[str]:
    return {key.removeprefix(f"{base}_") for key in keys}


def _tuple(found) -> tuple | None:
    return None if found is None else tuple(found)


def _shape(whole: list[Mapping]) -> str:
    if not whole:
        return "none"
    if any(cell.get("band") for cell in whole):
        return "bands"
    return "levels" if whole[0].get("level") else "one"


def _plain(cell: Mapping) -> str:
    """Its label without the level."""
    return cell["label"].removeprefix(f"Level {cell['level']}, ")


def _bands(cells: list[Mapping]) -> dict[str, str]:
    return {cell["band"]: _plain(cell) for cell in cells if cell.get("band")}


def _parts(cells: list[Mapping]) -> dict[str, str]:
    found = [cell for cell in cells if cell.get("part_of")]
    return {cell["key"].removeprefix(f"{cell['part_of']}_"): _plain(cell) for cell in found}
