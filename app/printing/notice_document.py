"""The rectification notice as a Word document, for those who complete it before it is signed.

Texts are written as texts: no markup, field or link can come of what somebody typed.
"""

import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from app.core.fields import UNSEEN
from app.printing.forms import NONE, Pairs, Photos, Picture, small
from app.printing.rectification_notice import RECEIPT, RectificationNotice
from app.printing.stamp import Stamp
from qr import png, symbols

_TYPEFACE = "宋体"
_HEADINGS = "黑体"
_LABEL, _TEXT = Cm(2.6), Cm(14.4)
_SHOWN = "\N{REPLACEMENT CHARACTER}"


def notice_document(notices: Iterable[tuple[RectificationNotice, Stamp]], picture: Picture) -> bytes:
    """Return the notices as one .docx, each on pages of its own."""
    document = Document()
    _set_up(document)
    stamp = None
    for number, (notice, stamp) in enumerate(notices):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _write(document, notice, picture)
        _write_check(document, stamp)
    if stamp is None:
        raise ValueError("nothing to write")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _set_up(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _TYPEFACE)
    style.paragraph_format.space_after = Pt(3)


def _write(document: Any, notice: RectificationNotice, picture: Picture) -> None:
    _paragraph(document, notice.issuer, align=WD_ALIGN_PARAGRAPH.CENTER, size=13)
    _paragraph(document, notice.title, align=WD_ALIGN_PARAGRAPH.CENTER, size=22, heading=True)
    _paragraph(document, f"编号：{notice.number}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _paragraph(document, f"{notice.addressee}：", heading=True)
    _paragraph(document, f"　　{notice.opening}")
    for number, item in enumerate(notice.items, 1):
        if len(notice.items) > 1:
            _paragraph(document, f"（{number}）", heading=True)
        _table(document, item.facts)
        if item.photos and item.photos.shown:
            _photos(document, item.photos, picture)
    _paragraph(document, "整改要求", heading=True)
    for number, requirement in enumerate(notice.requirements, 1):
        _paragraph(document, f"{number}. {requirement}")
    for said in filter(None, (notice.closing, notice.contact)):
        _paragraph(document, said)
    _signatures(document, notice)
    _paragraph(document, "- " * 50, align=WD_ALIGN_PARAGRAPH.CENTER)
    _paragraph(document, RECEIPT, align=WD_ALIGN_PARAGRAPH.CENTER, size=14, heading=True)
    _paragraph(document, f"编号：{notice.number}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _paragraph(document, f"　　{notice.receipt}")
    _paragraph(document, "　　".join(f"{label}：＿＿＿＿＿＿" for label in notice.slip))


def _write_check(document: Any, stamp: Stamp) -> None:
    """What lets anyone check the paper, as the foot of a page does."""
    (symbol,) = symbols([stamp.address], "M")
    line = document.add_paragraph()
    line.add_run().add_picture(io.BytesIO(png(symbol, 4)), width=Cm(1.8))
    _run(
        line,
        f"　第 {stamp.version} 版　打印日期：{stamp.printed_on:%Y-%m-%d}　台账第 {stamp.seq} 号　"
        f"查验码 {stamp.code}　扫码查验是否现行",
        size=9,
    )


def _table(document: Any, facts: Iterable[Pairs]) -> None:
    table = document.add_table(rows=0, cols=4)
    table.style, table.autofit = "Table Grid", False
    for pairs in facts:
        cells = table.add_row().cells
        if len(pairs) == 1:
            cells[1].merge(cells[3])
        for place, (label, text) in enumerate(pairs):
            _fill(cells[2 * place], label, heading=True, width=_LABEL)
            _fill(cells[2 * place + 1], text or NONE, width=_TEXT if len(pairs) == 1 else (_TEXT - _LABEL) // 2)


def _photos(document: Any, photos: Photos, picture: Picture) -> None:
    _paragraph(document, f"现场照片{photos.more}", heading=True)
    line = document.add_paragraph()
    for photo in photos.shown:
        line.add_run().add_picture(small(picture(photos.owner, photo)), width=Cm(4))
        line.add_run(" ")


def _signatures(document: Any, notice: RectificationNotice) -> None:
    rows = max(len(notice.issued), len(notice.received))
    table = document.add_table(rows=rows, cols=2)
    for column, entries in enumerate((notice.issued, notice.received)):
        for place, (label, known) in enumerate(entries):
            _fill(table.cell(place, column), f"{label}：{known or '＿＿＿＿＿＿＿＿'}")


def _fill(cell: Any, text: str, *, heading: bool = False, width: Any = None) -> None:
    if width is not None:
        cell.width = width
    _run(cell.paragraphs[0], text, heading=heading)


def _paragraph(document: Any, text: str, *, align: Any = None, size: float = 11, heading: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _run(paragraph, text, size=size, heading=heading)


def _run(paragraph: Any, text: str, *, size: float = 11, heading: bool = False) -> None:
    """Write a text in the Chinese typeface; what no XML can hold is seen as �."""
    cleaned = UNSEEN.sub(_SHOWN, text.replace("\r\n", "\n").replace("\r", "\n"))
    run = paragraph.add_run(cleaned.replace("\ufffe", _SHOWN).replace("\uffff", _SHOWN))
    run.font.size, run.bold = Pt(size), heading
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _HEADINGS if heading else _TYPEFACE)
