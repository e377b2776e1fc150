import dataclasses

import pytest
import zxingcpp

from app.printing.card import TITLE, warning_cards
from app.printing.signs import SIGNS
from app.printing.stamp import Look, Paper
from qr import fonts
from risk_models import RiskLevel

AWKWARD = "看<b>此</b>处 &amp; <img src=x> {%s} \\ (未闭合 [1] <NAME> =SUM(A1) CO₂ 10⁻⁶ ℃ ① ☑ 㐂龘"
LOOKS = [Look(paper, landscape=lying) for paper in (Paper.A4, Paper.A3) for lying in (False, True)]
MILLIMETRES = {Paper.A4: (210, 297), Paper.A3: (297, 420)}
UNSAID = ("qr_text", "level", "signs", "raised")


def joined(text):
    return "".join(text.split())


def said_by(card):
    for field in dataclasses.fields(card):
        value = getattr(card, field.name)
        if field.name not in UNSAID:
            for part in value if isinstance(value, tuple) else (value,):
                yield from part if isinstance(part, tuple) else (part,)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_card_says_every_field_on_one_page_of_its_size(look, make_card, stamped, printed):
    card = make_card(controllers=(("公司", "张总"), ("岗位", "赵六")), status="未确认（草稿）", raised=RiskLevel.RED)
    paper = printed(warning_cards(stamped(card), look))
    ((width, height),) = paper.sizes
    expected = MILLIMETRES[look.paper][:: -1 if look.landscape else 1]
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == expected
    for text in (TITLE, *said_by(card), *(SIGNS[key].name for key in card.signs), "现已升为重大风险（红色）"):
        assert joined(text) in paper.text
    assert paper.stays_on_its_pages()


def test_the_foot_says_version_day_and_check_code(make_card, stamped, stamp, printed):
    text = printed(warning_cards(stamped(make_card()))).text
    for said in (f"第{stamp.version}版", f"{stamp.printed_on:%Y-%m-%d}", stamp.code, "第1/1页", "GB2894-2025"):
        assert said in text


@pytest.mark.parametrize("level", [*RiskLevel, None])
@pytest.mark.parametrize("landscape", [False, True])
def test_the_level_stands_in_colour_and_in_words_with_its_basis(level, landscape, make_card, stamped, printed):
    card = make_card(level=level, level_basis="固有风险")
    paper = printed(warning_cards(stamped(card), Look(landscape=landscape)))
    for words in (level.label, f"（{level.colour_name}色）") if level else ("未评估", "不表示风险低"):
        assert words in paper.text
    assert "本卡显示：固有风险等级" in paper.text
    ground = paper.picture(dpi=72).getpixel((34, 34) if landscape else (34, 160))
    assert ground == (tuple(bytes.fromhex(level.colour[1:])) if level else (255, 255, 255))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_code_of_the_point_and_the_check_code_are_read(look, make_card, stamped, stamp, printed):
    card = make_card()
    picture = printed(warning_cards(stamped(card), look)).picture(dpi=150)
    found = {code.text: code.position.top_left for code in zxingcpp.read_barcodes(picture)}
    assert set(found) == {card.qr_text, stamp.address}
    corner = found[card.qr_text]
    assert corner.x > picture.width * 0.75
    assert corner.y < picture.height * 0.1


def test_both_weights_are_embedded_as_subsets_with_unicode_and_differ(make_card, stamped, printed):
    found = printed(warning_cards(stamped(make_card()))).fonts()
    assert set(found.values()) == {(True, True, True)}
    assert {name.split("+")[1] for name in found} == {fonts.REGULAR, fonts.BOLD}


def test_text_is_drawn_as_typed(make_card, stamped, printed):
    card = make_card(
        **dict.fromkeys(("enterprise", "place", "point_name", "category", "responsible", "check_cycle"), AWKWARD),
        main_risks=(AWKWARD,),
        measures=((AWKWARD, AWKWARD),),
    )
    assert printed(warning_cards(stamped(card))).text.count(joined(AWKWARD)) >= 9


def test_what_is_not_filled_in_is_said_so(make_card, stamped, printed):
    empty = dict.fromkeys(("main_risks", "accident_types", "consequences", "measures", "check_items"), ())
    card = make_card(**empty, emergency_steps=(), check_cycle="", phone="", emergency_phone="", qr_text="", signs=())
    text = printed(warning_cards(stamped(card))).text
    assert text.count("（未填写）") == 8
    assert "（尚未辨识危险源）" in text
    assert "尚无二维码" in text
    assert "火警119" in text


