"""Prints as Word documents, for people who edit them: pages, lines and tables of text as typed.

A document that was edited is no longer what was printed; its foot says so and names what it was made from.
"""

import re
from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from app.printing.stamp import Stamp
from qr import fonts, png
from qr.symbols import symbol
from risk_models import RiskLevel

FACE = "微软雅黑"
WHITE, DARK, RED = "FFFFFF", "24384F", "B3261E"
_MARGIN = Mm(12)
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class Word:
    """A Word document in the making; each print is a section with a foot of its own."""

    def __init__(self, size: tuple[float, float], *, title: str, enterprise: str) -> None:
        """Begin a document; size is that of its pages, in points."""
        self._size = size
        self.document: WordDocument = Document()
        self.document.core_properties.title = title
        self.document.core_properties.author = written(enterprise)[:250]
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FACE, Pt(11)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
        style.paragraph_format.space_after = Pt(2)
        self._begun = False

    def begin(self, stamp: Stamp) -> None:
        """Begin a print on a page of its own."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE) if self._begun else self.document.sections[0]
        self._begun = True
        section.page_width, section.page_height = (Pt(length) for length in self._size)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        section.footer_distance = Mm(6)
        _foot(section, stamp)

    def line(self, text: str, size: float, *, bold: bool = False, ink: str = "", fill: str = "") -> Paragraph:
        """Write a paragraph at a font size in points, on a ground where one is named."""
        paragraph = self.document.add_paragraph()
        write(paragraph, text, size, bold=bold, ink=ink)
        if fill:
            _shade(paragraph._p.get_or_add_pPr(), fill)
        return paragraph

    def table(self, widths: Sequence[float]) -> Table:
        """Begin a table with columns of these widths, in points."""
        table: Table = self.document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Pt(width)
        return table

    def finish(self) -> bytes:
        """Close the document and return it."""
        buffer = BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()


def written(text: str) -> str:
    """Return the text as XML can hold it: the few characters it cannot become 〓."""
    return _UNWRITABLE.sub(fonts.REPLACEMENT, text)


def write(paragraph: Paragraph, text: str, size: float, *, bold: bool = False, ink: str = "") -> None:
    """Add text to a paragraph; line breaks within it are kept."""
    run = paragraph.add_run(written(text))
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FACE
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FACE)
    if ink:
        run.font.color.rgb = RGBColor.from_string(ink)


def add_row(table: Table, cells: Sequence[str], widths: Sequence[float], size: float, *, bold: bool = False) -> _Row:
    """Add a row of texts to a table; a row stays on one page where it can."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    for cell, text, width in zip(row.cells, cells, widths, strict=True):
        cell.width = Pt(width)
        write(cell.paragraphs[0], text, size, bold=bold)
    return row


def head_row(row: _Row) -> None:
    """Repeat a row at the top of every page its table stands on."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
    for cell in row.cells:
        paint_cell(cell, DARK, WHITE)


def paint_cell(cell: _Cell, fill: str, ink: str) -> None:
    """Give a cell a ground, and its text an ink that reads on it."""
    _shade(cell._tc.get_or_add_tcPr(), fill)
    for paragraph in cell.paragraphs:
        for run in paragraph.runs:
            run.font.color.rgb = RGBColor.from_string(ink)


def level_fill(level: RiskLevel | None) -> str:
    """Return the colour of a level as Word names it; one not assessed has none."""
    return level.colour.removeprefix("#").upper() if level else WHITE


def _shade(properties: object, fill: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)  # type: ignore[attr-defined]


def _foot(section: Section, stamp: Stamp) -> None:
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    said = f"第 {stamp.version} 版　打印日期：{stamp.printed_on:%Y-%m-%d}　台账第 {stamp.seq} 号　查验码 {stamp.code}"
    write(paragraph, f"{said}　本文件可编辑，改动后以系统打印的 PDF 为准。 ", 8)
    picture = BytesIO(png(symbol(stamp.address, "M"), 4))
    paragraph.add_run().add_picture(picture, width=Mm(14))
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
