import io

import pytest
import zxingcpp
from docx import Document

from app.printing.cards_word import notice_boards_word
from app.printing.notice_board import TITLE, NoticeBoard, NoticeRow, notice_boards
from app.printing.stamp import Look, Paper
from risk_models import RiskLevel


@pytest.fixture
def make_notice():
    def make(**changes):
        facts = {
            "code": "FX-0001",
            "point_name": "液氨罐区",
            "place": "罐区›储罐区",
            "level": RiskLevel.RED,
            "raised": None,
            "main_risks": ("氨气大量泄漏", "软管脱落"),
            "accident_types": ("中毒", "灼烫"),
            "check_items": ("液位≤80%", "法兰无泄漏"),
            "consequences": ("多人中毒",),
            "measures": ("高高联锁切断进料", "双人操作"),
            "emergency_steps": ("向上风向撤离", "关切断阀"),
            "responsible": "李建国",
            "phone": "13800000001",
        }
        return NoticeRow(**(facts | changes))

    return make


@pytest.fixture
def make_board():
    def make(*rows, **changes):
        facts = {
            "enterprise": "东湖化工有限公司",
            "place": "",
            "levels": "重大风险（红色）和较大风险（橙色）",
            "level_basis": "现状风险",
            "rows": rows,
            "emergency_phone": "厂内8119",
            "how_to_report": ("1.扫码上报。", "2.打厂内8119。"),
        }
        return NoticeBoard(**(facts | changes))

    return make


SAID = (TITLE, "东湖化工有限公司", "FX-0001", "液氨罐区", "罐区›储罐区", "重大风险", "（红色）", "氨气大量泄漏",
        "软管脱落", "中毒、灼烫", "液位≤80%", "多人中毒", "高高联锁切断进料", "向上风向撤离", "李建国", "13800000001",
        "1.扫码上报。", "2.打厂内8119。")  # fmt: skip
SIZES = {Paper.A3: (297, 420), Paper.A2: (420, 594), Paper.A1: (594, 841)}


@pytest.mark.parametrize("look", [Look(paper, lying) for paper in SIZES for lying in (True, False)], ids=str)
def test_a_board_says_what_threatens_what_is_done_and_how_to_report(
    look, make_board, make_notice, stamped, stamp, printed
):
    paper = printed(notice_boards(stamped(make_board(make_notice())), look))
    ((width, height),) = paper.sizes
    expected = SIZES[look.paper][:: -1 if look.landscape else 1]
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == expected
    for text in (*SAID, stamp.code):
        assert text in paper.text
    assert paper.stays_on_its_pages()


@pytest.mark.parametrize("level", [*RiskLevel, None])
def test_the_level_of_a_row_stands_in_colour_and_in_words(level, make_board, make_notice, stamped, printed):
    paper = printed(notice_boards(stamped(make_board(make_notice(level=level)))))
    assert (level.label if level else "未评估") in paper.text
    ground = paper.picture(dpi=72).getpixel((146, 136))
    assert ground == (tuple(bytes.fromhex(level.colour[1:])) if level else (255, 255, 255))


def test_a_row_that_is_raised_says_to_what(make_board, make_notice, stamped, printed):
    row = make_notice(level=RiskLevel.ORANGE, raised=RiskLevel.RED)
    text = printed(notice_boards(stamped(make_board(row)))).text
    assert "较大风险（橙色）" in text
    assert "现已升为重大风险（红色）" in text


def test_a_long_board_continues_on_sheets_with_the_same_head(make_board, make_notice, stamped, stamp, printed):
    long = "".join(chr(0x4E00 + n) for n in range(10_000))
    rows = [make_notice(measures=(long,)), *(make_notice(code=f"FX-{n:04}") for n in range(2, 60))]
    paper = printed(notice_boards(stamped(make_board(*rows))))
    assert len(paper.texts) > 2
    for text in paper.texts:
        for said in (TITLE, "管控措施", "发现隐患", "怎么报告", stamp.code):
            assert said in text
    assert set(long) <= set(paper.text)
    assert all(f"FX-{n:04}" in paper.text for n in range(2, 60))
    assert "（续）FX-0001" in paper.text
    assert [code.text for code in zxingcpp.read_barcodes(paper.picture(dpi=150))] == [stamp.address]
    assert paper.stays_on_its_pages()


def test_an_empty_board_says_so(make_board, stamped, printed):
    assert "没有重大风险（红色）和较大风险（橙色）的风险点" in printed(notice_boards(stamped(make_board()))).text
    (table,) = (Document(io.BytesIO(notice_boards_word(stamped(make_board())))).tables or [None])[:1]
    assert table is None


def test_the_word_document_says_the_same_and_repeats_its_head(make_board, make_notice, stamped):
    document = Document(io.BytesIO(notice_boards_word(stamped(make_board(make_notice(), make_notice())))))
    text = "".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))
    for said in SAID:
        assert said in "".join(text.split())
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
    assert 'w:fill="' + RiskLevel.RED.colour.removeprefix("#").upper() in document.element.xml
