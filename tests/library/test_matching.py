"""Search and suggestion as tables: what a name brings first, and that every find says why."""

import time
import tomllib
from importlib.resources import files

import pytest

from app.library.entries import TRADES, entries
from app.library.matching import search, suggest
from app.library.wording import common_trades, plain
from app.risks.terms import Category

SUGGESTED = [
    ("3#冲压机", "equipment", "machining.press-hand-caught", "含设备“冲压机”"),
    ("一车间冲床", "equipment", "machining.press-hand-caught", "含设备“冲床”"),
    ("液氨罐区", "place", "chemicals.ammonia-tank-leak", "含场所“液氨罐区”"),
    ("液氨储罐", "equipment", "chemicals.ammonia-tank-leak", "含设备“液氨储罐”"),
    ("1#配电室", "place", "electricity.switch-room-rodent-water", "含设备“配电室”"),
    ("污水池", "place", "confined_space.sewage-pool-h2s", "含设备“污水池”"),
    ("砂轮机", "equipment", "machining.grinder-wheel-burst", "含设备“砂轮机”"),
    ("ＲＴＯ焚烧炉", "equipment", "chemicals.rto-explosion", "含设备“RTO”"),
    ("动火作业", "operation", "fire.hot-work-in-works", "含设备“动火作业”"),
]
OF_AN_ENTERPRISE = [
    # name, category, trade of the enterprise, what is first, what else stands in the first three
    ("配电房", "place", "grain", "electricity.switch-room-rodent-water", {"electricity.sf6-room-asphyxiation"}),
    ("变配电间", "place", "", "electricity.switch-room-rodent-water", set()),
    ("1#磨粉间", "place", "grain", "food_and_grain.flour-mill-roller-nip", {"dust_explosion.flour-mill-blending"}),
    ("5吨行车", "equipment", "grain", "special_equipment.bridge-crane-load-drop", set()),
    ("天车", "equipment", "machinery", "special_equipment.bridge-crane-load-drop",
     {"machining.lifting-workpiece-drop"}),
    ("5吨行车", "equipment", "metallurgy", "metallurgy.ladle-crane-brake-failure", set()),
    ("面粉打包间", "place", "grain", "dust_explosion.flour-mill-blending", {"food_and_grain.flour-mill-roller-nip"}),
    ("速冻隧道", "equipment", "food", "ammonia_refrigeration.quick-freezer-room-crowded", set()),
    ("速冻隧道", "equipment", "", "ammonia_refrigeration.quick-freezer-room-crowded", set()),
    ("叉车作业", "operation", "grain", "special_equipment.forklift-overload-tipover",
     {"traffic.forklift-pedestrian-crossing"}),
    ("消防水池清洗", "operation", "grain", "confined_space.water-tank-cleaning-oxygen-deficiency",
     {"confined_space.well-petrol-pump-co"}),
    ("污水池清洗", "operation", "chemical", "chemicals.vessel-confined-entry", {"confined_space.sewage-pool-h2s"}),
    ("污水池清洗", "operation", "grain", "confined_space.sewage-pool-h2s", set()),
    ("立筒库", "place", "grain", "food_and_grain.silo-bridged-grain-engulfment", {"confined_space.silo-engulfment"}),
    ("空压机房", "place", "machinery", "machining.air-receiver-burst", {"special_equipment.air-receiver-explosion"}),
    ("锅炉间", "place", "chemical", "special_equipment.boiler-low-water-scale", set()),
    ("电动自行车棚", "place", "grain", "electricity.e-bike-indoor-charging", {"fire.ebike-charging-indoor"}),
    ("动火作业", "operation", "chemical", "chemicals.hot-work-fire", {"fire.hot-work-in-works"}),
]  # fmt: skip
NEARLY_FOUND = [
    ("面粉筒仓", {"food_and_grain.flour-mill-roller-nip", "dust_explosion.storage-silo-dust"}, "近似：含“面粉”"),
    (
        "面粉厂 清扫",
        {"dust_explosion.flour-mill-blending", "dust_explosion.compressed-air-cleaning"},
        "近似：含“面粉”",
    ),
    ("冲压 qwxz", {"machining.press-hand-caught"}, "近似：含“冲压”"),
]
FOUND = [
    ({"text": "冲压"}, "machining.press-hand-caught"),
    ({"text": "砂轮机防护罩"}, "machining.grinder-wheel-burst"),
    ({"text": "硫化氢 污水", "trade": "confined_space"}, "confined_space.sewage-pool-h2s"),
    ({"text": "火灾　棉花"}, "textiles.cotton-warehouse-fire"),
    ({"text": "rto"}, "chemicals.rto-explosion"),
    ({"equipment": "冲压"}, "machining.press-hand-caught"),
    ({"place": "甲类仓库", "trade": "chemicals"}, "chemicals.solvent-warehouse-mixed-storage"),
]


@pytest.mark.parametrize(("name", "category", "first", "because"), SUGGESTED)
def test_a_point_is_suggested_what_its_name_says(name: str, category: str, first: str, because: str) -> None:
    ids = {found.entry.id: found.why for found in suggest(name, Category(category))[:3]}
    assert first in ids
    assert because in ids[first]


def test_a_grain_store_is_suggested_grain_first() -> None:
    found = suggest("3号粮仓", Category.PLACE)
    assert len(found) >= 4
    assert {each.entry.trade for each in found[:4]} == {"food_and_grain"}