@pytest.mark.parametrize("landscape", [False, True])
def test_short_text_is_large(landscape, make_card, stamped, monkeypatch):
    laid = []
    real = warning_cards.__globals__["lay_out"]
    monkeypatch.setitem(warning_cards.__globals__, "lay_out", lambda *a, **k: laid.append(real(*a, **k)) or laid[-1])
    short = make_card(measures=(("个体防护", "戴防护眼镜"),), check_items=("防护罩完好",), main_risks=("砂轮破碎",))
    warning_cards(stamped(short), Look(landscape=landscape))
    assert laid[0].size >= 20


@pytest.mark.parametrize("landscape", [False, True])
def test_ten_thousand_characters_flow_on_and_none_is_lost(landscape, make_card, stamped, printed):
    long = "".join(chr(0x4E00 + n) for n in range(10_000))
    paper = printed(warning_cards(stamped(make_card(measures=(("工程技术", long),))), Look(landscape=landscape)))
    # The head of each further page stands between the parts, so the characters are looked for, not the whole string.
    assert set(long) <= set(paper.text)
    assert len(paper.texts) > 1
    assert paper.stays_on_its_pages()


def test_what_its_place_in_the_head_cannot_hold_flows_on_too(make_card, stamped, printed):
    fields = ("point_name", "enterprise", "phone", "emergency_phone", "code")
    texts = {name: "".join(chr(0x4E00 + 2000 * n + m) for m in range(2000)) for n, name in enumerate(fields)}
    paper = printed(warning_cards(stamped(make_card(**texts))))
    assert set("".join(texts.values())) <= set(paper.text)
    assert paper.stays_on_its_pages()


@pytest.mark.parametrize("landscape", [False, True])
def test_the_longest_names_that_can_be_stored_stand_whole_in_the_head(landscape, make_card, stamped, printed):
    card = make_card(point_name="年产三十万吨合成氨装置" * 9, enterprise="东湖精细化工循环经济" * 10, code="W" * 20)
    paper = printed(warning_cards(stamped(card), Look(landscape=landscape)))
    assert len(paper.texts) == 1
    assert [paper.text.count(joined(text)) for text in (card.point_name, card.enterprise, card.code)] == [1, 1, 1]


def test_a_second_page_names_card_code_and_level(make_card, stamped, printed):
    paper = printed(warning_cards(stamped(make_card(check_items=("逐项检查并记录" * 60,) * 6))))
    assert len(paper.texts) == 2
    for said in (f"{TITLE}（续）", "FX-0001", "重大风险（红色）", "第 2 / 2 页"):
        assert said in paper.texts[1]


@pytest.mark.parametrize("landscape", [False, True])
def test_of_a_long_card_what_saves_lives_stands_on_the_first_page(landscape, make_card, stamped, printed):
    paper = printed(
        warning_cards(stamped(make_card(measures=(("工程技术", "联锁" * 60),) * 20)), Look(landscape=landscape))
    )
    first = joined(paper.texts[0])
    marks = ["主要风险", "事故类型", "应急处置", "责任人", "可能后果"]
    assert [first.index(mark) for mark in marks] == sorted(first.index(mark) for mark in marks)
    assert "13800000001" in first
    assert make_card().qr_text in {code.text for code in zxingcpp.read_barcodes(paper.picture(1, dpi=150))}


def test_cards_stand_in_order_each_on_its_page(make_card, stamped, printed):
    paper = printed(warning_cards(stamped(*(make_card(code=f"FX-{n:04}") for n in range(1, 61)))))
    assert [f"FX-{n:04}" in text for n, text in enumerate(paper.texts, 1)] == [True] * 60


def test_cards_are_drawn_few_at_a_time(make_card, stamp):
    drawn = []

    def asked_for():
        for number in range(200):
            drawn.append(number)
            yield make_card(code=f"FX-{number}"), stamp
            assert len(drawn) <= number + 60

    warning_cards(asked_for())


def test_equal_cards_are_equal_documents_and_equal_bytes(make_card, stamped):
    assert make_card() == make_card()
    assert warning_cards(stamped(make_card())) == warning_cards(stamped(make_card()))


def test_no_card_is_refused():
    with pytest.raises(ValueError, match="请至少选择一个风险点"):
        warning_cards([])
