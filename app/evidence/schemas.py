"""What crosses the wire of photos."""

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Flag, ListOf, Part, Schema, Text, Whole
from app.evidence.models import Purpose

SHA256 = validate.Regexp(r"^[0-9a-f]{64}\Z", error="应为小写十六进制的 SHA-256（64 位）。")
LARGEST = 50_000_000  # bytes a photo may announce; what is accepted is a setting


class PhotoIn(Schema):
    """A photo announced: its hash and size. Its bytes follow by PUT."""

    sha256 = Text(64, required=True, validate=SHA256)
    size = Whole(1, LARGEST, required=True, metadata={"description": "字节数"})


class ItemPhotoIn(PhotoIn):
    item_key = Text(40, load_default=None, allow_none=True)


class PhotoOut(Schema):
    sha256 = fields.String()
    size = fields.Integer()
    purpose = Choice(Purpose)
    item_key = fields.String(allow_none=True)
    arrived = Flag()


class PhotosOut(Schema):
    photos = fields.List(fields.Nested(PhotoOut))
    complete = Flag(metadata={"description": "清单中的照片是否已全部收到"})


def _distinct(photos: list[dict[str, object]]) -> None:
    if len({photo["sha256"] for photo in photos}) < len(photos):
        raise ValidationError("同一张照片只能列一次。")


def announced(schema: type[PhotoIn] = PhotoIn, *, most: int = 9) -> ListOf:
    """The field of a body that announces its photos."""
    return ListOf(Part(schema), most=most, load_default=list, validate=_distinct)


def standing(photos: list[dict[str, object]]) -> dict[str, object]:
    """The photos of a subject as they stand, for PhotosOut."""
    return {"photos": photos, "complete": all(photo["arrived"] for photo in photos)}
