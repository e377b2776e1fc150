"""What crosses the wire of reports made without an account."""

from uuid import UUID

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Flag, Id, Instant, Schema, Text
from app.evidence.schemas import PhotoOut, announced
from app.hidden_hazards.terms import State
from app.public_reports.models import Verdict

MOST_PHOTOS = 3
SECRET = validate.Regexp(r"^[A-Za-z0-9_-]+\Z", error="只能是字母、数字、- 和 _，由客户端随机生成，至少 22 位。")


def _names_no_device(report_id: UUID) -> None:
    """An id of another version may carry the number of the network card it was made on."""
    if report_id.version not in (4, 7):
        raise ValidationError("应为 UUIDv7（或 UUIDv4）：其他版本的编号可能带有设备的网卡号。")


class PublicReportIn(Schema):
    id = Id(required=True, validate=_names_no_device, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    secret = Text(
        100,
        least=22,
        required=True,
        validate=SECRET,
        metadata={
            "description": "客户端随机生成，服务端不保存；回执码 = Base32(SHA-256(id + : + secret)) 的前 20 位",
            "example": "q4mB0dS9fXv2Zr7KpW1yTg",
        },
    )
    description = Text(2000, required=True, metadata={"example": "三楼安全出口的门被货物堵住"})
    photos = announced(most=MOST_PHOTOS)


class PublicReceiptOut(Schema):
    """The proof that a report was kept, and the only key to it."""

    id = Id()
    receipt = fields.String(
        metadata={"description": "回执码；之后放在请求头 X-Receipt", "example": "ABCDE-FGHIJ-KLMNO-PQRST"}
    )
    received_at = Instant()
    photos = fields.Integer(metadata={"description": "待上传的照片数"})


class ArrivedOut(Schema):
    named = fields.Integer(metadata={"description": "清单中的照片数"})
    arrived = fields.Integer(metadata={"description": "已收到的照片数"})


class FollowedHazardOut(Schema):
    state = Choice(State)
    state_label = fields.Function(lambda row: row["state"].label, metadata={"type": "string"})
    rejections = fields.Integer(metadata={"description": "整改后验收未通过的次数"})
    closed_at = Instant(allow_none=True)


class FollowedOut(Schema):
    """How far a report has come: no name and no number."""

    received_at = Instant()
    verdict = Choice(Verdict)
    verdict_label = fields.Function(lambda row: row["verdict"].label, metadata={"type": "string"})
    decided_at = Instant(allow_none=True)
    reason = fields.String(metadata={"description": "不予受理的理由；其余为空"})
    joined = Flag(metadata={"description": "已有人先报告同一隐患，hazard 是先报告的那一项"})
    hazard = fields.Nested(FollowedHazardOut, allow_none=True)
    photos = fields.Nested(ArrivedOut)


class PublicReportQuery(Schema):
    verdict = Choice(Verdict)


class DiscardIn(Schema):
    reason = Text(500, required=True, metadata={"description": "举报人凭回执码可以看到，不要写姓名和电话"})


class PublicReportOut(Schema):
    id = Id(attribute="report.id")
    point_id = Id(attribute="point.id", data_key="risk_point_id")
    point_code = fields.String(attribute="point.code", data_key="risk_point_code")
    point_name = fields.String(attribute="point.name", data_key="risk_point_name")
    description = fields.String(attribute="report.description")
    received_at = Instant(attribute="report.at")
    verdict = Choice(Verdict, attribute="report.verdict")
    verdict_label = fields.Function(lambda row: row["report"].verdict.label, metadata={"type": "string"})
    reason = fields.String(attribute="report.reason")
    decided_by = Id(attribute="report.decided_by", allow_none=True)
    decided_at = Instant(attribute="report.decided_at", allow_none=True)
    hazard_id = Id(attribute="report.hazard_id", allow_none=True)
    photos = fields.List(fields.Nested(PhotoOut), metadata={"description": "已收到的照片，去掉了文件自带的信息"})
    complete = Flag(metadata={"description": "清单中的照片是否已全部收到"})
