"""Nothing of whoever reported is kept: every table, every file and every log line is looked through."""

import io
import logging
from pathlib import Path
from uuid import UUID

import pytest
from PIL import ExifTags, Image
from sqlalchemy import select

from app.core.db import db, reading
from tests.visitor import Visitor
from tests.web.phone import Phone, hidden, photo
from tests.world import World, jpeg

ADDRESS, PROXIED = "203.0.113.77", "198.51.100.23"
AGENT, MODEL, TAKEN = "Canary-Agent/7.1 (M2102K1AC)", "M2102K1AC", "2026:11:20 07:31:00"
REFERER, COOKIE = "https://canary.example/from", "canary-cookie"
TOLD = {
    "User-Agent": AGENT, "X-Forwarded-For": PROXIED, "Referer": REFERER, "Cookie": f"any={COOKIE}",
    "Sec-CH-UA-Model": MODEL, "X-Device-Id": "canary-device",
}  # fmt: skip
CANARIES = (ADDRESS, PROXIED, AGENT, MODEL, TAKEN, REFERER, COOKIE, "canary", "31.25", "203.0.113")


def taken_by_a_phone(seed: int) -> bytes:
    """A photo as a phone writes it: model, time and place in its EXIF, and a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canary", MODEL
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = TAKEN
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (31.25, 14.0, 9.0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    buffer = io.BytesIO()
    Image.open(io.BytesIO(jpeg(seed=seed))).save(buffer, "JPEG", exif=exif, comment=b"canary-device")
    return buffer.getvalue()


def everything_kept() -> str:
    """Every column of every row."""
    with reading() as session:
        return "\n".join(
            f"{table.name} {dict(row)}"
            for table in db.metadata.sorted_tables
            for row in session.execute(select(table)).mappings()
        )


@pytest.mark.parametrize("by", ["api", "page"])
def test_no_address_no_device_and_nothing_of_the_photos_file_is_kept(
    world: World, caplog: pytest.LogCaptureFixture, by: str
) -> None:
    visitor, content = Visitor(world, address=ADDRESS), taken_by_a_phone(seed=5)
    before = everything_kept()
    with caplog.at_level(logging.DEBUG):
        if by == "api":
            body = visitor.body(content)
            receipt = visitor.post(body, headers=TOLD).json["receipt"]
            secret = body["secret"]
        else:
            phone, path = Phone(world.app), f"/q/{visitor.token}/report"
            secret = hidden(phone.open(path))["secret"]
            form = {**hidden(phone.open(path)), "secret": secret, "description": "堵住了", "photo-0": photo(content)}
            page = phone.send(path, form, headers=TOLD, **visitor.sent_from)
            assert page.status_code == 200, page.text
            assert "Set-Cookie" not in page.headers
            receipt = ""
        if receipt:
            assert visitor.put(receipt, content).status_code == 200
            visitor.status(receipt)
        visitor.status("A" * 20)
    kept = everything_kept().replace(before, "")
    assert "堵住" in kept
    files = [path.read_bytes() for path in _stored(world)]
    assert files
    named = visitor.body(content)["photos"][0]["sha256"]  # the hash of the file on the phone
    for canary in (*CANARIES, secret, named, receipt or secret, receipt.replace("-", "") or secret):
        assert canary not in kept, canary
        assert canary not in caplog.text, canary
        assert not any(canary.encode() in content for content in files), canary
    assert visitor.token not in caplog.text
    for content in files:
        assert not dict(Image.open(io.BytesIO(content)).getexif())
    waiting = visitor.waiting()
    assert waiting["complete"]


def test_a_report_is_made_by_nobody_at_no_time_of_a_phone(world: World) -> None:
    visitor = Visitor(world)
    visitor.report(jpeg(seed=1))
    with reading() as session:
        events = session.execute(
            select(db.metadata.tables["events"]).where(
                db.metadata.tables["events"].c.subject_id == UUID(visitor.waiting()["id"])
            )
        ).mappings()
        found = [(event["kind"], event["actor_id"], event["client_at"]) for event in events]
    assert {kind for kind, _, _ in found} >= {"public_report.received", "photo.received"}
    assert {(actor, at) for _, actor, at in found} == {(None, None)}


def _stored(world: World) -> list[Path]:
    return [path for path in world.app.config["SETTINGS"].photo_folder.rglob("*") if path.is_file()]
