"""Sheets of labels: what a label says and how it is drawn, as a PDF in true millimetres.

Text shrinks until it fits and is never cut; what had to become too small to read is named by `too_small`. The symbol
is an inline image mask: one picture, so no seams between modules, and half the bytes of a rectangle per run. Operators
of PDF are written directly, and labels drawn as they come, so that ten thousand are neither slow nor large.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
from reportlab import rl_config
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics

from qr import fonts
from qr.arrangement import LEADING, SMALLEST_MODULE, SMALLEST_TEXT, Arrangement, Box, arranged
from qr.fitting import fitted, one_line
from qr.paper import Paper
from qr.stocks import A4_24, Stock
from qr.symbols import QUIET_ZONE, Symbol, side_of, symbols
from risk_models import RiskLevel

# Armouring binary streams as text makes every file a quarter larger, and no reader has needed it for decades.
rl_config.useA85 = 0

NOT_ASSESSED = "未评估"
UNCONFIRMED = "（未确认）"
BIND_BY_SCANNING = "扫码绑定风险点"
MOST_OFFSET = 10.0

_ASCENT = 0.8
_ABOVE_BASELINE = 0.36  # of the size: from the baseline to the middle of a character
_BAND_INSET = 0.02  # of the width, on both sides of the words
_BATCH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What one label says, and what label software gets beside it; nothing that changes while the label holds."""

    text: str
    """What the symbol holds: an address."""
    code: str
    """The human code, such as FX-0001; on a blank label its serial."""
    name: str
    enterprise: str
    level: RiskLevel | None = None
    """None means not assessed 未评估."""
    unconfirmed: bool = False
    """Whether nobody has confirmed the level yet: then it is not to stand there as a fact."""
    serial: str = ""
    """Only lists for label software say it."""
    blank: bool = False
    """Whether it is still to be bound to a point: it has no level, and says what to do instead of a name."""

    @property
    def level_words(self) -> str:
        """The level as it stands on the band; nothing on a blank label."""
        if self.blank:
            return ""
        if self.level is None:
            return NOT_ASSESSED
        return f"{self.level.colour_name} {self.level.label}{UNCONFIRMED if self.unconfirmed else ''}"

    @property
    def zone(self) -> str:
        """Where the point lies; see `Located`."""
        return ""


class Located(Label):
    """A label with where its point lies, for lists only: it is no field, as no label is out of date when it changes."""

    __slots__ = ("_zone",)
    _zone: str

    def __init__(self, zone: str, **said: Any) -> None:
        super().__init__(**said)
        object.__setattr__(self, "_zone", zone)

    @property
    def zone(self) -> str:
        return self._zone


def blank_label(*, text: str, serial: str, enterprise: str) -> Label:
    """Return the label of a tag that is printed by the roll and bound to a point on site."""
    return Label(text=text, code=serial, serial=serial, name=BIND_BY_SCANNING, enterprise=enterprise, blank=True)


def label_sheet(
    labels: Iterable[Label],
    stock: Stock = A4_24,
    *,
    start: int = 1,
    copies: int = 1,
    offset_x: float = 0,
    offset_y: float = 0,
    title: str = "风险点二维码标签",
) -> bytes:
    """Return a PDF of the labels, `copies` of each in a row, beginning at place `start` (from 1) of the first sheet.

    Offsets in mm, −10 to 10, move everything to the right and down; see `calibration_page`. The labels are taken one
    batch after the other. Raises ValueError for no labels, a start that is not on the sheet, copies below 1, an offset
    out of range and a text no symbol holds.
    """
    if not 1 <= start <= stock.per_page or copies < 1:
        raise ValueError(f"起始位置应为 1 至 {stock.per_page}，份数应不小于 1。")
    if not all(abs(offset) <= MOST_OFFSET for offset in (offset_x, offset_y)):
        raise ValueError(f"偏移应在 −{MOST_OFFSET:g} 到 {MOST_OFFSET:g} 毫米之间。")
    buffer = io.BytesIO()
    sheet = _Sheet(buffer, stock, title, (offset_x, -offset_y))
    place = first = start - 1
    for label, symbol in with_symbols(labels):
        for _ in range(copies):
            if place > first and place % stock.per_page == 0:
                sheet.canvas.showPage()
            sheet.draw(label, symbol, place % stock.per_page)
            place += 1
    if place == first:
        raise ValueError("没有要打印的标签：请至少选择一个风险点。")
    sheet.canvas.save()
    return buffer.getvalue()


def too_small(label: Label, stock: Stock) -> list[str]:
    """Name, in Chinese, what can hardly be read on such a label: text below 5 pt, modules below 0.3 mm."""
    layout = _layout(stock, label)
    named = (("编号", label.code, layout.code, fonts.BOLD), ("名称", label.name, layout.name, fonts.BOLD))
    found = [
        f"“{label.code}”的{words}在{stock.name}标签上只有 {size:.1f} 磅，难以看清：请改用大一些的标签，或缩短{words}。"
        for words, text, box, font in (*named, ("企业名称", label.enterprise, layout.enterprise, fonts.REGULAR))
        if (size := fitted(text, box, font)[0]) < SMALLEST_TEXT
    ]
    if layout.band and (size := _on_band(label.level_words, layout.band)[0]) < SMALLEST_TEXT:
        words = f"“{label.code}”的风险等级在{stock.name}标签上只有 {size:.1f} 磅，难以看清：请改用大一些的标签。"
        found.append(words)
    module = layout.side / (side_of(label.text) + 2 * QUIET_ZONE)
    if module < SMALLEST_MODULE:
        found.append(f"“{label.code}”的二维码每格只有 {module:.2f} 毫米，手机难以读出：请改用大一些的标签。")
    return found


