"""The content of the library: every entry keeps the form, and a fault is named by file and entry."""

import re
from importlib.resources import files

import pytest

from app.library.entries import TRADES, EntryFault, entries, read_trade, trades
from app.risks.accidents import accident_lists
from app.risks.models import ControlMeasure, HazardSource
from app.risks.schemas import ControlMeasureIn, HazardSourceIn
from app.risks.terms import Category, FactorClass, MeasureCategory

SOUND = """
trade = "fire"
label = "通用：消防"

[[entries]]
key = "hot-work"
hazard_source = "动火作业火花飞溅引燃可燃物"
category = "operation"
factor_class = "people"
places = ["车间"]
equipment = ["动火作业"]
words = ["电焊"]
accident_types = ["火灾"]
consequences = "烧伤"
affected = "焊工"
measures = [
  { category = "engineering", text = "清理十米内可燃物", basis = "GB 9448", check = "可燃物已清", how = "目视", standard = "十米内没有" },
  { category = "management", text = "办理动火票", basis = "GB 9448", check = "测爆合格", how = "读数", standard = "≤25%LEL", reading = { unit = "%LEL", max = "25" } },
  { category = "ppe", text = "戴面罩", basis = "GB 39800.1" },
  { category = "emergency", text = "备灭火器", basis = "GB 50140" },
]
"""  # noqa: E501 - an inline table stands on one line
FAULTS = {
    "unknown field": ('affected = "焊工"', 'affected = "焊工"\nlevel = "red"', "unknown fields level"),
    "missing field": ('consequences = "烧伤"', "", "consequences"),
    "key with a blank": ('key = "hot-work"', 'key = "Hot work"', "lower-case"),
    "category of nothing": ('category = "operation"', 'category = "thing"', "thing"),
    "factor class of nothing": ('factor_class = "people"', 'factor_class = "men"', "men"),
    "accident type of the old list": ('["火灾"]', '["车辆伤害"]', "车辆伤害"),
    "no place": ('places = ["车间"]', "places = []", "places has 1 to 4"),
    "place twice": ('places = ["车间"]', 'places = ["车间", "车间"]', "different"),
    "text too long": ("烧伤", "烧" * 121, "consequences is 1 to 120"),
    "straight quote": ("戴面罩", "戴'面罩'", "straight quote"),
    "control character": ("戴面罩", "戴\\u0007面罩", "control character"),
    "lone check": (', how = "目视", standard = "十米内没有"', "", "go together"),
    "measure without basis": (', basis = "GB 50140"', "", "basis"),
    "one check item": (', check = "可燃物已清", how = "目视", standard = "十米内没有"', "", "two check items"),
    "reading without limit": (', max = "25"', "", "limit"),
    "reading upside down": ('max = "25"', 'min = "30", max = "25"', "in order"),
    "reading that is no number": ('max = "25"', 'max = "约25"', "number"),
    "broken file": ('key = "hot-work"', "key = ", "fire.toml"),
}


SUPERSEDED = (
    "GB 2894-2008", "GB/T 6441", "GB 30871-2014", "GB 15577-2007", "GB 11651", "GB/T 11651", "TSG Q0002", "TSG N0001",
    "TSG R0006", "总局令第59号", "GB 50034-2013", "GB 7144", "GB 12158-2006", "GB 18218-2009", "GB/T 13869-2008",
)  # fmt: skip


def test_the_library_holds_ten_trades_and_what_all_have_in_common() -> None:
    assert [trade.key for trade in trades()] == list(TRADES)
    assert [trade.label.startswith("通用") for trade in trades()] == [False] * 10 + [True] * 4
    assert {f"{name}.toml" for name in TRADES} == {
        file.name for file in files("app.library").joinpath("entries").iterdir()
    }
    assert len(entries()) >= 400
    assert all(trade.count >= 25 for trade in trades())


def test_every_trade_covers_every_kind_of_point_and_not_things_alone() -> None:
    for trade in trades():
        assert {entry.category for entry in trade.entries} == set(Category), trade.key
        others = sum(entry.factor_class != FactorClass.THINGS for entry in trade.entries)
        assert others * 4 >= trade.count, trade.key
    assert {entry.factor_class for entry in entries().values()} == set(FactorClass)


