"""Floor plans: their drawings, which may come as PDF, what stands on them, and what is worth another look."""

import hashlib
import io

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from app.core.db import reading, writing
from app.core.ids import new_id
from app.evidence.uploads import original
from app.risks.drawings import drawing_of
from app.risks.zones import add_floor_plan, add_zone, change_zone, get_floor_plan
from tests.world import World, jpeg

PDF = "application/pdf"
CORNERS = [[100, 100], [500, 100], [500, 400], [100, 400]]


def pdf(pages: int = 1, size: tuple[int, int] = (842, 595), **how: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1, **how)
    for _ in range(pages):
        canvas.rect(100, 100, 300, 200, fill=1)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def plan(world: World):
    with writing():
        return add_floor_plan(world.plant.manager.actor, name="厂区图", width=1000, height=700)


def test_one_page_of_a_pdf_is_drawn_and_the_file_kept_byte_for_byte(world: World, plan) -> None:
    actor, content = world.plant.manager.actor, pdf()
    answer = world.plant.manager.put(f"/floor-plans/{plan.id}/image", content, PDF)
    assert answer.status_code == 200, answer.text
    sha256 = answer.json["image_sha256"]
    assert sha256 == hashlib.sha256(content).hexdigest()
    with reading():
        assert original(actor, sha256) == content
        picture = Image.open(io.BytesIO(drawing_of(actor.enterprise, sha256)))
    assert (picture.format, max(picture.size)) == ("PNG", 3600)
    assert picture.convert("L").getpixel((1000, 1800)) == 0
    shown = world.plant.worker.get(f"/photos/{sha256}")
    assert shown.data.startswith(b"\xff\xd8")
    assert world.plant.manager.get(f"/photos/{sha256}/original").mimetype == PDF


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(pages=3), "plan_not_one_page"),
        (pdf(encrypt="secret"), "plan_locked"),
        (pdf()[:300], "plan_broken"),
        (b"%PDF-1.4\n" + b"\0\xff" * 500, "plan_broken"),
        (b"GIF89a" + b"\0" * 50, "not_a_photo"),
        (jpeg(seed=5)[:700], "photo_broken"),
    ],
    ids=["three pages", "locked", "cut", "garbage", "gif", "cut photo"],
)
def test_a_drawing_that_cannot_be_read_is_refused_and_says_why(world: World, plan, content, code) -> None:
    answer = world.plant.manager.put(f"/floor-plans/{plan.id}/image", content, "application/octet-stream")
    assert 400 <= answer.status_code < 500
    assert answer.json["code"] == code
    if code == "plan_not_one_page":
        assert "3 页" in answer.json["detail"]
    with reading():
        assert get_floor_plan(world.plant.manager.actor, plan.id).image_sha256 is None


def test_a_photo_on_its_side_is_drawn_as_it_was_seen_and_a_clear_picture_on_white(world: World, plan) -> None:
    actor, enterprise = world.plant.manager.actor, world.plant.enterprise.id
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    for form, mode, said in (("JPEG", "RGB", {"exif": exif}), ("PNG", "RGBA", {})):
        buffer = io.BytesIO()
        Image.new(mode, (60, 40)).save(buffer, form, **said)
        sha256 = world.plant.manager.put(f"/floor-plans/{plan.id}/image", buffer.getvalue()).json["image_sha256"]
        with reading():
            picture = Image.open(io.BytesIO(drawing_of(enterprise, sha256)))
        assert picture.format == form
        assert picture.size == ((40, 60) if form == "JPEG" else (60, 40))
    assert (picture.mode, picture.getpixel((5, 5))) == ("L", 255)
    assert actor.enterprise == enterprise


def test_floor_and_scale_are_said_with_the_plan_or_later(world: World) -> None:
    manager = world.plant.manager
    body = {"name": "厂区图", "width": 800, "height": 600, "floor": "二层", "millimetres_per_unit": 250}
    made = manager.post("/floor-plans", body).json
    assert (made["floor"], made["millimetres_per_unit"]) == ("二层", 250)
    changed = manager.patch(f"/floor-plans/{made['id']}", {"floor": "一层", "millimetres_per_unit": None, "north": 90})
    assert (changed.json["floor"], changed.json["millimetres_per_unit"], changed.json["north"]) == ("一层", None, 90)
    assert manager.patch(f"/floor-plans/{made['id']}", {"width": 900}).status_code == 422
    assert manager.patch(f"/floor-plans/{new_id()}", {"floor": "一层"}).status_code == 404


@pytest.mark.parametrize(
    ("position", "pointer"),
    [((1000, 700), None), ((1001, 10), "/x"), ((10, 701), "/y"), ((10, None), "/y"), ((None, None), None)],
)
def test_a_point_stands_on_the_plan_of_its_zone_or_of_one_above(world: World, plan, position, pointer) -> None:
    plant = world.plant
    with writing():
        change_zone(plant.manager.actor, plant.zone.id, floor_plan_id=plan.id, polygon=CORNERS)
        below = add_zone(plant.manager.actor, name="阀组间", kind="unit", parent_id=plant.zone.id)
    body = dict(zip("xy", position, strict=True)) | {"zone_id": str(below.id)}
    answer = plant.manager.patch(f"/risk-points/{plant.point.id}", body)
    assert answer.status_code == (422 if pointer else 200), answer.text
    if pointer:
        assert answer.json["errors"][0]["pointer"] == pointer


def test_siblings_that_overlap_and_points_out_of_place_are_named_but_not_refused(world: World, plan) -> None:
    plant, actor = world.plant, world.plant.manager.actor
    path = f"/floor-plans/{plan.id}/warnings"
    with writing():
        change_zone(actor, plant.zone.id, floor_plan_id=plan.id, polygon=CORNERS)
        over = [[400, 300], [700, 300], [700, 600], [400, 600]]
        beside = add_zone(actor, name="泵区", kind="area", floor_plan_id=plan.id, polygon=over)
        inner = [[150, 150], [200, 150], [200, 200]]
        add_zone(actor, name="阀组间", kind="unit", parent_id=plant.zone.id, floor_plan_id=plan.id, polygon=inner)
    overlap, unplaced = plant.worker.get(path).json["items"]
    assert (overlap["kind"], unplaced["kind"]) == ("overlap", "unplaced")
    assert set(overlap["zone_ids"]) == {str(plant.zone.id), str(beside.id)}
    assert "“罐区”与“泵区”" in overlap["text"] or "“泵区”与“罐区”" in overlap["text"]
    plant.manager.patch(f"/risk-points/{plant.point.id}", {"x": 900, "y": 600})
    *_, outside = plant.worker.get(path).json["items"]
    assert (outside["kind"], outside["risk_point_ids"]) == ("outside", [str(plant.point.id)])
    assert plant.point.code in outside["text"]
