"""What crosses the wire of checklists and inspections."""

from marshmallow import fields

from app.core.fields import Choice, Flag, Id, Instant, ListOf, Number, Part, Schema, Text, Whole
from app.evidence.schemas import ItemPhotoIn, PhotoOut, announced
from app.hidden_hazards.schemas import ReceiptOut
from app.hidden_hazards.terms import State
from app.inspections.judging import Result
from app.inspections.models import Chapter, Half
from app.risks.fields import latitude, longitude, yes_or_no
from app.risks.schemas import ReadingOut

MOST_ITEMS = 200  # each of which may demand a photo


class ChecklistQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    half = Choice(Half)


class ChecklistItemOut(Schema):
    key = fields.String(metadata={"description": "检查项的固定编号，各版本不变"})
    chapter = Choice(Chapter, allow_none=True, dump_default=None)
    check = fields.String()
    how = fields.String()
    standard = fields.String()
    basis = fields.String()
    reading = fields.Raw(
        allow_none=True, metadata={"schema": ReadingOut, "description": "读数的单位与限值；null 表示不需要读数"}
    )
    photo_required = fields.Boolean(
        dump_default=False, metadata={"description": "为 true 时，除“不涉及”外必须有一张 item_key 为本项的照片"}
    )


class ChecklistOut(Schema):
    id = Id()
    half = Choice(Half)
    point_id = Id(data_key="risk_point_id", allow_none=True)
    version = fields.Integer()
    items = fields.List(fields.Nested(ChecklistItemOut))
    published_at = Instant()


class EnterpriseItemQuery(Schema):
    half = Choice(Half)
    point_id = Id(data_key="risk_point_id")
    unit_id = Id()
    responsible_id = Id()


class EnterpriseItemOut(Schema):
    """An item in force with where it stands; the management half has no point, unit or responsible person."""

    half = Choice(Half)
    point_id = Id(data_key="risk_point_id", allow_none=True)
    point_code = fields.String(allow_none=True)
    point_name = fields.String(allow_none=True)
    unit_id = Id(allow_none=True)
    unit_name = fields.String(allow_none=True)
    responsible_id = Id(allow_none=True)
    responsible_name = fields.String(allow_none=True)
    check_cycle = fields.String(allow_none=True)
    checklist_version = fields.Integer()
    item = fields.Nested(ChecklistItemOut)


class ManagementItemQuery(Schema):
    chapter = Choice(Chapter)
    retired = yes_or_no()


class ManagementItemIn(Schema):
    chapter = Choice(Chapter, required=True)
    check = Text(300, required=True, metadata={"description": "检查内容"})
    how = Text(100, least=0, load_default="")
    standard = Text(300, least=0, load_default="")
    basis = Text(200, least=0, load_default="", metadata={"description": "法规、标准条款或企业制度"})
    photo_required = Flag(load_default=False, metadata={"description": "检查这一项时必须拍照"})


class ManagementItemPatch(Schema):
    chapter = Choice(Chapter)
    check = Text(300)
    how = Text(100, least=0)
    standard = Text(300, least=0)
    basis = Text(200, least=0)
    photo_required = Flag()
    retired = Flag()


class ManagementItemOut(Schema):
    id = Id()
    chapter = Choice(Chapter)
    check = fields.String()
    how = fields.String()
    standard = fields.String()
    basis = fields.String()
    photo_required = Flag()
    template_key = fields.String(metadata={"description": "采用自哪个模板的哪一项；空表示自行登记"})
    retired_at = Instant(allow_none=True)


class TemplateItemOut(Schema):
    key = fields.String()
    chapter = Choice(Chapter)
    check = fields.String()
    how = fields.String()
    standard = fields.String()
    basis = fields.String()
    photo_required = Flag()


class TemplateOut(Schema):
    name = fields.String(attribute="template.name")
    title = fields.String(attribute="template.title")
    note = fields.String(attribute="template.note")
    items = fields.List(fields.Nested(TemplateItemOut), attribute="template.items")
    adopted = fields.Integer(metadata={"description": "其中已采用过的项数，含采用后停用的"})


class TemplateListOut(Schema):
    items = fields.List(fields.Nested(TemplateOut))


