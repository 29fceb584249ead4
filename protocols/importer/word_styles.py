"""What styles.xml and numbering.xml say about a paragraph."""

import re
from collections import defaultdict
from dataclasses import dataclass

from protocols.importer.package import attribute, child, name_of, number

BODY_LEVEL = 9  # Word's outline level of ordinary text


@dataclass(frozen=True)
class Style:
    names: tuple[str, ...] = ()  # its own and those it is based on
    level: int | None = None  # as a heading
    num_id: str | None = None
    depth: int | None = None
    bold: bool | None = None
    italic: bool | None = None


class Styles:
    def __init__(self, root):
        elements = root if root is not None else ()
        self._elements = {attribute(e, "styleId"): e for e in elements if name_of(e) == "style"}
        self._known: dict[str | None, Style] = {None: Style()}

    def __getitem__(self, style_id: str | None) -> Style:
        if style_id not in self._known:
            self._known[style_id] = self._resolve(style_id)
        return self._known[style_id]

    def _resolve(self, style_id: str) -> Style:
        chain = list(self._chain(style_id))
        names = tuple(_plain_name(attribute(child(e, "name"))) for e in chain) or (_plain_name(style_id),)
        outline = _first(number(child(e, "pPr", "outlineLvl")) for e in chain)
        heading = _first(re.fullmatch(r"heading([1-9])", name) for name in names)
        if outline is None and heading:
            outline = int(heading[1]) - 1
        return Style(
            names,
            None if outline is None or outline >= BODY_LEVEL else outline + 1,
            _first(attribute(child(e, "pPr", "numPr", "numId")) for e in chain),
            _first(number(child(e, "pPr", "numPr", "ilvl")) for e in chain),
            _first(switched_on(child(e, "rPr", "b")) for e in chain),
            _first(switched_on(child(e, "rPr", "i")) for e in chain),
        )

    def _chain(self, style_id: str | None):
        seen: set[str | None] = set()
        while style_id in self._elements and style_id not in seen:
            seen.add(style_id)
            yield self._elements[style_id]
            style_id = attribute(child(self._elements[style_id], "basedOn"))


def _plain_name(name: str | None) -> str:
    """Built-in names are English whatever the language of Word; a file without styles has only ids."""
    return re.sub(r"[\s_-]", "", name or "").lower()


def _first(values):
    return next((value for value in values if value is not None), None)


def switched_on(toggle) -> bool | None:
    return None if toggle is None else attribute(toggle) not in ("0", "false", "off", "none")


@dataclass(frozen=True)
class Level:
    kind: str
    start: int
    label: str


class Numbering:
    """Counts as Word does: lists of one abstract definition go on, unless a start is overridden."""

    def __init__(self, root):
        elements = list(root) if root is not None else []
        self._abstract = {attribute(e, "abstractNumId"): e for e in elements if name_of(e) == "abstractNum"}
        self._num = {attribute(e, "numId"): e for e in elements if name_of(e) == "num"}
        self._counts: dict = defaultdict(dict)
        self._begun: set = set()

    def mark(self, num_id: str, depth: int) -> tuple[str, int | None]:
        """(list, number), (list, None) for a bullet, (continuation, None) or (plain, None)."""
        num = self._num.get(num_id)
        level = self._level(num, depth)
        if level is None:
            return "list", None
        if level.kind == "bullet":
            return "list" if level.label.strip() else "continuation", None
        if level.kind == "none":
            return "plain", None
        return "list", self._count(num, num_id, depth, level)

    def _level(self, num, depth: int) -> Level | None:
        if num is None:
            return None
        own = child(self._override(num, depth), "lvl") if self._override(num, depth) is not None else None
        abstract = self._abstract.get(attribute(child(num, "abstractNumId")))
        for found in [own, *(abstract if abstract is not None else ())]:
            if (
                found is not None
                and name_of(found) == "lvl"
                and (found is own or number(found, "ilvl") == depth)
            ):
                return Level(
                    attribute(child(found, "numFmt")) or "decimal",
                    1 if number(child(found, "start")) is None else number(child(found, "start")),
                    attribute(child(found, "lvlText")) or "",
                )
        return None

    def _override(self, num, depth: int):
        overrides = (e for e in num if name_of(e) == "lvlOverride" and number(e, "ilvl") == depth)
        return next(overrides, None)

    def _count(self, num, num_id: str, depth: int, level: Level) -> int:
        counts = self._counts[attribute(child(num, "abstractNumId"))]
        override = self._override(num, depth)
        restart = number(child(override, "startOverride")) if override is not None else None
        if restart is not None and (num_id, depth) not in self._begun:
            counts.pop(depth, None)
        self._begun.add((num_id, depth))
        start = level.start if restart is None else restart
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return counts[depth]
