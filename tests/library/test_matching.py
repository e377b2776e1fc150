"""Search and suggestion as tables: what a name brings first, and that every find says why."""

import time

import pytest

from app.library.entries import entries
from app.library.matching import search, suggest
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


@pytest.mark.parametrize(
    "asked", [{"trade": "mining"}, {"place": "月球"}, {"text": "!!!"}, {"text": "qwxz"}, {"text": "冲压 qwxz"}]
)
def test_what_is_not_there_is_not_found(asked: dict[str, str]) -> None:
    assert search(**asked) == []


def test_the_same_question_has_the_same_answer() -> None:
    assert suggest("制冷机房", Category.PLACE) == suggest("制冷机房", Category.PLACE)
    scores = [each.score for each in suggest("制冷机房", Category.PLACE)]
    assert scores == sorted(scores, reverse=True)


def test_a_suggestion_takes_no_time_a_person_would_notice() -> None:
    name = "、".join(entry.equipment[0] for entry in list(entries().values())[:20])[:100]
    suggest(name, Category.PLACE)
    started = time.perf_counter()
    suggest(name, Category.PLACE)
    assert time.perf_counter() - started < 0.2
