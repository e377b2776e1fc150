import io

import pytest
import zxingcpp
from docx import Document

from app.printing.cards_word import emergency_cards_word
from app.printing.emergency_card import NO_STEPS, TITLE, EmergencyCard, emergency_cards
from app.printing.stamp import Look, Paper
from risk_models import RiskLevel


@pytest.fixture
def make_emergency():
    def make(**changes):
        facts = {
            "enterprise": "东湖化工有限公司",
            "place": "罐区 › 液氨储罐区",
            "point_name": "液氨罐区",
            "code": "FX-0001",
            "level": RiskLevel.RED,
            "accident_types": ("中毒", "灼烫"),
            "steps": ("立即向上风向撤离并报警", "戴空气呼吸器关闭切断阀", "<b>冲洗</b> & 送医"),
            "equipment": ("正压式空气呼吸器 4 套",),
            "responsible": "李建国",
            "phone": "13800000001",
            "emergency_phone": "厂内 8119",
            "qr_text": "HTTPS://SAFETY.EXAMPLE.CN/Q/ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        }
        return EmergencyCard(**(facts | changes))

    return make


SAID = (TITLE, "东湖化工有限公司", "罐区›液氨储罐区", "液氨罐区", "FX-0001", "重大风险（红色）", "中毒、灼烫",
        "立即向上风向撤离并报警", "<b>冲洗</b>&送医", "正压式空气呼吸器4套", "李建国",
        "13800000001", "厂内8119", "119", "120")  # fmt: skip


@pytest.mark.parametrize("look", [Look(paper, lying) for paper in (Paper.A4, Paper.A5) for lying in (False, True)])
def test_a_card_says_what_to_do_and_whom_to_call(look, make_emergency, stamped, stamp, printed):
    paper = printed(emergency_cards(stamped(make_emergency()), look))
    for text in SAID:
        assert text in paper.text
    picture = paper.picture(dpi=200)
    assert {code.text for code in zxingcpp.read_barcodes(picture)} == {make_emergency().qr_text, stamp.address}
    assert paper.stays_on_its_pages()


@pytest.mark.parametrize(("landscape", "size"), [(True, (210, 297)), (False, (297, 210))])
def test_two_small_cards_stand_on_a_page_to_be_cut_apart(landscape, size, make_emergency, stamped, printed):
    cards = [make_emergency(code=f"FX-{n:04}") for n in range(3)]
    paper = printed(emergency_cards(stamped(*cards), Look(Paper.A5, landscape)))
    assert [tuple(round(length / 72 * 25.4) for length in page) for page in paper.sizes] == [size, size]
    assert [[card.code in text for card in cards] for text in paper.texts] == [
        [True, True, False],
        [False, False, True],
    ]


def test_long_steps_flow_on_and_no_character_is_lost(make_emergency, stamped, printed):
    long = "".join(chr(0x4E00 + n) for n in range(10_000))
    for look, text in ((Look(), long), (Look(Paper.A5, landscape=True), long[:2000])):
        paper = printed(emergency_cards(stamped(make_emergency(steps=(text, "撤离"))), look))
        assert set(text) <= set(paper.text)
        assert "（续）" in paper.text
        assert paper.stays_on_its_pages()


def test_a_card_without_steps_says_so(make_emergency, stamped, printed):
    empty = make_emergency(steps=(), equipment=(), accident_types=(), phone="", emergency_phone="", level=None)
    text = printed(emergency_cards(stamped(empty))).text
    for said in (NO_STEPS, "（未填写）", "电话（未填写）", "未评估", "119", "120"):
        assert said in text


def test_a_step_that_forbids_stands_as_a_step_and_nowhere_else(make_emergency, stamped, printed):
    """Copied under another heading it would forbid the right action: 禁止下池施救，报中控室."""
    step = "禁止下池施救，报中控室，开启排风"
    text = printed(emergency_cards(stamped(make_emergency(steps=(step,))))).text
    assert text.count("禁止下池施救") == 1
    assert "严禁" not in text


@pytest.mark.parametrize("look", [Look(paper, lying) for paper in (Paper.A4, Paper.A5) for lying in (False, True)])
def test_an_unconfirmed_level_is_said_to_be_one_on_every_page(look, make_emergency, stamped, printed):
    paper = printed(emergency_cards(stamped(make_emergency(status="未确认（草稿）", steps=("撤" * 400,) * 8)), look))
    assert len(paper.texts) > 1
    assert paper.text.count("未确认（草稿）") >= len(paper.texts)
    assert paper.stays_on_its_pages()


def test_a_person_who_is_not_to_be_called_has_no_telephone(make_emergency, stamped, printed):
    who = "刘海波（账号已停用，请指定责任人）"
    card = make_emergency(responsible=who, phone=None, status="未确认（审核中）")
    words = Document(io.BytesIO(emergency_cards_word(stamped(card))))
    written = "".join(node.text or "" for node in words.element.body.iter() if node.tag.endswith("}t"))
    for text in (printed(emergency_cards(stamped(card))).text, written):
        assert who in text
        assert "未确认（审核中）" in text
        assert "电话（未填写）" not in text


def test_the_word_document_says_the_same_as_typed_in_chinese_type(make_emergency, stamped):
    steps = ("撤离\ufffe", *make_emergency().steps)
    document = Document(io.BytesIO(emergency_cards_word(stamped(make_emergency(steps=steps), make_emergency()))))
    text = "".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))
    text = "".join(text.split())
    for said in SAID:
        assert text.count(said) >= 2
    assert "撤离〓" in text
    assert len(document.sections) == 2
    assert 'w:eastAsia="微软雅黑"' in document.element.xml
    assert all("7KQ2-M4XD" in section.footer.paragraphs[0].text for section in document.sections)
