"""What crosses the wire of photos."""

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Flag, Id, ListOf, Part, Schema, Text, Whole
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
    received_bytes = fields.Integer(metadata={"description": "已收到的字节数；分段上传时从这里接着传（offset）"})


class PhotosOut(Schema):
    photos = fields.List(fields.Nested(PhotoOut))
    complete = Flag(metadata={"description": "清单中的照片是否已全部收到"})


class PhotoQuery(Schema):
    mark = fields.String(
        validate=validate.OneOf(["true", "false"], error="只能是 true 或 false。"),
        metadata={"description": "true：左下角加水印（时间、地点、人员、编号）；原件和存档不变"},
    )
    subject_id = Id(metadata={"description": "水印写哪一条记录（隐患或排查记录）；不填为最先列出这张照片的那一条"})


class UploadQuery(Schema):
    offset = Whole(
        0,
        LARGEST,
        from_text=True,
        load_default=None,
        metadata={"description": "分段上传：正文是从第几个字节开始的内容；不填为一次传完整张照片"},
    )


def _distinct(photos: list[dict[str, object]]) -> None:
    if len({photo["sha256"] for photo in photos}) < len(photos):
        raise ValidationError("同一张照片只能列一次。")


def announced(schema: type[PhotoIn] = PhotoIn, *, most: int = 9) -> ListOf:
    """The field of a body that announces its photos."""
    return ListOf(Part(schema), most=most, load_default=list, validate=_distinct)


def standing(photos: list[dict[str, object]]) -> dict[str, object]:
    """The photos of a subject as they stand, for PhotosOut."""
    return {"photos": photos, "complete": all(photo["arrived"] for photo in photos)}
