"""What styles.xml and numbering.xml say about a paragraph."""

import re
from collections import defaultdict
from dataclasses import dataclass

from protocols.importer.package import attribute, child, name_of, number

BODY_LEVEL = 9  # Word's outline level of ordinary text


class Styles:
    def __init__(self, root):
        self._by_id = {attribute(style, "styleId"): style for style in root if name_of(style) == "style"} if (
            root is not None) else {}  # fmt: skip

    def _chain(self, style_id: str | None):
        seen: set[str] = set()
        while style_id in self._by_id and style_id not in seen:
            seen.add(style_id)
            yield self._by_id[style_id]
            style_id = attribute(child(self._by_id[style_id], "basedOn"))

    def name(self, style_id: str | None) -> str:
        """Built-in names are English whatever the language of Word; a file without styles has only ids."""
        style = self._by_id.get(style_id)
        name = attribute(child(style, "name")) if style is not None else style_id
        return re.sub(r"[\s_-]", "", name or "").lower()

    def names(self, style_id: str | None) -> list[str]:
        chain = [attribute(style, "styleId") for style in self._chain(style_id)] or [style_id]
        return [self.name(style) for style in chain]

    def level(self, style_id: str | None) -> int | None:
        for style in self._chain(style_id):
            outline = number(child(style, "pPr", "outlineLvl"))
            if outline is not None:
                return outline + 1 if outline < BODY_LEVEL else None
        match = next(
            filter(
                None,
                (re.fullmatch(r"heading([1-9])", name) for name in self.names(style_id)),
            ),
            None,
        )
        return int(match[1]) if match else None

    def numbering(self, style_id: str | None):
        return next(filter(lambda found: found is not None, (
            child(style, "pPr", "numPr") for style in self._chain(style_id))), None)  # fmt: skip

    def is_on(self, toggle: str, *style_ids: str | None) -> bool:
        for style_id in style_ids:
            for style in self._chain(style_id):
                found = child(style, "rPr", toggle)
                if found is not None:
                    return switched_on(found)
        return False


def switched_on(toggle) -> bool:
    return attribute(toggle) not in ("0", "false", "off", "none")


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