@pytest.mark.parametrize(("name", "category", "trade", "first", "also"), OF_AN_ENTERPRISE)
def test_an_enterprise_is_suggested_its_own_trade_and_what_all_have_in_common(
    name: str, category: str, trade: str, first: str, also: set[str]
) -> None:
    ids = [found.entry.id for found in suggest(name, Category(category), trade=trade)[:3]]
    assert ids[0] == first
    assert also <= set(ids)


def test_what_is_of_the_own_trade_says_so_and_no_other_does() -> None:
    for found in suggest("动火作业", Category.OPERATION, trade="chemical"):
        assert ("本行业" in found.why) == (found.entry.trade == "chemicals")


def test_an_enterprise_of_a_trade_not_listed_is_suggested_by_the_name_alone() -> None:
    assert suggest("叉车作业", Category.OPERATION, trade="toys") == suggest("叉车作业", Category.OPERATION)


def test_trades_and_spellings_are_listed_once_and_name_what_there_is() -> None:
    read = {
        name: tomllib.loads(files("app.library").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("synonyms", "enterprise_trades")
    }
    spellings = [spelling for same in read["synonyms"]["same"] for spelling in same]
    assert len(set(spellings)) == len(spellings)
    rows = read["enterprise_trades"]["own"]
    codes = [code for row in rows for code in row["codes"]]
    assert len(set(codes)) == len(codes)
    assert common_trades().isdisjoint(trade for row in rows for trade in row["trades"])
    assert {trade for row in rows for trade in row["trades"]} | common_trades() == set(TRADES)
    for same in read["synonyms"]["same"]:
        assert {plain(spelling) for spelling in same} == {same[0]}


@pytest.mark.parametrize("name", ["电动自行车", "露天车间", "停车场车位", "堆场车辆", "运行车间", "厂内行车道"])
def test_a_spelling_found_by_chance_within_another_word_is_left_alone(name: str) -> None:
    assert plain(name) == name


@pytest.mark.parametrize(
    ("asked", "alike"), [("配电房", "配电室"), ("锅炉间", "锅炉房"), ("打包间", "包装间"), ("行车", "天车")]
)
def test_what_is_spelled_otherwise_is_found_alike(asked: str, alike: str) -> None:
    assert search(text=asked) == search(text=alike) != []
    assert search(place=asked) == search(place=alike)
    assert search(equipment=asked) == search(equipment=alike)


@pytest.mark.parametrize(("text", "among", "because"), NEARLY_FOUND)
def test_where_not_every_word_is_found_what_comes_near_is_and_says_so(text: str, among: set[str], because: str) -> None:
    found = search(text=text)
    assert among <= {each.entry.id for each in found}
    assert found[0].why == (because,)
    assert all(why.startswith("近似：含“") for each in found for why in each.why)


def test_a_point_of_the_same_kind_stands_above_another_and_says_so() -> None:
    for category in Category:
        for found in suggest("叉车", category):
            assert (found.entry.category is category) == (f"类别为{category.label}" in found.why)
    for category in (Category.EQUIPMENT, Category.OPERATION):
        scores = {found.entry.id: found.score for found in suggest("叉车", category)}
        others = {found.entry.id: found.score for found in suggest("叉车", Category.MATERIAL)}
        assert all(
            scores[id_] > others[id_] if entries()[id_].category is category else scores[id_] == others[id_]
            for id_ in scores.keys() & others.keys()
        )


@pytest.mark.parametrize("name", ["车间", "一车间", "3#", "!!!", "设备", "x", "字" * 100, "设备" * 50, "🦀🦀"])
def test_a_name_that_says_nothing_is_suggested_nothing(name: str) -> None:
    assert suggest(name, Category.PLACE) == []


def test_every_entry_is_found_by_each_of_its_own_names_and_says_why() -> None:
    for entry in entries().values():
        for name in (*entry.equipment, *entry.places, *entry.words):
            found = {each.entry.id: each.why for each in search(text=name)}
            assert entry.id in found, (entry.id, name)
            assert found[entry.id]


@pytest.mark.parametrize(("asked", "first"), FOUND)
def test_a_search_brings_the_best_first(asked: dict[str, str], first: str) -> None:
    assert search(**asked)[0].entry.id == first


def test_every_condition_holds_of_all_that_is_found() -> None:
    found = search(trade="machining", category=Category.EQUIPMENT, accident_type="机械致害", text="手")
    assert found
    for each in found:
        assert (each.entry.trade, each.entry.category) == ("machining", Category.EQUIPMENT)
        assert "机械致害" in each.entry.accident_types
    assert [each.entry for each in search()] == list(entries().values())


@pytest.mark.parametrize("asked", [{"trade": "mining"}, {"place": "月球"}, {"text": "!!!"}, {"text": "qwxz"}])
def test_what_is_not_there_is_not_found(asked: dict[str, str]) -> None:
    assert search(**asked) == []


def test_the_same_question_has_the_same_answer() -> None:
    assert suggest("制冷机房", Category.PLACE) == suggest("制冷机房", Category.PLACE)
    scores = [each.score for each in suggest("制冷机房", Category.PLACE)]
    assert scores == sorted(scores, reverse=True)


def test_a_suggestion_takes_no_time_a_person_would_notice() -> None:
    name = "、".join(entry.equipment[0] for entry in list(entries().values())[:20])[:100]
    suggest(name, Category.PLACE)
    started = time.thread_time()
    suggest(name, Category.PLACE)
    assert time.thread_time() - started < 0.2
