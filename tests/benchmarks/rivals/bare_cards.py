"""Cards drawn bare: what warning_cards drew, drawn again where it stood by reportlab itself, without any layout."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any
from unittest import mock

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import PDFFormXObject
from reportlab.pdfgen.canvas import Canvas

from app.printing import page
from app.printing.page import LEADING, RULE, Sheet
from qr import fonts

Recorded = Callable[[Canvas], None]


def recorded(draw: Callable[[], bytes]) -> list[list[Recorded]]:
    """Let it draw and note each thing drawn, page by page, as a call of the canvas with its place worked out."""
    pages: list[list[Recorded]] = [[]]

    class Noting(Sheet):
        def text(self, lines: Any, x: float, top: float, size: float, **given: Any) -> None:
            font, leading = given.get("font", fonts.REGULAR), given.get("leading") or size * LEADING
            baseline = top - (leading - size) / 2 - 0.88 * size
            share = {"left": 0.0, "centre": 0.5, "right": 1.0}[given.get("align", "left")]
            placed = []
            for line in lines:
                left = x - share * fonts.width(line, size, font)
                placed.append((left, baseline, line))
                baseline -= leading
            pages[-1].append(partial(_text, placed, font, size, given.get("ink", page.black)))

        def box(self, x: float, y: float, width: float, height: float, *, fill: Any = None, line: float = 0.0) -> None:
            pages[-1].append(partial(_box, (x, y, width, height), fill, line))

        def rules(self, lines: Any, width: float = 0.6) -> None:
            pages[-1].append(partial(_rules, list(lines), width))

        def symbol(self, symbol: Any, x: float, y: float, side: float) -> None:
            noted: list[str] = []
            with mock.patch.object(self, "_write", noted.append):
                super().symbol(symbol, x, y, side)
            pages[-1].append(partial(_literal, noted[0]))

        def figure(self, name: str, operators: str, x: float, y: float, side: float) -> None:
            pages[-1].append(partial(_figure, name, operators, x, y, side / 100))

        def next_page(self) -> None:
            super().next_page()
            pages.append([])

    with mock.patch("app.printing.card.Sheet", Noting):
        draw()
    return pages[:-1]


def bare_cards(pages: list[list[Recorded]]) -> bytes:
    """Draw pages of recorded calls on a canvas."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, initialFontName=fonts.REGULAR, pageCompression=1)
    for calls in pages:
        for call in calls:
            call(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _text(placed: list[tuple[float, float, str]], font: str, size: float, ink: Any, canvas: Canvas) -> None:
    canvas.setFillColor(ink)
    canvas.setFont(font, size)
    for x, y, line in placed:
        canvas.drawString(x, y, line)


def _box(place: tuple[float, float, float, float], fill: Any, line: float, canvas: Canvas) -> None:
    if fill is not None:
        canvas.setFillColor(fill)
    if line:
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(line)
    canvas.rect(*place, fill=int(fill is not None), stroke=int(line > 0))


def _rules(lines: list[tuple[float, float, float, float]], width: float, canvas: Canvas) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(width)
    canvas.lines(lines)


def _literal(operators: str, canvas: Canvas) -> None:
    canvas.addLiteral(operators)


def _figure(name: str, operators: str, x: float, y: float, scale: float, canvas: Canvas) -> None:
    if not canvas.hasForm(name):
        form = PDFFormXObject(0, 0, 100, 100)
        form.setStreamList(operators)
        canvas._doc.addForm(name, form)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(scale, scale)
    canvas.doForm(name)
    canvas.restoreState()
