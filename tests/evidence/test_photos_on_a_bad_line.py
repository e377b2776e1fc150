"""Photos over a bad line and onto a full disk: sent in pieces, continued where they broke off, never half a photo."""

import io
import os
from dataclasses import replace
from typing import Any

import pillow_heif
from PIL import Image
from werkzeug.test import TestResponse

from app.core.db import reading
from app.core.storage import Store
from app.evidence.parts import settle_parts
from app.evidence.service import keep_photo
from app.evidence.tracing import alike, uses_of
from tests.evidence.test_what_photos_say import HERE, OFFSET, TAKEN, saying
from tests.surface import problem_of
from tests.world import API, Plant, World, announced, jpeg


def send(plant: Plant, hazard: dict[str, Any], photo: bytes, first: int, last: int, **more: Any) -> TestResponse:
    """Bytes first to last of a photo, as its piece from `first` on."""
    return plant.worker.put(address(hazard, photo), photo[first:last], offset=first, **more)


def address(hazard: dict[str, Any], photo: bytes) -> str:
    return f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}"


def parts_of(world: World) -> list[Any]:
    return [path for path in world.app.config["SETTINGS"].photo_folder.glob("parts/*/*") if path.is_file()]


def test_a_photo_sent_in_pieces_is_one_photo(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=1)
    hazard = plant.report(photos=[announced(photo)])
    first = send(plant, hazard, photo, 0, 1000).json
    assert (first["complete"], first["photos"][0]["received_bytes"]) == (False, 1000)
    told = plant.worker.get(f"/hidden-hazards/{hazard['id']}").json["photos"][0]
    assert (told["arrived"], told["received_bytes"]) == (False, 1000)
    for wrong in (0, 999, 1001):
        refused = plant.worker.put(address(hazard, photo), photo[wrong:], offset=wrong)
        assert (refused.status_code, refused.json["code"], refused.json["received_bytes"]) == (
            409,
            "wrong_offset",
            1000,
        )
        problem_of(refused)
    assert send(plant, hazard, photo, 1000, len(photo)).json["complete"]
    assert not parts_of(world)
    assert plant.manager.get(f"/photos/{announced(photo)['sha256']}/original").data == photo
    assert send(plant, hazard, photo, 0, 10).json["complete"]  # it is there: what is sent again changes nothing


def test_what_came_before_the_line_broke_is_kept(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=2, width=900, height=700, quality=100)
    hazard = plant.report(photos=[announced(photo)])
    broken = plant.worker.client.put(
        API + address(hazard, photo), input_stream=io.BytesIO(photo[:700]), query_string={"offset": 0},
        content_type="image/jpeg", headers=plant.worker.headers, environ_overrides={"CONTENT_LENGTH": str(len(photo))},
    )  # fmt: skip
    assert broken.status_code == 400
    assert plant.worker.get(f"/hidden-hazards/{hazard['id']}").json["photos"][0]["received_bytes"] == 700
    assert send(plant, hazard, photo, 700, len(photo)).json["complete"]


def test_pieces_that_make_another_file_are_thrown_away(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=3)
    hazard = plant.report(photos=[announced(photo)])
    assert send(plant, hazard, photo, 0, 500).status_code == 200
    other = plant.worker.put(address(hazard, photo), bytes(len(photo) - 500), offset=500)
    assert (other.status_code, other.json["code"]) == (422, "hash_mismatch")
    assert send(plant, hazard, photo, 0, 500).status_code == 200
    longer = plant.worker.put(address(hazard, photo), photo, offset=500)
    assert (longer.status_code, longer.json["errors"][0]["pointer"]) == (422, "/size")
    assert not parts_of(world)


def test_a_piece_of_a_photo_nobody_named_or_of_anothers_takes_no_room(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=4)
    hazard = plant.report()
    assert send(plant, hazard, photo, 0, 100).status_code == 404
    named = plant.report(photos=[announced(photo)])
    assert world.other.worker.put(address(named, photo), photo[:100], offset=0).status_code == 404
    assert not parts_of(world)


