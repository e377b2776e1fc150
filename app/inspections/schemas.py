"""What crosses the wire of checklists and inspections."""

from marshmallow import fields

from app.core.fields import Choice, Flag, Id, Instant, ListOf, Number, Part, Schema, Text, Whole
from app.evidence.schemas import ItemPhotoIn, PhotoOut, announced
from app.hidden_hazards.schemas import ReceiptOut
from app.inspections.judging import Result
from app.risks.schemas import ReadingOut


class ChecklistQuery(Schema):
    point_id = Id(data_key="risk_point_id")


class ChecklistItemOut(Schema):
    key = fields.String(metadata={"description": "检查项的固定编号，各版本不变"})
    check = fields.String()
    how = fields.String()
    standard = fields.String()
    basis = fields.String()
    reading = fields.Raw(
        allow_none=True, metadata={"schema": ReadingOut, "description": "读数的单位与限值；null 表示不需要读数"}
    )


class ChecklistOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    version = fields.Integer()
    items = fields.List(fields.Nested(ChecklistItemOut))
    published_at = Instant()


class InspectionItemIn(Schema):
    key = Text(40, required=True)
    result = Choice(Result, required=True)
    reading = Number(load_default=None, allow_none=True)
    note = Text(1000, least=0, load_default="")


class InspectionIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    point_id = Id(required=True, data_key="risk_point_id")
    checklist_version = Whole(1, required=True)
    client_at = Instant(required=True)
    items = ListOf(Part(InspectionItemIn), least=1, most=200, required=True)
    photos = announced(ItemPhotoIn, most=30)
    note = Text(1000, least=0, load_default="")


class InspectionQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    inspector_id = Id()


class RaisedOut(Schema):
    id = Id()
    code = fields.String()
    item_key = fields.String(allow_none=True)
    occurrences = fields.Integer()


class InspectionItemOut(Schema):
    key = fields.String()
    result = Choice(Result)
    reading = Number(allow_none=True)
    note = fields.String()
    hidden_hazard_id = Id(allow_none=True)


class InspectionOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    checklist_version = fields.Integer()
    inspector_id = Id()
    client_at = Instant()
    received_at = Instant()
    failed = fields.Integer()
    note = fields.String()


class InspectionAnswer(InspectionOut):
    complete = Flag(metadata={"description": "照片是否已全部收到"})
    hidden_hazards = fields.List(fields.Nested(RaisedOut))
    receipt = fields.Nested(ReceiptOut)


class InspectionDetail(InspectionOut):
    items = fields.List(fields.Nested(InspectionItemOut))
    photos = fields.List(fields.Nested(PhotoOut))
    complete = Flag()
