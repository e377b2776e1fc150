"""The page that tells how far a printer misses its labels: a frame for every label, and rulers that cross at corners.

A ruler's numbers grow to the right and down, as offsets do, and its zero is where the label should end. So the number
at which the true edge of a label is seen on the ruler is the very offset to enter.
"""

import io

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from qr import fonts
from qr.arrangement import LEADING, Box, padding_of
from qr.edges import UNREACHED, reaches_the_edge
from qr.fitting import fitted
from qr.paper import Paper
from qr.stocks import Stock

TITLE = "标签校准页"
_ARM = 10  # mm
_ZERO, _LONG, _SHORT = 3.0, 2.2, 1.4  # mm: the ticks at zero, at fives and tens, at every other millimetre
_FRAME, _RULE = 0.4, 0.25  # points
_NUMBER = 4.5


def calibration_page(stock: Stock) -> bytes:
    """Return a PDF of one page of the stock, with its frames, its rulers and in Chinese how to read them."""
    buffer = io.BytesIO()
    canvas = Paper(buffer, stock, f"{TITLE}：{stock.name}")
    canvas.setLineWidth(_FRAME)
    canvas.setStrokeGray(0.45)
    for place in range(stock.per_page):
        canvas.rect(*(length * mm for length in (*stock.corner(place), *stock.label)), fill=0)
    # On a single label the rulers reach in from all sides.
    arm = min(_ARM, int(min(stock.label) / 3.5)) if stock.per_page == 1 else _ARM
    for x in _edges(stock.left, stock.label[0], stock.gap[0], stock.columns):
        for y in _edges(stock.top, stock.label[1], stock.gap[1], stock.rows):
            _cross(canvas, x, stock.page[1] - y, arm)
    _instruction(canvas, stock, arm)
    canvas.save()
    return buffer.getvalue()


def _edges(margin: float, side: float, gap: float, count: int) -> list[float]:
    """Return where rulers cross along one direction, in mm from the margin's side: not at the edge of the page.

    Printers reach the edge of no sheet, so the inner edges of the outermost labels serve where there are any.
    """
    last = margin + (count - 1) * (side + gap)
    if count == 1:
        return [margin, margin + side]
    return [margin + side] if count == 2 else [margin + side, last]


def _cross(canvas: Canvas, x: float, y: float, arm: int) -> None:
    """Draw both rulers through a corner, given in mm from the lower left of the page."""
    canvas.saveState()
    canvas.translate(x * mm, y * mm)
    canvas.setStrokeGray(0)
    canvas.setFillGray(0)
    canvas.setLineWidth(_RULE)
    lines: list[tuple[float, ...]] = [(-arm, 0, arm, 0), (0, -arm, 0, arm)]
    for n in range(-arm, arm + 1):
        half = (_ZERO if n == 0 else _LONG if n % 5 == 0 else _SHORT) / 2
        lines += [(n, -half, n, half), (-half, -n, half, -n)]
    canvas.lines([tuple(length * mm for length in line) for line in lines])
    canvas.setFont(fonts.REGULAR, _NUMBER)
    for n in (-10, -5, 5, 10):
        if abs(n) <= arm:
            said = f"{n:+d}".replace("-", "−")
            canvas.drawCentredString(n * mm, -1.3 * mm - 0.8 * _NUMBER, said)
            canvas.drawString(1.4 * mm, -n * mm - 0.35 * _NUMBER, said)
    canvas.restoreState()


def _instruction(canvas: Canvas, stock: Stock, arm: int) -> None:
    """Write how to use the page into the label in the middle, between the rulers where they reach into it."""
    row, column = stock.rows // 2, stock.columns // 2
    x, y = stock.corner(row * stock.columns + column)
    width, height = stock.label
    crossed = stock.rows <= 4
    margin = arm + 1.5 if crossed and height > 2 * arm + 8 else 1.5
    box = Box((x + 2) * mm, (y + height - margin) * mm, (width - 4) * mm, (height - 2 * margin) * mm, 10)
    text = (
        f"{TITLE}（{stock.name}）：请按 100%（实际大小）打印，不要缩放。"
        "看标签纸真实的边缘（模切线）落在标尺的几毫米处："
        "横尺上的读数填入“横向偏移”，竖尺上的读数填入“纵向偏移”，连同正负号照填（横向右为正，纵向下为正），"
        "再打一张核对。几处标尺读数不一时，先检查是否缩放、走纸是否歪斜。"
    )
    if reaches_the_edge(stock):
        text += (
            f"这种标签贴近纸边：许多打印机印不到纸边 {UNREACHED:g} 毫米以内，"
            f"标签内只留白 {padding_of(*stock.label):g} 毫米，边上的内容可能被裁，请先试打一张查看。"
        )
    size, lines = fitted(text, box, fonts.REGULAR)
    writer = canvas.beginText(box.left, box.top - 0.8 * LEADING * size)
    writer.setFont(fonts.REGULAR, size, LEADING * size)
    canvas.setFillGray(0)
    for line in lines:
        writer.textLine(line)
    canvas.drawText(writer)
