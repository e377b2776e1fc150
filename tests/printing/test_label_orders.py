"""Labels ordered from the print shop: sheets, pictures in a ZIP, a list for label software."""

import csv
import io
import zipfile

import pypdfium2

from app.core.db import writing
from app.core.ids import new_id
from app.printing.models import PrintKind
from tests.printing.ordering import made, printed
from tests.surface import problem_of
from tests.world import World

LABELS = PrintKind.LABELS


def test_a_sheet_a_zip_and_a_list_say_the_same_of_the_points_chosen(world: World) -> None:
    plant = world.plant
    with writing():
        plant.add_point(plant.manager.actor, name="-1层泵房")
    asked = {"zone_id": str(plant.zone.id)}
    sheet = printed(
        world.app, plant.manager, LABELS, stock="a4-40", start=40, copies=2, offset_x="0.5", offset_y="-1", **asked
    )
    assert len(pypdfium2.PdfDocument(sheet)) == 2
    data = printed(world.app, plant.manager, LABELS, format="csv", **asked)
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head[0] == "编号"
    assert {row[1] for row in rows} == {plant.point.name, " -1层泵房"}
    assert {row[3] for row in rows} == {plant.zone.name}
    for picture in ("png", "svg"):
        archive = printed(world.app, plant.manager, LABELS, format="zip", symbol=picture, **asked)
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            assert set(opened.namelist()) == {f"{row[0]}.{picture}" for row in rows}


def test_what_is_too_small_on_the_paper_asked_for_is_named_with_the_order(world: World) -> None:
    plant = world.plant
    with writing():
        long = plant.add_point(
            plant.manager.actor, name="硫磺回收装置尾气焚烧炉及余热锅炉（含锅炉给水泵、蒸汽分水器）" * 3
        )
    order = made(world.app, plant.manager, LABELS, risk_point_ids=[str(long.id)], stock="a4-65")
    (warning,) = order["warnings"]
    assert long.code in warning["title"]
    assert "大一些的标签" in warning["text"]


def test_a_roll_of_blank_tags_is_ordered_and_what_cannot_be_printed_is_refused_at_once(world: World) -> None:
    manager = world.plant.manager
    roll = manager.post("/tag-rolls", {"id": str(new_id()), "count": 2}).json
    data = printed(world.app, manager, LABELS, format="csv", roll_id=roll["roll_id"])
    assert [row[6] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))][1:] == [roll["first"], roll["last"]]
    for wrong, pointer in [
        ({"stock": "roll-40x30", "start": 2}, "/start"),
        ({"stock": "free"}, "/free"),
        ({"roll_id": str(new_id())}, "/roll_id"),
    ]:
        answer = manager.post("/print-orders", {"id": str(new_id()), "kind": LABELS, **wrong})
        assert answer.status_code == 422, answer.text
        assert problem_of(answer)["errors"][0]["pointer"] == pointer
