"""The typeface of every print: which font, how text is measured, where a line may break, what has no glyph.

The font is Noto Sans SC (OFL) from the package justmytype-intl-cjk. It is one variable font, which reportlab would
print at its hairline default, so two static weights are cut from it once and kept in the user's cache folder.
"""

import contextlib
import os
import re
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from io import BytesIO
from pathlib import Path

import uharfbuzz
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from qr.glyphs import complete

REGULAR = "DualSans"
BOLD = "DualSans-Bold"
REPLACEMENT = "〓"

_WEIGHTS = {REGULAR: 400, BOLD: 700}
_PACKAGE = "justmytype_intl_cjk"
_VARIABLE_FONT = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
_RIGHTWARD = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
_RUN = re.compile(rf"[{_RIGHTWARD}](?:(?:[{_RIGHTWARD}]|\W|\d)*[{_RIGHTWARD}])?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_lock = threading.RLock()

_OPENING = r"（《〈「『【〔〖［｛“‘(\[{￥＄€№≤≥±≈≠"
_CLOSING = r"，。、；：？！）》〉」』】〕〗］｝”’…—～·‰℃％々〻ーヽヾ・｡､｣,.;:?!)\]}%"
_WORD = r"!-~\u00a1-\u024f\u0370-\u03ff\u2070-\u209c"
_BEFORE, _AFTER = rf"(?:[{_OPENING}] *)*", rf"(?: *[{_CLOSING}])*"
_UNIT = re.compile(rf"[ \u3000]+|{_BEFORE}(?:\d[\d.]* (?=[A-Za-zμΩ]))?(?:[{_WORD}]+|.){_AFTER}")
_PIECE = re.compile(rf"{_BEFORE}.{_AFTER}")


class _Font(TTFont):  # type: ignore[misc]
    """A reportlab font that may be written by several threads and tells the truth about characters beyond the BMP."""

    def splitString(self, text: str, doc: PDFDocument, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        if not _printable.rightward.isdisjoint(text):
            text = _RUN.sub(_as_seen, text)
        chunks: list[tuple[int, bytes]] = super().splitString(text, doc, encoding)
        return chunks

    def addObjects(self, doc: PDFDocument) -> None:
        # reportlab reads the font through one shared cursor, so two documents must not be written at once.
        with _lock:
            super().addObjects(doc)
        face_name = self.face.name.decode()
        for key, reference in doc.idToObject.items():
            if key.startswith("toUnicodeCMap:") and key.endswith(face_name):
                reference.content = re.sub(r"<([0-9A-F]{5,6})>$", _as_utf16, reference.content, flags=re.MULTILINE)


def _as_utf16(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


def _as_seen(match: re.Match[str]) -> str:
    """What is written from the right, in the order it stands on paper: readers of PDF turn it back."""
    return _NUMBER.sub(lambda number: number[0][::-1], match[0][::-1])


class _Printable(dict[int, int | None]):
    """Translation table from what was typed to what the font can draw; filled as characters are met.

    A character without glyph stays itself and is lent the glyph of 〓, so it copies out of the PDF as it was typed.
    """

    def __init__(self) -> None:
        self.marked: set[int] = set()
        self.rightward: set[str] = set()

    def __missing__(self, code: int) -> int | None:
        self[code] = answer = self._drawn_as(code)
        return answer

    def _drawn_as(self, code: int) -> int | None:
        character, category = chr(code), unicodedata.category(chr(code))
        if character in "\n\r" or category in ("Zl", "Zp"):
            return code if character in "\n\r" else ord("\n")
        if character == "\t":
            return 0x3000
        # Joiners, marks of direction and variation selectors are invisible by nature: without them all looks the same.
        if category == "Cf" or any(first <= code <= last for first, last in _SELECTORS):
            return None
        faces = [pdfmetrics.getFont(name).face for name in _WEIGHTS]
        if all(code in face.charToGlyph for face in faces):
            return code
        drawn_as = ord(" " if category == "Zs" else REPLACEMENT)
        if drawn_as == ord(REPLACEMENT):
            self.marked.add(code)
        if unicodedata.bidirectional(character) in ("R", "AL"):
            self.rightward.add(character)
        # What is no character at all, half of a pair or a control, has no name a PDF could give it either.
        if category in ("Cc", "Cs"):
            return drawn_as
        for face in faces:
            face.charWidths[code] = face.charWidths[drawn_as]
            face.charToGlyph[code] = face.charToGlyph[drawn_as]
        return code


class _Widths(dict[str, float]):
    """Advance width of each character in thousandths of the font size; filled as characters are met."""

    def __init__(self, font: str) -> None:
        self._face = pdfmetrics.getFont(font).face

    def __missing__(self, character: str) -> float:
        _printable[ord(character)]
        self[character] = answer = float(self._face.getCharWidth(ord(character)))
        return answer


_printable = _Printable()


def register() -> None:
    """Make both weights known to reportlab, as REGULAR and BOLD; calling it again does nothing."""
    with _lock:
        # Page streams as bytes rather than as ASCII: a fifth smaller, and drawn sooner.
        rl_config.useA85 = 0
        known = pdfmetrics.getRegisteredFontNames()
        for name in _WEIGHTS:
            if name not in known:
                pdfmetrics.registerFont(_load(name))


def printable(text: str) -> str:
    """Return the text as it can be drawn: a tab becomes a wide space, what is invisible by nature is left out.

    A character with no glyph stays and is drawn as 〓.
    """
    register()
    return text.translate(_printable)


def missing_glyphs(text: str) -> list[str]:
    """List the characters of the text that the font cannot draw, each once, in the order met."""
    register()
    text.translate(_printable)
    return [c for c in dict.fromkeys(text) if ord(c) in _printable.marked]


def width(text: str, size: float, font: str = REGULAR) -> float:
    """Measure one line of text at a font size, in points."""
    widths = _widths(font)
    return sum([widths[c] for c in text]) * size / 1000


def wrap(text: str, width: float, size: float, font: str = REGULAR) -> list[str]:
    """Break text into drawable lines no wider than `width` points at a font size in points.

    Line breaks in the text are kept. No line begins with a closing mark or ends with an opening one; a Latin word or a
    number is kept whole unless it is wider than the line. A single character wider than the line stands alone.
    """
    widths = _widths(font)
    limit = width * 1000 / size
    paragraphs = text.translate(_printable).splitlines() or [""]
    return [line for paragraph in paragraphs for line in _fill(paragraph, limit, widths)]


def _fill(paragraph: str, limit: float, widths: _Widths) -> Iterator[str]:
    if sum([widths[c] for c in paragraph]) <= limit:
        yield paragraph
        return
    line: list[str] = []
    used = 0.0
    for piece, advance in _pieces(paragraph, limit, widths):
        if used + advance > limit and line:
            yield "".join(line).rstrip()
            line, used = [], 0.0
            if piece.isspace():
                continue
        line.append(piece)
        used += advance
    if line:
        yield "".join(line)


def _pieces(paragraph: str, limit: float, widths: _Widths) -> Iterator[tuple[str, float]]:
    """Yield what stays together on a line, with its width; what is wider than the line comes in ever smaller pieces."""
    for unit in _UNIT.findall(paragraph):
        need = widths[unit] if len(unit) == 1 else sum([widths[c] for c in unit])
        if need <= limit or len(unit) == 1:
            yield unit, need
            continue
        for piece in _PIECE.findall(unit):
            advance = sum([widths[c] for c in piece])
            if advance <= limit:
                yield piece, advance
            else:
                yield from ((c, widths[c]) for c in piece)


@cache
def _widths(font: str) -> _Widths:
    register()
    return _Widths(font)


def _load(name: str) -> TTFont:
    path = _cache_file(name)
    try:
        font = _Font(name, BytesIO(path.read_bytes()), shapable=False)
    except (OSError, TTFError):
        data = _cut(_WEIGHTS[name])
        # A cache that cannot be written costs a third of a second at the next start, nothing else.
        with contextlib.suppress(OSError):
            _keep(path, data)
        font = _Font(name, BytesIO(data), shapable=False)
    complete(font.face)
    font.face.glyphToChar = {}  # only shaping asks for it, and it takes as much room as half the outlines
    # Both weights carry the variable font's one PostScript name; without this, bold would print as regular.
    font.face.name = name.encode()
    return font


def _cut(weight: int) -> bytes:
    face = uharfbuzz.Face(resources.files(_PACKAGE).joinpath(_VARIABLE_FONT).read_bytes())
    wanted = uharfbuzz.SubsetInput()
    wanted.keep_everything()
    wanted.pin_axis_location(face, "wght", weight)
    return bytes(uharfbuzz.subset(face, wanted).blob.data)


def _cache_file(name: str) -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "dual-prevention"
    return folder / f"{name}-{metadata.version(_PACKAGE)}-{uharfbuzz.__version__}.ttf"


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)
