"""The criteria files: each loads, applies to its trades on its days, and is found by what people write."""

from datetime import date

import pytest

from app.hidden_hazards import criteria

TODAY = date(2026, 11, 22)
FILES = {
    "fire-gb35181-2017": (5, False),
    "fire-gb35181-2025": (8, True),
    "gongmao-10": (58, True),
    "grain-storage": (10, True),
    "hazardous-chemicals-121": (20, True),
    "special-equipment-gb45067-2024": (10, True),
    "town-gas-2023": (6, True),
}
# A trade, a text of the demo's kind, and the clause that has to come first.
FITTING = [
    ("chemical", "釜在用而安全阀未正常投用，阀前切断阀全关且未铅封", "hazardous-chemicals-121/第十五条"),
    ("chemical", "2#罐区东侧 GDS-07 可燃气体探测器故障", "hazardous-chemicals-121/第十二条"),
    ("chemical", "试剂间盐酸与氨水同层存放，禁忌物混放", "hazardous-chemicals-121/第二十条"),
    ("machinery", "抛光工位除尘风管外壁积铝粉尘，厚约 1 mm，未清扫", "gongmao-10/第十一条第（十）项"),
    ("machinery", "调漆间 KQ-03 可燃气体探测器故障", "gongmao-10/第七条第（七）项"),
    ("machinery", "污水池有限空间作业未检测，无人监护", "gongmao-10/第十三条第（二）项"),
    ("machinery", "2# 叉车货叉载人", "special-equipment-gb45067-2024/场（厂）内专用机动车辆"),
    ("steel", "炉前渣坑积水", "gongmao-10/第四条第（二）项"),
    ("cement", "篦冷机检修未断电挂牌", "gongmao-10/第六条第（四）项"),
    ("tobacco", "磷化氢熏蒸没有防毒面具", "gongmao-10/第十条第（一）项"),
    ("grain", "3# 气调仓东门外 OX-02 氧报警器失效", "grain-storage/五"),
    ("grain", "入仓平仓不系安全绳", "grain-storage/一"),
    ("grain", "厂房安全出口锁闭、疏散通道堵塞", "fire-gb35181-2025/直接判定四"),
]


def test_every_file_loads_and_says_what_it_is():
    assert {file.name: (len(file.clauses), file.in_force(TODAY)) for file in criteria.files()} == FILES
    for file in criteria.files():
        assert all((file.title, file.number, file.edition, file.note)), file.name
        assert file.certainty in ("practice", "recall")
        names = [clause.clause for clause in file.clauses]
        assert len(set(names)) == len(names), file.name
        for clause in file.clauses:
            assert clause.text.endswith("。"), (file.name, clause.clause)
            assert clause.keywords, (file.name, clause.clause)


def test_every_trade_a_file_names_is_known():
    codes = (
        "chemical",
        "steel",
        "nonferrous",
        "cement",
        "machinery",
        "food",
        "textile",
        "tobacco",
        "retail",
        "grain",
        "gas",
    )
    known = {trade for code in codes for trade in criteria.trades_of(code)}
    for file in criteria.files():
        for trades in (file.trades, *(clause.trades for clause in file.clauses)):
            assert set(trades) <= known, file.name


@pytest.mark.parametrize(("trade", "text", "key"), FITTING)
def test_what_people_write_finds_its_clause(trade, text, key):
    found = criteria.matching(text, trade, TODAY)
    assert found[0].key == key, [(match.key, match.reasons) for match in found]
    assert all(reason in text for reason in found[0].reasons)


def test_several_files_hold_at_once_and_each_for_its_own_trades():
    held = {trade: {match.file.name for match in criteria.in_force(trade, (), TODAY)} for trade in
            ("chemical", "machinery", "grain", "nobody_knows")}  # fmt: skip
    everywhere = {"fire-gb35181-2025", "special-equipment-gb45067-2024", "town-gas-2023"}
    assert held["chemical"] == {"hazardous-chemicals-121", *everywhere}  # 令第10号 excludes it
    assert held["machinery"] == {"gongmao-10", *everywhere}
    assert held["grain"] == {"grain-storage", *everywhere}
    assert held["nobody_knows"] == {name for name, (_, present) in FILES.items() if present}


def test_a_part_of_a_file_holds_for_its_own_trade_only():
    def parts(trade):
        held = criteria.in_force(trade, (), TODAY)
        return {match.clause.clause[:3] for match in held if match.file.name == "gongmao-10"}

    assert parts("machinery") == {"第三条", "第七条", "第十一", "第十二", "第十三"}
    assert "第四条" in parts("steel")
    assert "第七条" not in parts("steel")


def test_the_edition_is_that_of_the_day():
    def editions(on):
        return {match.file.name for match in criteria.in_force("chemical", ["fire"], on)}

    assert editions(date(2025, 10, 31)) >= {"fire-gb35181-2017"}
    assert editions(date(2025, 11, 1)) >= {"fire-gb35181-2025"}
    assert "fire-gb35181-2017" not in editions(date(2025, 11, 1))
    assert not criteria.in_force("chemical", (), date(2010, 1, 1))


def test_only_what_is_in_force_is_named():
    keys = ["hazardous-chemicals-121/第十五条", "gongmao-10/第七条第（七）项", "nothing/第一条"]
    assert set(criteria.named(keys, "chemical", TODAY)) == {keys[0]}