def test_every_entry_has_check_items_and_measures_of_several_kinds_each_with_its_basis() -> None:
    for entry in entries().values():
        assert sum(bool(measure.check) for measure in entry.measures) >= 2, entry.id
        assert len({measure.category for measure in entry.measures}) >= 3, entry.id
        assert all(measure.basis for measure in entry.measures), entry.id
    kinds = {measure.category for entry in entries().values() for measure in entry.measures}
    assert kinds == set(MeasureCategory)
    assert sum(measure.reading is not None for entry in entries().values() for measure in entry.measures) >= 60


def test_accident_types_are_those_of_the_list_in_force_and_most_of_them_occur() -> None:
    in_force = set(accident_lists()["GB 6441-2025"])
    used = {kind for entry in entries().values() for kind in entry.accident_types}
    assert used <= in_force
    assert len(used) >= 20


def test_no_two_entries_and_no_two_measures_of_an_entry_say_the_same() -> None:
    sources = [entry.hazard_source for entry in entries().values()]
    assert len(set(sources)) == len(sources)
    for entry in entries().values():
        for part in ("text", "check"):
            said = [getattr(measure, part) for measure in entry.measures if getattr(measure, part)]
            assert len(set(said)) == len(said), entry.id


def test_every_entry_is_what_the_forms_take_and_the_columns_hold() -> None:
    id_ = "019a3c5e-7c1e-7000-8000-0000000000a1"
    for entry in entries().values():
        HazardSourceIn().load({
            "risk_point_id": id_, "name": entry.hazard_source, "factor_class": entry.factor_class.value,
            "accident_types": list(entry.accident_types), "consequences": entry.consequences,
            "affected": entry.affected,
        })  # fmt: skip
        assert len(entry.hazard_source) <= HazardSource.name.type.length
        for measure in entry.measures:
            ControlMeasureIn().load({
                "hazard_source_id": id_, "category": measure.category.value, "text": measure.text,
                "basis": measure.basis, "check": measure.check, "how": measure.how, "standard": measure.standard,
                "reading": measure.reading,
            })  # fmt: skip
            for name in ("basis", "check", "how", "standard"):
                assert len(getattr(measure, name)) <= getattr(ControlMeasure, name).type.length


def test_texts_superseded_are_not_cited() -> None:
    for entry in entries().values():
        for measure in entry.measures:
            assert not any(name in measure.basis for name in SUPERSEDED), (entry.id, measure.basis)


def test_a_cylinder_of_a_breathing_apparatus_is_full_at_25_megapascals_wherever_a_number_is_said() -> None:
    said = {
        entry.id: measure.standard
        for entry in entries().values()
        for measure in entry.measures
        if "呼吸器" in measure.text + measure.check and re.search(r"不低于[\d.]+ MPa", measure.standard)
    }
    assert "chemicals.liquid-chlorine-leak" in said
    assert "ammonia_refrigeration.respirator-shower-not-ready" in said
    assert [id_ for id_, standard in said.items() if "不低于25 MPa" not in standard] == []


def test_hot_oil_burns_and_is_nothing_to_fall_from() -> None:
    assert entries()["machining.quench-oil-fire"].accident_types == ("火灾", "灼烫")


def test_the_sample_below_is_sound() -> None:
    trade = read_trade("fire", SOUND)
    assert trade.count == 1
    assert trade.entries[0].id == "fire.hot-work"
    assert trade.entries[0].measures[1].reading == {"unit": "%LEL", "min": None, "max": "25"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_naming_file_and_entry(fault: str) -> None:
    old, new, said = FAULTS[fault]
    assert old in SOUND
    with pytest.raises(EntryFault, match=r"fire\.toml") as raised:
        read_trade("fire", SOUND.replace(old, new, 1))
    assert said in str(raised.value)
    if fault not in ("broken file", "key with a blank"):
        assert "hot-work" in str(raised.value)


def test_measures_of_two_kinds_alone_are_refused() -> None:
    two = SOUND.replace('"management"', '"engineering"').replace('"emergency"', '"ppe"')
    with pytest.raises(EntryFault, match="three categories"):
        read_trade("fire", two)


def test_a_key_used_twice_and_a_file_under_another_name_are_refused() -> None:
    with pytest.raises(EntryFault, match="used twice"):
        read_trade("fire", SOUND + SOUND[SOUND.index("[[entries]]") :])
    with pytest.raises(EntryFault, match="textiles"):
        read_trade("textiles", SOUND)
