"""What the prints share: a sheet that draws text as typed, the paint of each level, the line at the foot of a page.

Lengths are points (1/72 inch) from the lower left corner; a block of text hangs from its top. Nothing here reads
markup.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from typing import Any, Literal

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFFormXObject
from reportlab.pdfgen.canvas import Canvas

from app.printing.pictures import draw_png
from app.printing.stamp import Stamp
from qr import Symbol, fonts, symbols
from risk_models import RiskLevel

A4_PORTRAIT: tuple[float, float] = A4
A3_LANDSCAPE: tuple[float, float] = landscape(A3)
MM: float = mm
MARGIN = 10 * MM
LEADING = 1.32
STAMPED = 15 * MM
GREY = HexColor("#e9ecef")
RULE = HexColor("#495057")
UNASSESSED = "未评估"
ELLIPSIS = "…"

Align = Literal["left", "centre", "right"]
Polygon = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Paint:
    """How a level looks and reads: its fill, an ink readable on it, and its words."""

    fill: Color
    ink: Color
    words: str


@cache
def paint(level: RiskLevel | None) -> Paint:
    """Return the paint of a level; None is not assessed: no colour, and words that say so."""
    if level is None:
        return Paint(white, black, UNASSESSED)
    fill = HexColor(level.colour)
    # White is readable where it contrasts better than black; the threshold is where both contrasts are equal (WCAG 2).
    ink = white if _luminance(fill) < 0.179 else black
    return Paint(fill, ink, f"{level.label}（{level.colour_name}色）")


def _luminance(colour: Color) -> float:
    linear: list[float] = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.rgb()]
    return sum(weight * float(c) for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@cache
def _rgb(colour: Color) -> str:
    return " ".join(f"{c:.3f}" for c in colour.rgb())


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f} {y:.2f} {'l' if n else 'm'}" for n, (x, y) in enumerate(corners)) + " h"


def shorten(lines: Sequence[str], most: int) -> list[str]:
    """Return the first `most` lines, ending in an ellipsis when there were more."""
    kept = list(lines[:most])
    if len(lines) > most:
        kept[-1] = kept[-1][:-1] + ELLIPSIS
    return kept


@lru_cache(maxsize=64)
def check_symbol(address: str) -> Symbol:
    """Return the symbol of a check address: on a clean page at the foot, so with less correction than a label's."""
    return symbols([address], "M")[0]


