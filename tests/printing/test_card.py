import dataclasses

import pytest
import zxingcpp

from app.printing.card import TITLE, warning_cards
from qr import fonts
from risk_models import RiskLevel

AWKWARD = "看<b>此</b>处 &amp; <img src=x> {%s} \\ (未闭合 [1] <NAME> =SUM(A1) CO₂ 10⁻⁶ ℃ ① ☑ 㐂龘"


def joined(text):
    return "".join(text.split())


def said_by(card):
    for field in dataclasses.fields(card):
        value = getattr(card, field.name)
        if field.name in ("qr_text", "printed_on", "level"):
            continue
        for part in value if isinstance(value, tuple) else (value,):
            yield from part if isinstance(part, tuple) else (part,)


def test_a_card_says_every_field_on_one_page(make_card, printed):
    card = make_card()
    paper = printed(warning_cards([card]))
    assert len(paper.texts) == 1
    for text in (TITLE, "版本：3", "2026-07-01", *said_by(card)):
        assert joined(text) in paper.text


@pytest.mark.parametrize("level", [*RiskLevel, None])
def test_the_level_stands_in_colour_and_in_words_with_its_basis(level, make_card, printed):
    paper = printed(warning_cards([make_card(level=level, level_basis="固有风险")]))
    words = f"{level.label}（{level.colour_name}色）" if level else "未评估"
    assert words in paper.text
    assert "本卡显示：固有风险等级" in paper.text
    banner = paper.picture(dpi=72).getpixel((36, 200))
    assert banner == (tuple(bytes.fromhex(level.colour[1:])) if level else (255, 255, 255))


def test_the_code_on_the_printed_card_is_read(make_card, printed):
    card = make_card()
    paper = printed(warning_cards([card]))
    assert [found.text for found in zxingcpp.read_barcodes(paper.picture(dpi=100))] == [card.qr_text]


def test_both_weights_are_embedded_as_subsets_with_unicode_and_differ(make_card, printed):
    found = printed(warning_cards([make_card()])).fonts()
    assert set(found.values()) == {(True, True, True)}
    assert {name.split("+")[1] for name in found} == {fonts.REGULAR, fonts.BOLD}


def test_text_is_drawn_as_typed(make_card, printed):
    card = make_card(
        **dict.fromkeys(("enterprise", "place", "point_name", "category", "responsible", "check_cycle"), AWKWARD),
        main_risks=(AWKWARD,),
        measures=((AWKWARD, AWKWARD),),
    )
    paper = printed(warning_cards([card]))
    assert paper.text.count(joined(AWKWARD)) >= 8
    assert fonts.missing_glyphs(AWKWARD) == []


def test_a_character_without_glyph_is_printed_as_a_visible_mark(make_card, printed):
    assert "小心😀地滑".replace("😀", "〓") in printed(warning_cards([make_card(place="小心😀地滑")])).text


@pytest.mark.parametrize("field", ["point_name", "enterprise", "phone", "emergency_phone", "code"])
def test_ten_thousand_characters_flow_on_and_none_is_lost(field, make_card, printed):
    long = "".join(chr(0x4E00 + n) for n in range(10_000))
    paper = printed(warning_cards([make_card(**{field: long})]))
    # The head of each further page stands between the parts, so the characters are looked for, not the whole string.
    assert set(long) <= set(paper.text)
    assert len(paper.texts) > 1
    assert paper.stays_on_its_pages()


def test_a_second_page_names_card_code_and_level(make_card, printed):
    paper = printed(warning_cards([make_card(check_items=("逐项检查并记录" * 60,) * 12)]))
    assert len(paper.texts) == 2
    assert f"{TITLE}（续）" in paper.texts[1]
    assert "FX-0001" in paper.texts[1]
    assert "重大风险（红色）" in paper.texts[1]
    assert "第 2 / 2 页" in paper.texts[1]


def test_cards_stand_in_order_each_on_its_page_and_nothing_leaves_it(make_card, printed):
    paper = printed(warning_cards([make_card(code=f"FX-{n:04}") for n in range(1, 6)]))
    assert [f"FX-{n:04}" in text for n, text in enumerate(paper.texts, 1)] == [True] * 5
    assert paper.stays_on_its_pages()


def test_equal_cards_give_equal_bytes(make_card):
    assert warning_cards([make_card()]) == warning_cards([make_card()])


def test_no_card_is_refused():
    with pytest.raises(ValueError, match="请至少选择一个风险点"):
        warning_cards([])
