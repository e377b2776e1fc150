"""What crosses the wire of rectification orders and their rechecks."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.core.fields import Choice, Day, Flag, Id, Instant, ListOf, Part, Schema, Text, Whole
from app.enterprises.schemas import TRADE
from app.evidence.schemas import announced
from app.hidden_hazards.schemas import ReceiptOut
from app.hidden_hazards.terms import Gravity, State
from app.supervision.schemas import check_region_code

MOST_ITEMS = 50


class OfficerIn(Schema):
    """执法人员。"""

    name = Text(40, required=True)
    certificate = Text(40, required=True, metadata={"description": "执法证号"})


def _two_different(officers: list[dict[str, str]]) -> None:
    if len({officer["certificate"].strip() for officer in officers}) < len(officers):
        raise ValidationError("执法证号不能重复；至少由两名执法人员进行。")


def _officers() -> ListOf:
    return ListOf(
        Part(OfficerIn), least=2, most=6, required=True, validate=_two_different,
        metadata={"description": "执法人员，至少两名"},
    )  # fmt: skip


class OrderItemIn(Schema):
    """指令书的一项：一条政府检查发现。"""

    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7，即这项隐患的编号"})
    point_id = Id(load_default=None, allow_none=True, data_key="risk_point_id")
    place = Text(200, least=0, load_default="")
    description = Text(2000, required=True)
    clause = Text(300, required=True, metadata={"description": "违反的法律、法规或标准条款"})
    deadline_at = Instant(required=True, metadata={"description": "责令改正的期限；企业指派整改不能晚于它"})
    photos = announced()

    @validates_schema
    def _located(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("point_id") and not data.get("place", "").strip():
            raise ValidationError("请指明风险点（risk_point_id）或写明地点。", "place")


def _distinct(name: str) -> Any:
    def check(items: list[dict[str, Any]]) -> None:
        if len({item[name] for item in items}) < len(items):
            raise ValidationError("各项不能重复。")

    return check


class OrderIn(Schema):
    """责令限期整改指令书。"""

    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    number = Text(60, required=True, metadata={"description": "文号"})
    place = Text(200, required=True, metadata={"description": "检查地点"})
    inspected_on = Day(required=True)
    officers = _officers()
    signed_by = Text(40, required=True, metadata={"description": "企业签收人"})
    served_on = Day(required=True, metadata={"description": "送达日期"})
    appeal = Text(1000, required=True, metadata={"description": "申请复议、提起诉讼的途径和期限"})
    client_at = Instant(load_default=None, allow_none=True)
    items = ListOf(Part(OrderItemIn), least=1, most=MOST_ITEMS, required=True, validate=_distinct("id"))


class RecheckItemIn(Schema):
    """一项的复查结果。"""

    hazard_id = Id(required=True)
    version = Whole(1, required=True)
    passed = Flag(required=True)
    opinion = Text(500, required=True)
    photos = announced()


class RecheckIn(Schema):
    """整改复查意见书；所列各项一起生效，有一项不能办则全部不办。"""

    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    number = Text(60, required=True, metadata={"description": "文号"})
    rechecked_on = Day(required=True)
    officers = _officers()
    signed_by = Text(40, required=True, metadata={"description": "企业签收人"})
    client_at = Instant(load_default=None, allow_none=True)
    items = ListOf(Part(RecheckItemIn), least=1, most=MOST_ITEMS, required=True, validate=_distinct("hazard_id"))


class RecheckResultOut(Schema):
    hazard_id = Id()
    passed = Flag()
    opinion = fields.String()


class RecheckOut(Schema):
    id = Id(attribute="recheck.id")
    order_id = Id(attribute="recheck.order_id")
    number = fields.String(attribute="recheck.number")
    rechecked_on = Day(attribute="recheck.rechecked_on")
    officers = fields.List(fields.Nested(OfficerIn), attribute="recheck.officers")
    signed_by = fields.String(attribute="recheck.signed_by")
    issued_by = Id(attribute="recheck.issued_by")
    issued_at = Instant(attribute="recheck.issued_at")
    items = fields.List(fields.Nested(RecheckResultOut))


class WaitingOut(Schema):
    """复查的期限：企业提交整改后请求复查，监管部门应在期限内复查。"""

    requested_at = Instant(
        allow_none=True, metadata={"description": "企业提交整改、请求复查的时间；不在待复查时为 null"}
    )
    recheck_due_on = Day(allow_none=True, metadata={"description": "应在这一天以前复查"})
    recheck_late = Flag(metadata={"description": "已过复查期限"})


class OrderItemOut(WaitingOut):
    hazard_id = Id(attribute="hazard.id")
    code = fields.String(attribute="hazard.code")
    place = fields.String(attribute="hazard.place")
    point_id = Id(attribute="hazard.point_id", data_key="risk_point_id", allow_none=True)
    description = fields.String(attribute="hazard.description")
    clause = fields.String(attribute="item.clause")
    deadline_at = Instant(attribute="item.deadline_at", metadata={"description": "指令书的期限"})
    deadline_in_force_at = Instant(
        attribute="hazard.deadline_at", metadata={"description": "现行期限（指派或延期以后）"}
    )
    gravity = Choice(Gravity, attribute="hazard.gravity", allow_none=True)
    state = Choice(State, attribute="hazard.state")
    state_label = fields.String(metadata={"description": "待验收的显示为“待复查”"})
    version = fields.Integer(attribute="hazard.version")
    overdue = Flag(attribute="hazard.overdue")
    closed_at = Instant(attribute="hazard.closed_at", allow_none=True)


class OrderSummaryOut(Schema):
    id = Id(attribute="order.id")
    enterprise_id = Id(attribute="order.enterprise_id")
    enterprise_code = fields.String(attribute="enterprise.code")
    enterprise_name = fields.String(attribute="enterprise.name")
    number = fields.String(attribute="order.number")
    office_name = fields.String(attribute="office.name")
    place = fields.String(attribute="order.place")
    inspected_on = Day(attribute="order.inspected_on")
    served_on = Day(attribute="order.served_on")
    issued_at = Instant(attribute="order.issued_at")
    item_count = fields.Integer()
    waiting_count = fields.Integer(metadata={"description": "待复查的项数"})
    closed_count = fields.Integer(metadata={"description": "已销号的项数"})


class OrderOut(OrderSummaryOut):
    officers = fields.List(fields.Nested(OfficerIn), attribute="order.officers")
    signed_by = fields.String(attribute="order.signed_by")
    appeal = fields.String(attribute="order.appeal")
    issued_by = Id(attribute="order.issued_by")
    items = fields.List(fields.Nested(OrderItemOut))
    rechecks = fields.List(fields.Nested(RecheckOut))
    receipt = fields.Nested(ReceiptOut, metadata={"x-sometimes": True, "description": "只在提交的回答中有"})


class OrderQuery(Schema):
    enterprise = Id(data_key="enterprise_id")
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)
    open = fields.String(
        validate=validate.OneOf(["true"], error="只能是 true。"), metadata={"description": "true：还有未销号的项"}
    )


class RecheckDueOut(WaitingOut):
    """一项等待复查的政府检查发现。"""

    enterprise_id = Id(attribute="enterprise.id")
    enterprise_code = fields.String(attribute="enterprise.code")
    enterprise_name = fields.String(attribute="enterprise.name")
    hazard_id = Id(attribute="hazard.id")
    code = fields.String(attribute="hazard.code")
    place = fields.String(attribute="hazard.place")
    description = fields.String(attribute="hazard.description")
    version = fields.Integer(attribute="hazard.version")
    deadline_at = Instant(attribute="hazard.deadline_at", allow_none=True)
    order_id = Id(allow_none=True, metadata={"description": "指令书；不是指令书的项时为 null，直接复查"})
    order_number = fields.String(allow_none=True)


class RecheckDueQuery(Schema):
    enterprise = Id(data_key="enterprise_id")
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)