class TemplateAdoptionOut(Schema):
    adopted = fields.Integer(metadata={"description": "这次采用的项数"})
    already = fields.Integer(metadata={"description": "以前采用过的项数，含已停用的，不再重复"})


class InspectionItemIn(Schema):
    key = Text(40, required=True)
    result = Choice(Result, required=True)
    reading = Number(load_default=None, allow_none=True)
    note = Text(1000, least=0, load_default="")
    answered_at = Instant(load_default=None, allow_none=True, metadata={"description": "手机上作答的时间"})


class ScanIn(Schema):
    token = Text(200, required=True, metadata={"description": "扫到的令牌；已作废或不是本点的也照收，不算作本点的码"})
    scanned_at = Instant(required=True)


class LocationIn(Schema):
    latitude = latitude(required=True)
    longitude = longitude(required=True)
    accuracy_metres = Whole(0, 1_000_000, load_default=None, allow_none=True)


class InspectionIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    half = Choice(Half, load_default=Half.FIELD)
    point_id = Id(
        data_key="risk_point_id",
        load_default=None,
        allow_none=True,
        metadata={"description": "现场管理类必填；基础管理类（half: management）不填"},
    )
    checklist_version = Whole(1, required=True)
    task_id = Id(load_default=None, allow_none=True, metadata={"description": "为哪个排查任务而查"})
    client_at = Instant(required=True, metadata={"description": "手机上提交的时间；期限一律按服务器收到的时间"})
    started_at = Instant(load_default=None, allow_none=True)
    scan = Part(ScanIn, load_default=None, allow_none=True)
    location = Part(LocationIn, load_default=None, allow_none=True)
    items = ListOf(Part(InspectionItemIn), least=1, most=MOST_ITEMS, required=True)
    photos = announced(ItemPhotoIn, most=MOST_ITEMS)
    note = Text(1000, least=0, load_default="")


class InspectionQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    inspector_id = Id()
    half = Choice(Half)
    task_id = Id()
    received_from = Instant(metadata={"description": "服务器收到的时间不早于"})
    received_to = Instant(metadata={"description": "服务器收到的时间早于"})
    failed = yes_or_no()
    delayed = yes_or_no()


class RaisedOut(Schema):
    id = Id()
    code = fields.String()
    item_key = fields.String(allow_none=True)
    occurrences = fields.Integer()


class ItemHazardOut(Schema):
    id = Id()
    code = fields.String()
    state = Choice(State)


class InspectionItemOut(Schema):
    key = fields.String(attribute="item.key")
    check = fields.String(attribute="asked.check")
    standard = fields.String(attribute="asked.standard")
    result = Choice(Result, attribute="item.result")
    reading = Number(allow_none=True, attribute="item.reading")
    note = fields.String(attribute="item.note")
    answered_at = Instant(allow_none=True, attribute="item.answered_at")
    hidden_hazard_id = Id(allow_none=True, attribute="item.hidden_hazard_id")
    hidden_hazard = fields.Nested(ItemHazardOut, allow_none=True)


class LocationOut(Schema):
    latitude = Number()
    longitude = Number()
    accuracy_metres = fields.Integer(allow_none=True)


class InspectionOut(Schema):
    id = Id()
    half = Choice(Half)
    point_id = Id(data_key="risk_point_id", allow_none=True)
    task_id = Id(allow_none=True)
    checklist_version = fields.Integer()
    inspector_id = Id()
    client_at = Instant()
    started_at = Instant(allow_none=True)
    received_at = Instant()
    delay_seconds = fields.Integer(metadata={"description": "收到时间减手机时间，秒；手机时钟快时为负"})
    failed = fields.Integer()
    note = fields.String()


class InspectionAnswer(InspectionOut):
    complete = Flag(metadata={"description": "照片是否已全部收到"})
    hidden_hazards = fields.List(fields.Nested(RaisedOut))
    receipt = fields.Nested(ReceiptOut)


class InspectionDetail(InspectionOut):
    tag_id = Id(
        allow_none=True, metadata={"description": "扫到的本点二维码；null 表示没有扫码，或扫到的不是本点现行的码"}
    )
    scanned_at = Instant(allow_none=True)
    location = fields.Nested(LocationOut, allow_none=True)
    items = fields.List(fields.Nested(InspectionItemOut))
    photos = fields.List(fields.Nested(PhotoOut))
    complete = Flag()
