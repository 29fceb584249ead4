"""What a signature looks like on the page: name, role, organisation and time, in the portal's font."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import uharfbuzz
from django.conf import settings
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle
from pyhanko.stamp.base import BaseStamp

from documents.signatory import Signatory
from mappa_portal.words import moment

REGULAR, BOLD = 400, 700
INK, QUIET, BLUE = b"0.043 0.047 0.047 rg", b"0.239 0.239 0.239 rg", b"0.071 0.263 0.427 rg"
LEFT, RIGHT, TOP = 9, 5, 5
ALPHABETS = ("latin", "latin-ext")


@dataclass(frozen=True)
class Line:
    text: str
    size: float
    weight: int
    colour: bytes


def lines_of(signatory: Signatory) -> list[Line]:
    return [
        Line("Signed electronically by", 7, REGULAR, QUIET),
        Line(signatory.name, 11.5, BOLD, INK),
        Line(signatory.role, 8.5, REGULAR, INK),
        Line(signatory.organisation, 8.5, REGULAR, INK),
        Line(moment(signatory.signed_at), 8.5, BOLD, BLUE),
    ]


@dataclass(frozen=True)
class SignatureStyle(BaseStampStyle):
    border_width: int = 0
    signatory: Signatory | None = None

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict
    ) -> "SignatureStamp":
        return SignatureStamp(writer, self, box)


class SignatureStamp(BaseStamp):
    """Each line is made smaller if it must be, never cut."""

    def __init__(self, writer: BasePdfFileWriter, style: SignatureStyle, box: BoxConstraints):
        super().__init__(writer, style, box)
        self._fonts: dict[tuple[str, int], StampFont] = {}

    def _render_inner_content(self) -> list[bytes]:
        width, height = self.box.width, self.box.height
        commands = [b"q 0.071 0.263 0.427 rg 0 0 3 %g re f Q" % height]
        lines = lines_of(self.style.signatory)
        leading = (height - 2 * TOP) / sum(line.size for line in lines)
        baseline = height - TOP
        for line in lines:
            baseline -= line.size * leading
            commands.append(self._line(line, baseline + 0.25 * line.size * leading, width - LEFT - RIGHT))
        return commands

    def _line(self, line: Line, y: float, room: float) -> bytes:
        shaped = [(font, self._font(*font).shape(text)) for font, text in runs(line.text, line.weight)]
        size = min(line.size, room / max(sum(s.x_advance for _, s in shaped), 0.01))
        commands, x = [b"q", line.colour], LEFT
        for font, shape in shaped:
            name = b"/%s-%d" % (font[0].encode(), font[1])
            commands.append(b"BT %s %g Tf %g %g Td %s ET" % (name, size, x, y, shape.graphics_ops))
            x += shape.x_advance * size
        return b" ".join([*commands, b"Q"])

    def _font(self, alphabet: str, weight: int) -> "StampFont":
        key = (alphabet, weight)
        if key not in self._fonts:
            self._fonts[key] = StampFont(self.writer, *key)
            self.set_resource(
                ResourceType.FONT, pdf_name(f"/{alphabet}-{weight}"), self._fonts[key].as_resource()
            )
        return self._fonts[key]


class StampFont(GlyphAccumulator):
    """Set with the whole font, embedded without its layout tables: subsetting those costs most."""

    def __init__(self, writer: BasePdfFileWriter, alphabet: str, weight: int):
        super().__init__(writer, BytesIO(font_file(alphabet, weight, layout=False)), font_size=1)
        self.hb_font = uharfbuzz.Font(uharfbuzz.Face(font_file(alphabet, weight)))


def runs(text: str, weight: int) -> list[tuple[tuple[str, int], str]]:
    """Split where the alphabet changes; what neither font has becomes a question mark."""
    result: list[tuple[tuple[str, int], str]] = []
    for character in text:
        alphabet = next((a for a in ALPHABETS if ord(character) in characters(a, weight)), None)
        font, shown = ((alphabet, weight), character) if alphabet else ((ALPHABETS[0], weight), "?")
        if result and result[-1][0] == font:
            result[-1] = (font, result[-1][1] + shown)
        else:
            result.append((font, shown))
    return result


@lru_cache
def font_file(alphabet: str, weight: int, *, layout: bool = True) -> bytes:
    """The vendored web font, unpacked: pyHanko reads plain TrueType."""
    name = f"atkinson-hyperlegible-next-{alphabet}-{weight}-normal.woff2"
    font = TTFont(settings.BASE_DIR / "static" / "fonts" / name)
    font.flavor = None
    for table in () if layout else {"GDEF", "GPOS", "GSUB"} & set(font.keys()):
        del font[table]
    plain = BytesIO()
    font.save(plain)
    return plain.getvalue()


@lru_cache
def characters(alphabet: str, weight: int) -> frozenset[int]:
    return frozenset(TTFont(BytesIO(font_file(alphabet, weight))).getBestCmap())
