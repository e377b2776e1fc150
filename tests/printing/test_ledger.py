from datetime import date

from app.printing.ledger import _side_by_side, risk_ledger
from qr import fonts
from risk_models import RiskLevel


def ledger(rows):
    return risk_ledger(
        rows,
        title="风险分级管控清单",
        enterprise="东湖化工有限公司",
        shows="现状风险等级",
        version="3",
        printed_on=date(2026, 7, 1),
    )


def joined(text):
    return "".join(text.split())


def test_a_row_says_every_field_and_its_level_in_words(make_row, printed):
    paper = printed(ledger([make_row()]))
    for text in (
        "FX-0001",
        "加氢反应釜R-0001",
        "氢气泄漏遇静电点燃",
        "较大风险（橙色）",
        "表中等级：现状风险等级",
        "版本：3",
    ):
        assert text in paper.text
    assert paper.sizes[0][0] > paper.sizes[0][1]


def test_the_sources_of_a_point_share_its_cells(make_row, printed):
    paper = printed(ledger([make_row(1), make_row(1, hazard_source="超温超压", level=RiskLevel.RED), make_row(2)]))
    assert paper.text.count("FX-0001") == 1
    assert paper.text.count("FX-0002") == 1
    assert "共2个风险点，3个危险源" in paper.text


def test_every_page_repeats_the_headings_and_names_the_point_it_begins_in(make_row, printed):
    paper = printed(ledger([make_row(1, hazard_source=f"危险源{n}", level=None) for n in range(60)]))
    assert len(paper.texts) > 2
    for number, text in enumerate(paper.texts, 1):
        assert "评估方法与因素" in joined(text)
        assert "FX-0001" in text
        assert f"第 {number} / {len(paper.texts)} 页" in text
    assert "未评估" in paper.text


def test_a_row_longer_than_a_page_flows_on_and_none_is_lost(make_row, printed):
    long = "".join(chr(0x4E00 + n) for n in range(10_000))
    for changes in ({"measures": (("工程技术", long),)}, {"point_name": long}, {"zone": long, "hazard_source": long}):
        paper = printed(ledger([make_row(1, **changes), make_row(1), make_row(2)]))
        assert set(long) <= set(paper.text)
        assert "FX-0002" in paper.texts[-1]
        assert all("较大风险" in text for text in paper.texts)
        assert paper.stays_on_its_pages()


def test_text_is_drawn_as_typed(make_row, printed):
    awkward = "<b>粗</b>&amp;<NAME>=1+1"
    paper = printed(ledger([make_row(point_name=awkward, hazard_source=awkward, measures=((awkward, awkward),))]))
    assert paper.text.count(awkward) >= 4


def test_fonts_are_embedded_as_subsets_with_unicode(make_row, printed):
    found = printed(ledger([make_row()])).fonts()
    assert set(found.values()) == {(True, True, True)}
    assert {name.split("+")[1] for name in found} == {fonts.REGULAR, fonts.BOLD}


def test_a_ledger_without_rows_is_an_empty_table(printed):
    assert "共0个风险点" in printed(ledger([])).text


def test_the_unit_and_the_person_of_a_tier_stand_at_its_height():
    texts = ("公司\n班组\n岗位", "东湖化工集团有限公司第一分公司\n罐区班\n罐区班", "陈志远\n吴涛\n赵永刚")
    tiers, units, people = _side_by_side(texts, (54, 57, 51))
    assert len(tiers) == len(units) == len(people) > 3
    for tier, unit, person in (("公司", "东湖", "陈志远"), ("班组", "罐区班", "吴涛"), ("岗位", "罐区班", "赵永刚")):
        place = tiers.index(tier)
        assert units[place].startswith(unit)
        assert people[place] == person


def test_what_is_not_confirmed_is_said_beside_the_point(make_row, printed):
    assert "未确认（草稿）" in printed(ledger([make_row(status="未确认（草稿）")])).text
    assert "未确认" not in printed(ledger([make_row()])).text
