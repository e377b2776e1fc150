"""The four papers of a post as a Word document: the sections of the PDF with headings and tables, for editing."""

from collections.abc import Iterable

from docx.shared import Pt
from docx.table import _Row as WordRow

from app.printing import word
from app.printing.card_parts import phone_line
from app.printing.page import MARGIN, MM, Paint, paint
from app.printing.post_cards import NAME
from app.printing.post_content import PostCards
from app.printing.post_papers import PostPaper, Section, Table, papers_of
from app.printing.signs import SIGNS
from app.printing.stamp import Look, Stamp

_SIZE = 10


def post_cards_word(stamped: Iterable[tuple[PostCards, Stamp]], look: Look | None = None) -> bytes:
    """Return the papers of units as a Word document. Raises ValueError when there is none."""
    size = (look or Look()).size
    document = None
    for cards, stamp in stamped:
        document = document or word.Word(size, title=NAME, enterprise=cards.enterprise)
        document.begin(stamp)
        for paper in papers_of(cards):
            _write(document, cards, paper, size[0] - 2 * MARGIN - 4 * MM)
    if document is None:
        raise ValueError("没有要打印的两单两卡：请选择有风险点的部门、班组或岗位。")
    return document.finish()


def _write(document: word.Word, cards: PostCards, paper: PostPaper, width: float) -> None:
    ground = word.RED if paper.urgent else word.DARK
    title = document.line(f"{paper.title}　{cards.unit}", 20, bold=True, ink=word.WHITE, fill=ground)
    title.style = document.document.styles["Heading 1"]
    title.paragraph_format.space_before = Pt(0)
    title.paragraph_format.page_break_before = paper.place > 0
    document.line(cards.about, 10.5)
    if paper.urgent:
        document.line(phone_line(cards.emergency_phone), 16, bold=True, ink=word.RED)
    for section in paper.sections:
        _section(document, section, width)
    document.line(paper.note, 9)


def _section(document: word.Word, section: Section, width: float) -> None:
    level = f"　{paint(section.level).words}" if section.rated else ""
    heading = document.line(f"{section.heading}{level}", 13, bold=True, ink="000000")
    heading.style = document.document.styles["Heading 2"]
    if section.signs:
        document.line("安全标志：" + "、".join(SIGNS[key].name for key in section.signs), _SIZE, bold=True)
    for table in section.tables:
        _table(document, table, width)
        document.line("", 4)


def _table(document: word.Word, table: Table, width: float) -> None:
    if not table.lines:
        document.line(table.nothing, _SIZE)
        return
    whole = sum(column.width for column in table.columns)
    widths = [column.width / whole * width for column in table.columns]
    written = document.table(widths)
    if table.headed:
        headings = [column.heading for column in table.columns]
        word.head_row(word.add_row(written, headings, widths, _SIZE, bold=True))
    group = None
    for line in table.lines:
        goes_on = bool(line.group) and line.group == group
        group = line.group
        texts = ["" if goes_on and column.shared else text
                 for column, text in zip(table.columns, line.texts, strict=True)]  # fmt: skip
        row = word.add_row(written, texts, widths, _SIZE)
        if line.paint and table.painted is not None:
            word.paint_cell(row.cells[table.painted], *_colours(line.paint))
        _share(row, table, goes_on=goes_on)


def _share(row: WordRow, table: Table, *, goes_on: bool) -> None:
    """Let a row share the cells of its group with the rows above."""
    for column, cell in zip(table.columns, row._tr.tc_lst, strict=True):
        if column.shared:
            cell.vMerge = "continue" if goes_on else "restart"


def _colours(paint: Paint) -> tuple[str, str]:
    """Ground and ink as Word names them."""
    return paint.fill.hexval()[2:].upper(), paint.ink.hexval()[2:].upper()
