"""Labels over HTTP: chosen, placed on the paper asked for, and the page that tells how far a printer misses it."""

from typing import Any

import pypdfium2
import pytest
import zxingcpp

from app.core.db import writing
from app.core.ids import new_id
from app.risks.points import add_point
from tests.surface import problem_of
from tests.world import World

MM = 72 / 25.4
OWN = {
    "page_width": "100", "page_height": "60.5", "columns": 2, "rows": 1, "label_width": "45", "label_height": "40",
    "left": 2, "top": 3, "gap_x": "1.5",
}  # fmt: skip


def pages(data: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(data))


def texts(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_range().replace("\r\n", "") for page in pages(data)]


def printed(world: World, **body: Any) -> bytes:
    answer = world.plant.manager.post("/qr-labels", body)
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def refused(world: World, **body: Any) -> dict[str, Any]:
    answer = world.plant.manager.post("/qr-labels", body)
    assert answer.status_code == 422, answer.text
    return dict(problem_of(answer))


def test_labels_are_chosen_by_category_and_level_and_come_on_the_paper_named(world: World) -> None:
    plant = world.plant
    with writing():
        other = add_point(
            plant.manager.actor, zone_id=plant.zone.id, unit_id=plant.unit.id, responsible_id=plant.leader.id,
            name="吊装作业", category="operation",
        )  # fmt: skip
    data = printed(world, category="operation", stock="roll-50x30", offset_x="1.2", offset_y="-0.5")
    (page,) = pages(data)
    assert [length / MM for length in page.get_size()] == pytest.approx([50, 30], abs=0.01)
    (text,) = texts(data)
    assert "吊装作业" in text
    assert other.code in text
    assert "未评估" in text
    assert problem_of(plant.manager.post("/qr-labels", {"level": "red", "category": "operation"}))["code"] == (
        "nothing_selected"
    )


def test_a_roll_of_blank_tags_is_printed_with_serials_and_nothing_else_beside(world: World) -> None:
    roll = world.plant.manager.post("/tag-rolls", {"id": str(new_id()), "count": 3}).json
    data = printed(world, roll_id=roll["roll_id"], stock="a4-65", start=64)
    assert [text.count("扫码绑定风险点") for text in texts(data)] == [2, 1]
    assert roll["first"] in texts(data)[0]
    assert roll["last"] in texts(data)[1]
    codes = [code for page in pages(data) for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert len({code.text for code in codes}) == 3
    said = refused(world, roll_id=roll["roll_id"], level="red")
    assert said["errors"][0]["pointer"] == "/roll_id"
    assert refused(world, roll_id=str(new_id()))["errors"][0]["pointer"] == "/roll_id"


def test_labels_of_ones_own_are_placed_by_the_lengths_given_and_refused_in_words_when_they_cannot_be(
    world: World,
) -> None:
    (page,) = pages(printed(world, stock="free", free=OWN))
    assert [length / MM for length in page.get_size()] == pytest.approx([100, 60.5], abs=0.01)
    for wrong, pointer, words in [
        ({"free": None}, "/free", "请给出"),
        ({"free": {**OWN, "columns": 3}}, "/free", "超出了宽"),
        ({"free": {**OWN, "label_width": 20, "label_height": 15}}, "/free", "放不下"),
        ({"free": {**OWN, "left": "0.05"}}, "/free/left", "一位小数"),
        ({"free": OWN, "start": 3}, "/start", "只有 2 格"),
        ({"free": OWN, "offset_x": "10.1"}, "/offset_x", "-10 至 10 毫米"),
        ({"free": OWN, "offset_y": "0.25"}, "/offset_y", "一位小数"),
    ]:
        (error,) = refused(world, stock="free", **wrong)["errors"]
        assert error["pointer"] == pointer
        assert words in error["detail"]


def test_offsets_that_certainly_cut_a_label_are_refused_where_they_do(world: World) -> None:
    both = refused(world, offset_x="-2", offset_y="-10")
    assert [error["pointer"] for error in both["errors"]] == ["/offset_x", "/offset_y"]
    assert "最左一列标签" in both["errors"][0]["detail"]
    assert "不小于 −1.9 毫米" in both["errors"][0]["detail"]
    assert len(pages(printed(world, offset_x="-2", offset_y="-10", start=23))) == 1
    (error,) = refused(world, offset_x="-2", start=23, copies=3)["errors"]
    assert error["pointer"] == "/offset_x"


def test_the_calibration_page_of_any_paper_says_how_to_read_it(world: World) -> None:
    manager = world.plant.manager
    answer = manager.get("/qr-labels/calibration", stock="roll-100x70")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    (page,) = pages(answer.data)
    assert [length / MM for length in page.get_size()] == pytest.approx([100, 70], abs=0.01)
    assert "标签校准页" in texts(answer.data)[0]
    own = manager.get("/qr-labels/calibration", stock="free", **OWN)
    assert own.status_code == 200, own.text
    assert problem_of(manager.get("/qr-labels/calibration", stock="free"))["errors"][0]["pointer"] == "/free"