def test_parts_nothing_was_added_to_for_a_week_are_removed(world: World) -> None:
    plant = world.plant
    old, young = jpeg(seed=5), jpeg(seed=6)
    hazard = plant.report(photos=[announced(old), announced(young)])
    for photo in (old, young):
        assert send(plant, hazard, photo, 0, 100).status_code == 200
    [path] = [path for path in parts_of(world) if announced(old)["sha256"] in path.name]
    eight_days = path.stat().st_mtime - 8 * 86_400
    os.utime(path, (eight_days, eight_days))
    assert settle_parts() == 1
    assert [announced(young)["sha256"] in left.name for left in parts_of(world)] == [True]


def test_photos_are_refused_before_reports_when_the_disk_fills(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=7)
    folder = world.app.config["SETTINGS"].photo_folder
    world.app.extensions["store"] = Store(folder, min_free_bytes=10**15)
    hazard = plant.report(photos=[announced(photo)])
    for query in ({}, {"offset": 0}):
        refused = plant.worker.put(address(hazard, photo), photo, **query)
        assert (refused.status_code, refused.json["code"]) == (503, "store_full")
        assert int(refused.headers["Retry-After"]) > 0
    world.app.extensions["store"] = Store(folder, min_free_bytes=1)
    assert plant.worker.put(address(hazard, photo), photo).json["complete"]


def test_a_heic_is_taken_shown_as_jpeg_and_given_back_as_it_came(world: World) -> None:
    plant = world.plant
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "orange")).save(buffer)
    heic = buffer.getvalue()
    hazard = plant.report(photos=[announced(heic)])
    assert plant.worker.put(address(hazard, heic), heic, "image/heic").json["complete"]
    sha256 = announced(heic)["sha256"]
    assert plant.worker.get(f"/photos/{sha256}").data[:3] == b"\xff\xd8\xff"
    original = plant.manager.get(f"/photos/{sha256}/original")
    assert (original.data, original.mimetype) == (heic, "image/heic")
    assert original.headers["Content-Disposition"].startswith("attachment")


def test_the_watermark_is_drawn_when_asked_for_and_never_stored(world: World) -> None:
    plant = world.plant
    photo = saying(detail={TAKEN: "2026:11:21 08:30:00", OFFSET: "+08:00"}, gps=HERE)
    hazard = plant.report(photos=[announced(photo)])
    again = plant.report(photos=[announced(photo)], description="另一项")
    assert plant.worker.put(address(hazard, photo), photo).json["complete"]
    path = f"/photos/{announced(photo)['sha256']}"
    plain, marked = plant.worker.get(path).data, plant.worker.get(path, mark="true")
    for_the_second = plant.worker.get(path, mark="true", subject_id=again["id"])
    assert marked.mimetype == "image/jpeg"
    assert len({plain, marked.data, for_the_second.data}) == 3
    assert plant.worker.get(path, mark="false").data == plain == plant.worker.get(path).data
    assert _darkness(marked.data) > _darkness(plain) + 20
    assert not Image.open(io.BytesIO(marked.data)).getexif()
    absent = plant.worker.get(path, mark="true", subject_id=str(plant.point.id))
    assert (absent.status_code, absent.json["errors"][0]["pointer"]) == (422, "/subject_id")


def _darkness(content: bytes) -> float:
    """How dark the foot of a picture is."""
    image = Image.open(io.BytesIO(content)).convert("L")
    foot = image.crop((0, image.height - 12, image.width, image.height)).tobytes()
    return 255 - sum(foot) / len(foot)


def test_photos_alike_and_their_uses_are_found_within_the_enterprise_alone(world: World) -> None:
    from tests.supervision.conftest import PHOTO  # noqa: PLC0415 - a picture of nothing

    plant, other = world.plant.worker.actor, world.other.worker.actor
    pictures = [
        replace(PHOTO, sha256=letter * 64, dhash=dhash)
        for letter, dhash in (("a", "0123456789abcdef"), ("b", "0123456789abcdee"), ("c", "fedcba9876543210"))
    ]
    with reading():
        for picture in pictures:
            assert keep_photo(plant, picture)
        keep_photo(other, replace(pictures[0], sha256="d" * 64))
        assert [(one.sha256[0], one.distance) for one in alike(plant, "a" * 64)] == [("b", 1)]
        assert alike(plant, "a" * 64, within=0) == []
        assert alike(plant, "c" * 64) == alike(other, "a" * 64) == []
        assert uses_of(plant, ["a" * 64]) == {}
