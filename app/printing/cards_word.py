"""The emergency card and the notice board as Word documents: the words of the PDF, laid out plainly for editing."""

from collections.abc import Iterable

from docx.shared import Mm

from app.printing import notice_board, word
from app.printing.card_layout import UNFILLED
from app.printing.card_parts import phone_numbers, reached_at
from app.printing.emergency_card import NO_STEPS, EmergencyCard
from app.printing.emergency_card import TITLE as EMERGENCY
from app.printing.notice_board import NOTHING, WIDE, NoticeBoard, about, board_title
from app.printing.page import MARGIN, MM, paint
from app.printing.stamp import Look, Paper, Stamp

_LEVEL = 1
_FACT = 30 * MM


def emergency_cards_word(stamped: Iterable[tuple[EmergencyCard, Stamp]], look: Look | None = None) -> bytes:
    """Return emergency cards as a Word document, each on a page. Raises ValueError when there is none."""
    size = (look or Look()).size
    document = None
    for card, stamp in stamped:
        document = document or word.Word(size, title=EMERGENCY, enterprise=card.enterprise)
        document.begin(stamp)
        _write_card(document, card, size[0] - 2 * MARGIN - 4 * MM)
    if document is None:
        raise ValueError("没有要打印的应急处置卡：请至少选择一个风险点。")
    return document.finish()


def _write_card(document: word.Word, card: EmergencyCard, width: float) -> None:
    document.line(f"{EMERGENCY}　{card.point_name}", 24, bold=True, ink=word.WHITE, fill=word.RED)
    about = (card.enterprise, card.place, card.code, paint(card.level).words, card.status)
    document.line("　".join(filter(None, about)), 12)
    steps = document.table((14 * MM, width - 14 * MM))
    for number, step in enumerate(card.steps or (NO_STEPS,), 1):
        row = word.add_row(steps, (str(number), step), (14 * MM, width - 14 * MM), 18, bold=True)
        word.paint_cell(row.cells[0], word.RED, word.WHITE)
    document.line("", 6)
    numbers = "\n".join(f"{name}：{number}" for name, number in phone_numbers(card.emergency_phone))
    facts = [
        ("呼救电话", numbers),
        ("事故类型", "、".join(card.accident_types) or UNFILLED),
        ("防护器材", "\n".join(card.equipment) or UNFILLED),
        ("负责人", reached_at(card.responsible, card.phone)),
    ]
    table = document.table((_FACT, width - _FACT))
    for label, text in facts:
        row = word.add_row(table, (label, text), (_FACT, width - _FACT), 14)
        word.paint_cell(row.cells[0], word.DARK, word.WHITE)


def notice_boards_word(stamped: Iterable[tuple[NoticeBoard, Stamp]], look: Look | None = None) -> bytes:
    """Return notice boards as a Word document, always lying. Raises ValueError when there is none."""
    size = Look((look or Look(Paper.A3)).paper, landscape=True).size
    document = None
    for board, stamp in stamped:
        document = document or word.Word(size, title=notice_board.TITLE, enterprise=board.enterprise)
        document.begin(stamp)
        _write_board(document, board, size[0] - 2 * MARGIN - 4 * MM)
    if document is None:
        raise ValueError("没有要打印的公告栏：请选择企业或分区。")
    return document.finish()


def _write_board(document: word.Word, board: NoticeBoard, width: float) -> None:
    document.line(f"{notice_board.TITLE}　{board_title(board)}", 26, bold=True)
    document.line(about(board), 12)
    if board.rows:
        whole = sum(column.share for column in WIDE)
        widths = [column.share / whole * width for column in WIDE]
        table = document.table(widths)
        word.head_row(word.add_row(table, [column.head for column in WIDE], widths, 11, bold=True))
        for row in board.rows:
            added = word.add_row(table, [column.says(row) for column in WIDE], widths, 10)
            ink = "FFFFFF" if paint(row.level).ink.rgb() == (1, 1, 1) else "000000"
            word.paint_cell(added.cells[_LEVEL], word.level_fill(row.level), ink)
    else:
        document.line(NOTHING.format(levels=board.levels), 20, bold=True)
    document.line("", 6)
    document.line("发现隐患怎么报告", 14, bold=True, ink=word.RED).paragraph_format.space_before = Mm(2)
    for step in board.how_to_report:
        document.line(step, 12)
