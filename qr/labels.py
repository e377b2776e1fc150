"""Sheets of labels: what stands on a label and where, as a PDF in true millimetres.

Left the symbol, right of it the level in words on its colour, the human code, the name of the point and, small, the
enterprise. Text shrinks until it fits and is never cut. The symbol is an inline image mask: one picture, so no seams
between modules, and half the bytes of a rectangle per run.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from reportlab import rl_config
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from qr import fonts
from qr.stocks import A4_24, Stock
from qr.symbols import QUIET_ZONE, Symbol, symbols
from risk_models import RiskLevel

# Armouring binary streams as text makes every file a quarter larger, and no reader has needed it for decades.
rl_config.useA85 = 0

NOT_ASSESSED = "未评估"

_LEADING = 1.25
_ASCENT = 0.8
_SHRINK = 0.94


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What one label says."""

    text: str
    """What the symbol holds: an address."""
    code: str
    """The human code, such as FX-0001."""
    name: str
    enterprise: str
    level: RiskLevel | None = None
    """None means not assessed 未评估."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A place for text on a label, in points from its lower left corner, with the font and its largest size."""

    left: float
    top: float
    width: float
    height: float
    font: str
    largest: float


def label_sheet(
    labels: Iterable[Label], stock: Stock = A4_24, *, start: int = 1, copies: int = 1, title: str = "风险点二维码标签"
) -> bytes:
    """Return a PDF of the labels, `copies` of each in a row, beginning at place `start` (from 1) of the first sheet.

    Raises ValueError for no labels, a start that is not on the sheet, copies below 1 and a text no symbol holds.
    """
    ordered = list(labels)
    if not ordered:
        raise ValueError("没有要打印的标签：请至少选择一个风险点。")
    if not 1 <= start <= stock.per_page or copies < 1:
        raise ValueError(f"起始位置应为 1 至 {stock.per_page}，份数应不小于 1。")
    fonts.register()
    buffer = io.BytesIO()
    canvas = _canvas(buffer, stock, title)
    band, code, name, enterprise = _boxes(stock)
    for level in dict.fromkeys(label.level for label in ordered):
        _define_band(canvas, band, level)
    made = symbols(label.text for label in ordered)
    repeated = ((label, symbol) for label, symbol in zip(ordered, made, strict=True) for _ in range(copies))
    for place, (label, symbol) in enumerate(repeated, start - 1):
        if place and place % stock.per_page == 0:
            canvas.showPage()
        canvas.saveState()
        canvas.translate(*(length * mm for length in stock.corner(place % stock.per_page)))
        canvas.doForm(_band_name(label.level))
        _draw_symbol(canvas, stock, symbol)
        _draw_text(canvas, code, label.code)
        _draw_text(canvas, name, label.name)
        _draw_text(canvas, enterprise, label.enterprise, at_bottom=True)
        canvas.restoreState()
    canvas.save()
    return buffer.getvalue()


def _canvas(buffer: io.BytesIO, stock: Stock, title: str) -> Canvas:
    canvas = Canvas(
        buffer,
        pagesize=tuple(length * mm for length in stock.page),
        initialFontName=fonts.REGULAR,
        pageCompression=1,
        invariant=True,
        lang="zh-CN",
    )
    canvas.setTitle(fonts.printable(title))
    canvas.setAuthor("双重预防")
    canvas.setSubject(f"标签纸：{stock.name}")
    return canvas


@lru_cache(maxsize=16)
def _boxes(stock: Stock) -> tuple[_Box, _Box, _Box, _Box]:
    """Return the places of the level, the code, the name and the enterprise, from top to bottom of the text column."""
    left = (stock.padding + stock.symbol) * mm
    width = stock.label[0] * mm - left - stock.padding * mm
    top = (stock.label[1] - stock.padding) * mm
    inner = stock.label[1] * mm - 2 * stock.padding * mm

    def box(above: float, share: float, font: str, largest: float) -> _Box:
        return _Box(left, top - above * inner, width, share * inner, font, largest * inner)

    return (
        box(0, 0.22, fonts.BOLD, 0.14),
        box(0.23, 0.22, fonts.BOLD, 0.17),
        box(0.45, 0.36, fonts.BOLD, 0.13),
        box(0.83, 0.17, fonts.REGULAR, 0.068),
    )


def _band_name(level: RiskLevel | None) -> str:
    return f"band-{level}"


def _define_band(canvas: Canvas, box: _Box, level: RiskLevel | None) -> None:
    """Store the level, in words on its colour, as a form all labels of that level refer to.

    The words stand there because a colour alone says nothing to some eyes and to most printers.
    """
    words = NOT_ASSESSED if level is None else f"{level.colour_name} {level.label}"
    ground = white if level is None else HexColor(level.colour)
    luminance = 0.299 * ground.red + 0.587 * ground.green + 0.114 * ground.blue
    canvas.beginForm(_band_name(level))
    canvas.setFillColor(ground)
    canvas.setLineWidth(0.5)
    canvas.rect(box.left, box.top - box.height, box.width, box.height, stroke=level is None, fill=1)
    canvas.setFillColor(black if luminance > 0.5 else white)
    canvas.setFont(box.font, box.largest)
    middle = box.top - box.height / 2 - 0.36 * box.largest
    canvas.drawCentredString(box.left + box.width / 2, middle, words)
    canvas.endForm()


def _draw_symbol(canvas: Canvas, stock: Stock, symbol: Symbol) -> None:
    """Write the symbol as an image mask, centred in its square at the left of the label. Source: ISO 32000, 8.9.6."""
    module = stock.symbol * mm / (symbol.size + 2 * QUIET_ZONE)
    side = module * symbol.size
    x = stock.padding * mm + QUIET_ZONE * module
    y = (stock.label[1] * mm - side) / 2
    modules = np.frombuffer(symbol.modules, np.uint8).reshape(symbol.size, symbol.size)
    # Hexadecimal, for reportlab's pages are text; the compression of the page takes it back to one byte in two.
    rows = np.packbits(modules, axis=1).tobytes().hex()
    canvas.addLiteral(
        f"q {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm "
        f"BI /W {symbol.size} /H {symbol.size} /IM true /D [1 0] /F /AHx ID {rows}> EI Q"
    )


def _draw_text(canvas: Canvas, box: _Box, text: str, *, at_bottom: bool = False) -> None:
    """Write the text into its box, from the top or down to the bottom."""
    size, lines = _fit(text, box)
    leading = _LEADING * size
    top = box.top - box.height + len(lines) * leading if at_bottom else box.top
    writer = canvas.beginText(box.left, top - _ASCENT * leading)
    writer.setFont(box.font, size, leading)
    for line in lines:
        writer.textLine(line)
    canvas.drawText(writer)


@lru_cache(maxsize=10_000)
def _fit(text: str, box: _Box) -> tuple[float, tuple[str, ...]]:
    """Return the font size in points and the lines with which the whole text fits its box."""
    size = box.largest
    words = " ".join(text.split())
    while True:
        lines = fonts.wrap(words, box.width, size, box.font)
        if len(lines) * _LEADING * size <= box.height:
            return size, tuple(lines)
        size *= _SHRINK
