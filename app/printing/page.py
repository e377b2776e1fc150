"""What the prints share: a sheet that draws text as typed, the paint of each level, the line at the foot of a page.

Lengths are points (1/72 inch) from the lower left corner; a block of text hangs from its top. Nothing here reads
markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from typing import Literal

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from qr import Symbol, fonts
from risk_models import RiskLevel

A4_PORTRAIT: tuple[float, float] = A4
A3_LANDSCAPE: tuple[float, float] = landscape(A3)
MM: float = mm
MARGIN = 10 * MM
LEADING = 1.32
FOOT = 8 * MM
GREY = HexColor("#e9ecef")
RULE = HexColor("#495057")
UNASSESSED = "未评估"
ELLIPSIS = "…"

Align = Literal["left", "centre", "right"]


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


class Sheet:
    """A PDF in the making, drawn page by page."""

    def __init__(self, size: tuple[float, float], *, title: str, enterprise: str, drawn_on: date) -> None:
        """Begin a PDF; drawn_on is its creation date, so that equal content gives equal bytes."""
        fonts.register()
        self._buffer = BytesIO()
        self.width, self.height = size
        self.canvas = Canvas(
            self._buffer, pagesize=size, initialFontName=fonts.REGULAR, lang="zh-CN", invariant=1, pageCompression=1
        )
        # PDF operators are written directly: reportlab's own calls take three times as long a card.
        self._write = self.canvas.addLiteral
        self._document = self.canvas._doc
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
        self._write(f"BT {_rgb(ink)} rg")
        for line in lines:
            left = x - share * fonts.width(line, size, font) if share else x
            self._write(f"1 0 0 1 {left:.2f} {baseline:.2f} Tm")
            for subset, codes in self._typeface[font].splitString(line, self._document):
                name = self._typeface[font].getSubsetInternalName(subset, self._document)
                self._write(f"{name} {size:g} Tf <{codes.hex()}> Tj")
            baseline -= leading
        self._write("ET")

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
    ) -> None:
        """Draw a closed polygon, filled or outlined."""
        if fill is not None:
            self._write(f"{_rgb(fill)} rg {_path(corners)} f")
        if outline is not None:
            self._write(f"{_rgb(outline)} RG {line:g} w {_path(corners)} S")

    def clip(self, corners: Sequence[tuple[float, float]]) -> None:
        """Let nothing outside the polygon be drawn until the canvas state is restored."""
        self._write(f"{_path(corners)} W n")

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

    def foot(
        self, version: str, drawn_on: date, page: int, pages: int, *, note: str = "", said: str = "打印日期"
    ) -> None:
        """Write version, date and page number at the foot of the page, and a note on the left."""
        top, size = MARGIN + 9, 8.5
        right = f"{said}：{drawn_on:%Y-%m-%d}　第 {page} / {pages} 页"
        room = self.width - 2 * MARGIN - fonts.width(right, size) - 12
        left = fonts.wrap(f"版本：{version}　{note}", room, size)
        self.text(shorten(left, 1), MARGIN, top, size, ink=RULE)
        self.text([right], self.width - MARGIN, top, size, ink=RULE, align="right")