class Sheet:
    """A PDF in the making, drawn page by page."""

    def __init__(self, size: tuple[float, float], *, title: str, enterprise: str, drawn_on: date) -> None:
        """Begin a PDF; drawn_on is its creation date, so that equal content gives equal bytes."""
        fonts.register()
        self._buffer = BytesIO()
        self._held: list[dict[str, Any]] = []
        self.width, self.height = size
        self.canvas = Canvas(
            self._buffer, pagesize=size, initialFontName=fonts.REGULAR, lang="zh-CN", invariant=1, pageCompression=1
        )
        # PDF operators are written directly: reportlab's own calls take three times as long a card.
        self._write = self.canvas.addLiteral
        self._document = self.canvas._doc
        self._line = lru_cache(maxsize=4096)(self._written)
        self._typeface = {name: pdfmetrics.getFont(name) for name in (fonts.REGULAR, fonts.BOLD)}
        self.canvas.setTitle(title)
        self.canvas.setAuthor(enterprise)
        self.canvas.setDateFormatter(lambda *_: f"D:{drawn_on:%Y%m%d}000000Z")

    def finish(self) -> bytes:
        """Close the PDF and return it."""
        self.canvas.save()
        return self._buffer.getvalue()

    def next_page(self) -> None:
        """Close the page; what is drawn next stands on a new one."""
        self.canvas.showPage()

    def hold_page(self) -> None:
        """Close the page but for its foot, which waits until it is known how many pages there are."""
        self.canvas._code[:] = ["\n".join(self.canvas._code)]  # a third of the room
        self._held.append(dict(vars(self.canvas)))
        self.canvas._startPage()

    def release_pages(self, foot: Callable[[int, int], None]) -> None:
        """Close the pages that are held, each with the foot of its number and of how many they are."""
        for number, page in enumerate(self._held, 1):
            vars(self.canvas).update(page)
            foot(number, len(self._held))
            self.canvas.showPage()
        self._held.clear()

    def text(
        self,
        lines: Sequence[str],
        x: float,
        top: float,
        size: float,
        *,
        font: str = fonts.REGULAR,
        ink: Color = black,
        align: Align = "left",
        leading: float | None = None,
    ) -> None:
        """Draw drawable lines (see fonts.wrap) hanging from `top`; x is their left edge, middle or right edge."""
        leading = leading or size * LEADING
        # Glyphs of the font reach from 0.12 below the baseline to 0.88 above it; they stand in the middle of a line.
        baseline = top - (leading - size) / 2 - 0.88 * size
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        written = [f"BT {_rgb(ink)} rg"]
        for line in lines:
            left = x - share * fonts.width(line, size, font) if share else x
            written.append(f"1 0 0 1 {left:.2f} {baseline:.2f} Tm {self._line(line, font, size)}")
            baseline -= leading
        self._write("\n".join((*written, "ET")))

    def _written(self, line: str, font: str, size: float) -> str:
        """Return the operators that show a line; remembered, for prints repeat names, units and headings."""
        typeface, document = self._typeface[font], self._document
        return " ".join(
            f"{typeface.getSubsetInternalName(subset, document)} {size:g} Tf <{codes.hex()}> Tj"
            for subset, codes in typeface.splitString(line, document)
        )

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Color | None = None, line: float = 0.0
    ) -> None:
        """Draw a rectangle from its lower left corner, filled, outlined with a line of that width, or both."""
        paints = (f"{_rgb(fill)} rg " if fill else "") + (f"{_rgb(RULE)} RG {line:g} w " if line else "")
        operator = {(True, True): "B", (True, False): "f"}.get((fill is not None, line > 0), "S")
        self._write(f"{paints}{x:.2f} {y:.2f} {width:.2f} {height:.2f} re {operator}")

    def polygon(
        self,
        corners: Sequence[tuple[float, float]],
        *,
        fill: Color | None = None,
        outline: Color | None = None,
        line: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Draw a closed polygon, filled or outlined; opacity is that of the fill."""
        if fill is not None and opacity < 1:
            self.canvas.saveState()
            self.canvas.setFillAlpha(opacity)
            self._write(f"{_rgb(fill)} rg {_path(corners)} f")
            self.canvas.restoreState()
        elif fill is not None:
            self._write(f"{_rgb(fill)} rg {_path(corners)} f")
        if outline is not None:
            self._write(f"{_rgb(outline)} RG {line:g} w {_path(corners)} S")

    @contextmanager
    def clipped(self, corners: Polygon, without: Sequence[Sequence[Polygon]] = ()) -> Iterator[None]:
        """Draw within a polygon alone, and outside others: each group of these holds ones that do not overlap."""
        self.canvas.saveState()
        self._write(f"{_path(corners)} W n")
        for group in without:
            # What an even number of outlines surrounds is left out: here that of the page, and one polygon's.
            everything = f"0 0 {self.width:.2f} {self.height:.2f} re"
            self._write(f"{everything} {' '.join(map(_path, group))} W* n")
        yield
        self.canvas.restoreState()

    @contextmanager
    def scaled(self, by: float) -> Iterator[None]:
        """Draw everything so many times as large, from the lower left corner; width and height say what then fits."""
        size = self.width, self.height
        self.canvas.saveState()
        self._write(f"{by:.5f} 0 0 {by:.5f} 0 0 cm")
        self.width, self.height = size[0] / by, size[1] / by
        yield
        self.width, self.height = size
        self.canvas.restoreState()

    @contextmanager
    def framed(self, x: float, y: float, width: float, height: float) -> Iterator[None]:
        """Draw as on a page of its own within a rectangle of the page, given by its lower left corner."""
        size = self.width, self.height
        self.canvas.saveState()
        self._write(f"1 0 0 1 {x:.2f} {y:.2f} cm")
        self.width, self.height = width, height
        yield
        self.width, self.height = size
        self.canvas.restoreState()

    def picture(self, content: bytes, x: float, y: float, width: float, height: float) -> None:
        """Draw a PNG or JPEG into a rectangle from its lower left corner."""
        if not draw_png(self.canvas, content, x, y, width, height):
            self.canvas.drawImage(ImageReader(BytesIO(content)), x, y, width, height)

    def dot(self, middle: tuple[float, float], radius: float, *, fill: Color) -> None:
        """Draw a filled circle with a dark rim."""
        self.canvas.setFillColor(fill)
        self.canvas.setStrokeColor(black)
        self.canvas.setLineWidth(0.8)
        self.canvas.circle(*middle, radius, stroke=1, fill=1)

    def rules(self, lines: Sequence[tuple[float, float, float, float]], width: float = 0.6) -> None:
        """Draw straight lines, each given as x1, y1, x2, y2."""
        paths = (f"{x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l" for x1, y1, x2, y2 in lines)
        self._write(f"{_rgb(RULE)} RG {width:g} w {' '.join(paths)} S")

    def symbol(self, symbol: Symbol, x: float, y: float, side: float) -> None:
        """Draw a QR symbol without its quiet zone, as one image mask: drawn as rectangles it would show seams."""
        size, row_bytes = symbol.size, (symbol.size + 7) // 8
        bits = symbol.modules.translate(bytes.maketrans(b"\0\1", b"01")).decode()
        rows = [bits[i : i + size].ljust(row_bytes * 8, "0") for i in range(0, size * size, size)]
        mask = int("".join(rows), 2).to_bytes(row_bytes * size).hex()
        # Dark modules are 1 and a mask paints its zeros, hence /D [1 0].
        self._write(
            f"q 0 g {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm "
            f"BI /W {size} /H {size} /IM true /D [1 0] /F /AHx ID {mask}> EI Q"
        )

    def stamped_foot(
        self, stamp: Stamp, page: int, pages: int, *, note: str = "", symbol: Symbol | None = None
    ) -> None:
        """Write at the foot of the page what lets anyone check it: version, date, check code and its symbol.

        The foot is STAMPED high; the note stands above the line that names the version. A batch brings the symbols
        of its check addresses, made together.
        """
        symbol = symbol or check_symbol(stamp.address)
        side, size = STAMPED - 3 * MM, 8.5
        self.symbol(symbol, self.width - MARGIN - side, MARGIN, side)
        right = self.width - MARGIN - side - 4 * MM
        top = MARGIN + side - 1
        self.text([f"第 {page} / {pages} 页"], right, top, size, ink=RULE, align="right")
        self.text([f"查验码 {stamp.code}"], right, top - size * LEADING, size, ink=RULE, align="right")
        said = (
            f"第 {stamp.version} 版　打印日期：{stamp.printed_on:%Y-%m-%d}　台账第 {stamp.seq} 号　扫右侧码查验是否现行"
        )
        room = right - MARGIN - fonts.width(f"查验码 {stamp.code}", size) - 12
        lines = (
            [*fonts.wrap(note, room, size)[:1], *fonts.wrap(said, room, size)[:2]]
            if note
            else fonts.wrap(said, room, size)
        )
        self.text(lines, MARGIN, top, size, ink=RULE)

    def figure(self, name: str, operators: str, x: float, y: float, side: float) -> None:
        """Draw a figure, PDF operators in a box of 100 × 100, in a square; the document keeps it once by its name."""
        if not self.canvas.hasForm(name):
            form = PDFFormXObject(0, 0, 100, 100)
            form.compression = 1
            form.setStreamList(operators)
            self._document.addForm(name, form)
        self._write(f"q {side / 100:.5f} 0 0 {side / 100:.5f} {x:.2f} {y:.2f} cm")
        self.canvas.doForm(name)
        self._write("Q")
