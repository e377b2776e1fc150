"""What a file says of itself, in every format taken: claims where they are well-formed, nothing where they are not."""

import io
from typing import Any

import pillow_heif
import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from app.core.errors import Invalid
from app.evidence.alike import FLAT, bands_of, distance
from app.evidence.photos import verified

PIXELS = 1_000_000
HERE = {1: "N", 2: (41.0, 7.0, 12.5), 3: "E", 4: (122.0, 3.0, 9.0)}
TAKEN, OFFSET = ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal


def picture_of(size: tuple[int, int] = (160, 120)) -> Image.Image:
    image = Image.new("RGB", size, "orange")
    image.paste((0, 90, 200), (20, 20, 90, 70))
    return image


def saying(kind: str = "JPEG", detail: dict[int, Any] | None = None, gps: dict[int, Any] | None = None) -> bytes:
    """A photo whose EXIF says this."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Pine", "P9"
    exif.get_ifd(ExifTags.IFD.Exif).update(detail or {})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    buffer = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture_of()).save(buffer, exif=exif.tobytes())
    else:
        picture_of().save(buffer, kind, exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_time_place_and_device_are_claims_in_every_format(kind: str) -> None:
    picture = verified(
        saying(kind, {TAKEN: "2026:11:21 08:30:00", OFFSET: "+08:00"}, HERE), most_pixels=PIXELS
    )  # fmt: skip
    assert picture.claims == {
        "taken_at": "2026-11-21T08:30:00+08:00",
        "latitude": "41.120139",
        "longitude": "122.052500",
        "make": "Pine",
        "model": "P9",
    }


@pytest.mark.parametrize(
    ("detail", "taken_at"),
    [
        ({TAKEN: "2026:11:21 08:30:00"}, "2026-11-21T08:30:00"),
        ({TAKEN: "2026:11:21 08:30:00", OFFSET: "+99:99"}, None),
        ({TAKEN: "0000:00:00 00:00:00"}, None),
        ({TAKEN: "2026-11-21 08:30"}, None),
        ({TAKEN: "1970:01:01 00:00:00"}, None),
        ({TAKEN: "9999:12:31 23:59:59", OFFSET: "-12:00"}, None),
        ({}, None),
    ],
)
def test_a_time_is_claimed_as_the_file_has_it_or_not_at_all(detail: dict[int, str], taken_at: str | None) -> None:
    assert verified(saying(detail=detail), most_pixels=PIXELS).claims.get("taken_at") == taken_at


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        ({**HERE, 1: "S", 3: "W"}, ("-41.120139", "-122.052500")),
        ({**HERE, 1: "Q"}, (None, None)),
        ({**HERE, 2: (91.0, 0.0, 0.0)}, (None, None)),
        ({**HERE, 2: (41.0, 61.0, 0.0)}, (None, None)),
        ({**HERE, 2: (41.0, 7.0)}, (None, None)),
        ({**HERE, 2: (IFDRational(0, 0), 41.0, 7.0)}, (None, None)),
        ({**HERE, 4: (122.0, IFDRational(0, 0), 9.0)}, (None, None)),
        ({**HERE, 4: (122.0, 3.0, IFDRational(0, 0))}, (None, None)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, (None, None)),
        ({1: "N", 2: (41.0, 7.0, 12.5)}, (None, None)),
    ],
)
def test_a_place_is_claimed_whole_and_possible_or_not_at_all(gps: dict[int, Any], place: tuple[str, str]) -> None:
    claims = verified(saying(gps=gps), most_pixels=PIXELS).claims
    assert (claims.get("latitude"), claims.get("longitude")) == place


def test_a_heic_is_told_turned_and_shown_as_a_clean_jpeg() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture_of()).save(buffer, exif=exif.tobytes())
    picture = verified(buffer.getvalue(), most_pixels=PIXELS)
    shown = Image.open(io.BytesIO(picture.shown))
    assert (picture.media_type, shown.format, shown.size) == ("image/heic", "JPEG", (120, 160))
    assert not shown.getexif()


def test_of_several_pictures_in_one_file_the_first_is_taken() -> None:
    first, second = picture_of(), Image.new("RGB", (160, 120), "black")
    for kind in ("MPO", "WEBP", "PNG"):
        buffer = io.BytesIO()
        first.save(buffer, kind, save_all=True, append_images=[second])
        shown = Image.open(io.BytesIO(verified(buffer.getvalue(), most_pixels=PIXELS).shown))
        assert shown.getpixel((5, 5))[0] > 200, kind  # type: ignore[index]
    both = pillow_heif.from_pillow(first)
    both.add_from_pillow(second)
    buffer = io.BytesIO()
    both.save(buffer, save_all=True)
    assert verified(buffer.getvalue(), most_pixels=PIXELS).dhash != FLAT


def test_a_heic_of_too_many_pixels_is_refused_by_its_header() -> None:
    with pytest.raises(Invalid) as refused:
        verified(saying("HEIF"), most_pixels=160 * 120 - 1)
    assert refused.value.code == "photo_too_many_pixels"


@pytest.mark.parametrize(
    ("one", "other", "bits"),
    [
        ("f0f0f0f0f0f0f0f0", "f0f0f0f0f0f0f0f0", 0),
        ("f0f0f0f0f0f0f0f0", "f0f0f0f0f0f0f0f3", 2),
        ("f0f0f0f0f0f0f0f0", "0f0f0f0f0f0f0f0f", 64),
        (FLAT, FLAT, 64),
        (FLAT, "0000000000000001", 64),
    ],
)
def test_the_distance_of_two_dhashes_counts_bits_and_flat_ones_are_like_nothing(
    one: str, other: str, bits: int
) -> None:
    assert distance(one, other) == distance(other, one) == bits


def test_dhashes_within_three_bits_share_a_quarter() -> None:
    dhash = 0x0123456789ABCDEF
    for places in [(0, 20, 40), (63, 62, 61), (15, 16, 47)]:
        other = dhash
        for place in places:
            other ^= 1 << place
        assert set(bands_of(f"{dhash:016x}")) & set(bands_of(f"{other:016x}"))
    assert bands_of(FLAT) == []
