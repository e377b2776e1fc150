"""Labels ordered from the print shop: sheets, pictures in a ZIP, a list for label software."""

import csv
import io
import zipfile

import pypdfium2
from sqlalchemy import select

from app.assessments.models import Assessment
from app.core.db import session, writing
from app.core.ids import new_id
from app.printing.label_orders import concerns, on_paper
from app.printing.models import PrintKind
from app.printing.prints import content_of
from app.risks.models import Status
from app.risks.points import get_point
from app.risks.retiring import retire_point
from app.risks.zones import change_zone
from app.tags.labelling import labels_of
from app.tags.service import ensure_issued
from qr import blank_label
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


def test_what_an_offset_cuts_off_is_told_with_the_order(world: World) -> None:
    plant = world.plant
    order = made(world.app, plant.manager, LABELS, risk_point_ids=[str(plant.point.id)], offset_x="2.5")
    (warning,) = order["warnings"]
    assert "右边（超出 0.5 毫米）" in warning["text"]
    assert "不大于 +1.9 毫米" in warning["text"]


def test_a_label_says_what_is_on_the_sticker_and_whether_it_is_confirmed_and_nothing_else(world: World) -> None:
    plant, actor = world.plant, world.plant.manager.actor
    with writing():
        bare = plant.add_point(actor)
        tags = ensure_issued(actor, [plant.point, bare])
        first = labels_of(actor, list(tags.values()))
        change_zone(actor, plant.zone.id, name="北罐区")
        point = get_point(actor, plant.point.id)
        point.check_cycle = "每月"
        again = labels_of(actor, list(tags.values()))
        point.status = Status.CONFIRMED
        confirmed = labels_of(actor, list(tags.values()))
    tag, unassessed = tags[plant.point.id].id, tags[bare.id].id
    assert first[tag].level_words.endswith("（未确认）")
    assert not first[unassessed].unconfirmed
    assert content_of(again[tag]) == content_of(first[tag])
    assert again[tag].zone == "北罐区"
    assert content_of(confirmed[tag]) != content_of(first[tag])
    assert "未确认" not in confirmed[tag].level_words
    assert on_paper(first[tag])
    assert not on_paper(blank_label(text="A", serial="BQ-000001", enterprise="绿源化工"))


def test_a_label_is_concerned_by_its_tag_its_point_and_all_that_was_identified_there(world: World) -> None:
    plant, actor = world.plant, world.plant.manager.actor
    with writing():
        tag = ensure_issued(actor, [plant.point])[plant.point.id]
        (assessment,) = session().scalars(select(Assessment.id).where(Assessment.source_id == plant.source.id))
        (concerned,) = concerns(actor, [str(tag.id)]).values()
        assert {tag.id, plant.point.id, plant.source.id, assessment, actor.enterprise} <= concerned
        retire_point(actor, plant.point.id, reason="拆除")
        assert concerns(actor, [str(tag.id)]) == {str(tag.id): {tag.id, plant.point.id}}


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