def with_symbols(labels: Iterable[Label]) -> Iterator[tuple[Label, Symbol]]:
    """Yield each label with its symbol; symbols are made by the batch, and only one batch is held at a time."""
    rest = iter(labels)
    while batch := list(islice(rest, _BATCH)):
        yield from zip(batch, symbols(label.text for label in batch), strict=True)


class _Sheet:
    """A PDF of labels in the making."""

    def __init__(self, buffer: io.BytesIO, stock: Stock, title: str, shift: tuple[float, float]) -> None:
        self.canvas = Paper(buffer, stock, title)
        self._write = self.canvas.addLiteral
        self._stock, self._shift = stock, shift
        self._typeface = {name: pdfmetrics.getFont(name) for name in (fonts.REGULAR, fonts.BOLD)}
        self._bands: dict[tuple[str, Box], str] = {}

    def draw(self, label: Label, symbol: Symbol, place: int) -> None:
        layout = _layout(self._stock, label)
        if layout.band:
            self._define_band(label.level, label.level_words, layout.band)
        x, y = ((corner + shift) * mm for corner, shift in zip(self._stock.corner(place), self._shift, strict=True))
        self._write(f"q 1 0 0 1 {x:.2f} {y:.2f} cm")
        if layout.band:
            self.canvas.doForm(self._bands[label.level_words, layout.band])
        self._symbol(layout, symbol)
        self._write("BT")
        self._text(label.code, layout.code, fonts.BOLD)
        self._text(label.name, layout.name, fonts.BOLD)
        self._text(label.enterprise, layout.enterprise, fonts.REGULAR)
        self._write("ET Q")

    def _define_band(self, level: RiskLevel | None, words: str, box: Box) -> None:
        """Store the level, in words on its colour, as a form all labels of that level refer to.

        The words stand there because a colour alone says nothing to some eyes and to most printers.
        """
        if (words, box) in self._bands:
            return
        self._bands[words, box] = name = f"b{len(self._bands)}"
        ground = white if level is None else HexColor(level.colour)
        luminance = 0.299 * ground.red + 0.587 * ground.green + 0.114 * ground.blue
        size, lines = _on_band(words, box)
        canvas = self.canvas
        canvas.beginForm(name)
        canvas.setFillColor(ground)
        canvas.setLineWidth(0.5)
        canvas.rect(box.left, box.top - box.height, box.width, box.height, stroke=level is None, fill=1)
        canvas.setFillColor(black if luminance > 0.5 else white)
        canvas.setFont(fonts.BOLD, size)
        baseline = box.top - box.height / 2 + ((len(lines) - 1) / 2 * LEADING - _ABOVE_BASELINE) * size
        for line in lines:
            canvas.drawCentredString(box.left + box.width / 2, baseline, line)
            baseline -= LEADING * size
        canvas.endForm()

    def _symbol(self, layout: Arrangement, symbol: Symbol) -> None:
        """Write the symbol as an image mask within its quiet zone. Source: ISO 32000, 8.9.6."""
        module = layout.side * mm / (symbol.size + 2 * QUIET_ZONE)
        side = module * symbol.size
        x, y = (corner * mm + QUIET_ZONE * module for corner in (layout.x, layout.y))
        modules = np.frombuffer(symbol.modules, np.uint8).reshape(symbol.size, symbol.size)
        rows = np.packbits(modules, axis=1).tobytes()
        # Plain bytes pack best; those that happen to say "end of image" go as hexadecimal digits, lest a reader stop.
        coding, said = ("", rows.decode("latin-1") + "\n") if b"EI" not in rows else ("/F/AHx", rows.hex() + "> ")
        self._write(
            f"q {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm "
            f"BI/W {symbol.size}/H {symbol.size}/IM true/D[1 0]{coding} ID {said}EI Q"
        )

    def _text(self, text: str, box: Box, font: str) -> None:
        """Write the text into its box, from the top down."""
        size, lines = fitted(text, box, font)
        typeface, document = self._typeface[font], self.canvas._doc
        baseline = box.top - _ASCENT * LEADING * size
        for line in lines:
            left = box.left
            if box.centred:
                left += (box.width - fonts.width(line, size, font)) / 2
            self._write(f"1 0 0 1 {left:.2f} {baseline:.2f} Tm")
            for subset, codes in typeface.splitString(line, document):
                self._write(f"{typeface.getSubsetInternalName(subset, document)} {size:.4g} Tf<{codes.hex()}>Tj")
            baseline -= LEADING * size


def _on_band(words: str, box: Box) -> tuple[float, tuple[str, ...]]:
    """The size and the lines of the level on its band: the mark of one not confirmed may take a line of its own."""
    return fitted(words, replace(box, width=(1 - 2 * _BAND_INSET) * box.width), fonts.BOLD)


@lru_cache(maxsize=1024)
def _layout_for(stock: Stock, blank: bool, enterprise: str) -> Arrangement:
    """The arrangement with as many lines at the foot as the enterprise needs."""
    foot = arranged(*stock.label, blank=blank).enterprise
    lines = len(fonts.wrap(one_line(enterprise), foot.width, SMALLEST_TEXT))
    return arranged(*stock.label, blank=blank, foot_lines=min(lines, 3))


def _layout(stock: Stock, label: Label) -> Arrangement:
    return _layout_for(stock, label.blank, label.enterprise)
