"""Photos by the hundred, mutated: refused or shown clean, never a fault, never what they carried."""

import hashlib
import io
import random
import struct
import zlib
from collections.abc import Iterator

import pillow_heif
import pytest
from PIL import ExifTags, Image
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.clock import now
from app.core.db import writing
from app.core.errors import Refusal
from app.evidence import uploads
from app.evidence.photos import verified
from tests.sizes import MUTATED_PHOTOS
from tests.surface import problem_of, row_counts
from tests.world import Plant, World, announced, jpeg

pytestmark = pytest.mark.deep

PIXELS = 50_000_000
SECRETS = (b"SecretCamera", b"SecretOwner", b"GPSSecret", b"xmp-secret", b"secret comment")


def telling(kind: str) -> bytes:
    """A photo that says in every place a file can who took it, where and with what."""
    image = Image.new("RGB", (160, 120), "orange")
    image.paste((0, 90, 200), (20, 20, 90, 70))
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112] = "SecretCamera", "SecretOwner", 6
    exif.get_ifd(ExifTags.IFD.Exif)[0x9003] = "2026:11:21 08:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (41.0, 7.0, 12.5), 3: "E", 4: (122.0, 3.0, 9.0), 27: "GPSSecret"}
    )
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(buffer, exif=exif.tobytes(), xmp=b"xmp-secret")
        return buffer.getvalue()
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - of PNG alone

        chunks = PngInfo()
        chunks.add_text("Comment", "secret comment")
        chunks.add_itxt("XML:com.adobe.xmp", "xmp-secret")
        image.save(buffer, kind, exif=exif, pnginfo=chunks)
    elif kind == "WEBP":
        image.save(buffer, kind, exif=exif, xmp=b"xmp-secret")
    else:
        image.save(buffer, kind, exif=exif, comment=b"secret comment", xmp=b"xmp-secret")
    return buffer.getvalue()


KINDS = ("JPEG", "PNG", "WEBP", "HEIF")


def mutated(count: int, seed: int = 441) -> Iterator[bytes]:
    """Photos with bytes changed, cut, doubled, moved or run together; the same ones in every run."""
    chance = random.Random(seed)
    seeds = [telling(kind) for kind in KINDS if kind != "HEIF"] + [jpeg(seed=3, width=64, height=48)]
    heic = telling("HEIF")  # fewer of them, for each is decoded by a process of its own
    for turn in range(count):
        content = bytearray(heic if turn % 20 == 19 else seeds[turn % len(seeds)])
        for _ in range(chance.choice((1, 1, 2, 5, 40))):
            place = chance.randrange(8, len(content))
            end = min(len(content), place + chance.randrange(1, 60))
            match chance.randrange(6):
                case 0:
                    content[place] = chance.randrange(256)
                case 1:
                    content[place] = chance.choice((0x00, 0xFF, 0x7F, 0x80))
                case 2:
                    del content[place : min(end, len(content) - 8)]
                case 3:
                    content[place:place] = content[place:end]
                case 4:
                    content[place:end] = bytes(chance.randrange(256) for _ in range(end - place))
                case _:
                    content = content[: max(80, place)]
        yield bytes(content)


def clean(shown: bytes) -> None:
    """What is shown decodes and carries nothing of what it came from."""
    image = Image.open(io.BytesIO(shown), formats=["JPEG"])
    image.load()
    assert not image.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info), image.info
    assert b"Exif" not in shown
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_carries_nothing_of_what_the_file_said(kind: str) -> None:
    content = telling(kind)
    assert any(secret in content for secret in SECRETS)
    picture = verified(content, most_pixels=PIXELS)
    clean(picture.shown)
    assert Image.open(io.BytesIO(picture.shown)).size == (120, 160)  # turned as its EXIF asked
    assert picture.claims["make"] == "SecretCamera"
    assert picture.content == content


@pytest.mark.filterwarnings("ignore")  # the decoder warns of what it then refuses or repairs
def test_a_mutated_photo_is_refused_or_shown_clean() -> None:
    taken, refused = 0, set()
    for content in mutated(MUTATED_PHOTOS):
        try:
            picture = verified(content, most_pixels=PIXELS)
        except Refusal as refusal:
            refused.add(refusal.status)
        else:
            taken += 1
            clean(picture.shown)
            assert picture.sha256 == hashlib.sha256(content).hexdigest()
            assert all(text.isprintable() for text in picture.claims.values())
    assert MUTATED_PHOTOS // 50 < taken < MUTATED_PHOTOS
    assert refused <= {415, 422}


@pytest.mark.filterwarnings("ignore")
def test_a_mutated_photo_over_http_is_never_a_fault(world: World) -> None:
    plant = world.plant
    for content in mutated(MUTATED_PHOTOS // 10):
        answer = put(plant, content)
        assert answer.status_code in (200, 415, 422), answer.text
        if answer.status_code == 200:
            clean(plant.worker.get(f"/photos/{announced(content)['sha256']}").data)
        else:
            problem_of(answer)


def test_the_original_comes_back_byte_for_byte_and_only_as_an_attachment(world: World) -> None:
    plant, content = world.plant, telling("JPEG")
    assert put(plant, content).status_code == 200
    path = f"/photos/{announced(content)['sha256']}/original"
    answer = plant.manager.get(path)
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert plant.worker.get(path).status_code == 403


def test_a_photo_must_be_the_one_that_was_named(world: World) -> None:
    plant, named, other = world.plant, jpeg(seed=1), jpeg(seed=2)
    sha256 = announced(named)["sha256"]
    hazard = plant.report(photos=[announced(named)])
    wrong_size = plant.report(photos=[{"sha256": announced(other)["sha256"], "size": len(other) + 1}])
    before = row_counts()
    for at, name, content, status in (
        (hazard, sha256, other, 422),
        (hazard, sha256, named[:-1], 422),
        (hazard, sha256, b"", 422),
        (hazard, announced(other)["sha256"], other, 404),
        (wrong_size, announced(other)["sha256"], other, 422),
        (hazard, sha256.upper(), named, 404),
    ):
        answer = plant.worker.put(f"/hidden-hazards/{at['id']}/photos/{name}", content)
        assert answer.status_code == status, answer.text
        problem_of(answer)
    assert row_counts() == before
    assert plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{sha256}", named).json["complete"]
    again = plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{sha256}", named)
    assert again.json["complete"]


def test_a_photo_nobody_named_takes_no_room(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=77)
    hazard = plant.report()
    answer = plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
    assert answer.status_code == 404
    folder = world.app.config["SETTINGS"].photo_folder
    assert not list(folder.rglob("*"))


def test_an_account_disabled_while_its_photo_is_on_the_way_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, photo = world.plant, jpeg(seed=90)
    hazard = plant.report(photos=[announced(photo)])

    def slowly() -> bytes:
        with writing() as session:
            session.get_one(User, plant.worker.id).disabled_at = now()
        return photo

    monkeypatch.setattr(uploads, "photo_bytes", slowly)
    before = row_counts()
    answer = plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
    assert answer.status_code == 401
    assert problem_of(answer)["code"] == "signed_out"
    assert row_counts() == before
    assert not plant.manager.get(f"/hidden-hazards/{hazard['id']}").json["complete"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"GIF89a" + b"\x00" * 400, 415),
        (b"%PDF-1.7\n", 415),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
        (b"<html><script>alert(1)</script>", 415),
        (b"BM" + b"\x00" * 60, 415),
        (b"\xff\xd8\xff", 415),
        (b"\x89PNG\r\n\x1a\n", 415),
        (b"RIFF\x00\x00\x00\x00WEBP", 415),
        (telling("JPEG")[:-200], 422),
        (telling("PNG")[:-60], 422),
    ],
)
def test_what_is_no_whole_photo_is_refused(world: World, content: bytes, status: int) -> None:
    answer = put(world.plant, content)
    assert answer.status_code == status, answer.text
    problem_of(answer)


def test_a_photo_cut_at_any_place_is_refused() -> None:
    content = jpeg(seed=5, width=200, height=150)
    for length in range(0, len(content) - 40, max(1, len(content) // 60)):
        with pytest.raises(Refusal):
            verified(content[:length], most_pixels=PIXELS)


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header promises a picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(10_000, 10_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1), (50_000_001, 1)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(Refusal) as refused:
        verified(png_claiming(*size), most_pixels=PIXELS)
    assert refused.value.code in ("photo_too_many_pixels", "not_a_photo")


def test_text_that_unpacks_into_gigabytes_is_not_unpacked() -> None:
    bomb = zlib.compress(b"\0" * 200_000_000, 9)
    whole = png_claiming(4, 4)
    data = b"Comment\0\0" + bomb
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    with pytest.raises(Refusal):
        verified(whole[:33] + chunk + whole[33:], most_pixels=PIXELS)


def test_a_photo_larger_than_the_limit_is_refused(world: World) -> None:
    most = world.app.config["SETTINGS"].photo_bytes
    content = jpeg(seed=1) + b"\0" * most
    answer = put(world.plant, content)
    assert answer.status_code == 413, answer.text
    problem_of(answer)


def put(plant: Plant, content: bytes) -> TestResponse:
    """Upload a photo of a fresh report that names it."""
    manifest = {**announced(content), "size": max(1, len(content))}
    hazard = plant.report(photos=[manifest])
    return plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{manifest['sha256']}", content)
