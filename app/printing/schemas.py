"""What crosses the wire of print orders and prints."""

from typing import Any

from marshmallow import fields, validate

from app.core.fields import Choice, Day, Flag, Id, Instant, ListOf, Number, Schema, Text, Whole
from app.core.jobs import JobState
from app.hidden_hazards.terms import Gravity, State
from app.inspections.models import Half
from app.printing.catalogue import Format
from app.printing.models import PrintKind
from app.printing.prints import Standing
from app.printing.stamp import Paper
from app.risks.terms import Category
from app.tags.label_schemas import StockIn, within
from qr import FREE, STOCKS
from risk_models import RiskLevel

MOST_NAMED = 2000
MAP_LEVELS = {"shown": "现状（未评估现状的为固有）", "inherent": "固有", "residual": "现状", "current": "当前"}


def _says(text: str) -> dict[str, Any]:
    return {"metadata": {"description": text}}


def _offset(text: str) -> Number:
    """How far all labels are moved: −10 to 10 mm, to a tenth."""
    return Number(validate=within(-10, 10), **_says(text))


class PrintOrderIn(Schema):
    """An order: a kind, what it is to cover, and how it is to look. A kind refuses what it does not know."""

    id = Id(required=True, **_says("客户端生成的 UUIDv7；重发同一编号得到第一次的答复"))
    kind = Choice(PrintKind, required=True, **_says("打印种类"))
    format = Choice(Format, **_says("文件格式；不填为该种类的第一种"))
    outdated = Flag(**_says("只重印这一种中已经过期的"))
    risk_point_ids = ListOf(Id(), most=MOST_NAMED, **_says("只印这些风险点"))
    zone_id = Id(**_says("只印这个分区及其下级"))
    level = Choice(RiskLevel, **_says("只印这个等级"))
    category = Choice(Category, **_says("只印这类风险点"))
    unit_id = Id(**_says("只印这个部门及其下级"))
    floor_plan_id = Id(**_says("四色图：哪张平面图；不填为全部，没有平面图的印示意图"))
    map_level = fields.String(
        validate=validate.OneOf(list(MAP_LEVELS), error="只能是 shown、inherent、residual 或 current。"),
        metadata={"description": "四色图上的等级：" + "，".join(f"{k} {v}" for k, v in MAP_LEVELS.items())},
    )
    year = Whole(2000, 2200, **_says("年度计划：哪一年；不填为今年"))
    half = Choice(Half, **_says("排查清单：现场管理类或基础管理类"))
    state = Choice(State, **_says("隐患台账：状态"))
    gravity = Choice(Gravity, **_says("隐患台账：级别"))
    overdue = Flag(**_says("隐患台账：只印逾期的"))
    found_from = Day(**_says("隐患台账：发现日期起"))
    found_until = Day(**_says("隐患台账：发现日期止"))
    hidden_hazard_ids = ListOf(Id(), most=500, **_says("哪些隐患"))
    rectification_order_id = Id(**_says("整改通知书：哪份责令整改文书"))
    roll_id = Id(**_says("标签：哪一卷空白码"))
    paper = Choice(Paper, **_says("纸张"))
    landscape = Flag(**_says("横向"))
    stock = Text(
        20, validate=validate.OneOf([*STOCKS, FREE], error=f"标签纸只能是：{'、'.join(STOCKS)}，或 free（自定）。")
    )
    free = fields.Nested(StockIn, **_says("自定标签纸，毫米"))
    start = Whole(1, 1000, **_says("标签：从第几格开始"))
    copies = Whole(1, 20, **_says("标签：每个几份"))
    offset_x = _offset("标签：向右校正，毫米")
    offset_y = _offset("标签：向下校正，毫米")
    symbol = fields.String(
        validate=validate.OneOf(["png", "svg"], error="只能是 png 或 svg。"), **_says("标签 zip 里的图片格式")
    )


class PrintWarningOut(Schema):
    title = fields.String()
    text = fields.String()


class PrintOrderOut(Schema):
    id = Id()
    kind = Choice(PrintKind)
    kind_label = fields.Function(lambda order: order["kind"].label, metadata={"type": "string"})
    format = Choice(Format)
    documents = Whole(**_says("文书份数"))
    state = Choice(JobState)
    state_label = fields.Function(lambda order: order["state"].label, metadata={"type": "string"})
    step = fields.String()
    percent = Whole(0, 100)
    refusal = fields.String()
    warnings = fields.List(fields.Nested(PrintWarningOut))
    file_name = fields.String()
    bytes = Whole()
    sha256 = fields.String(allow_none=True)
    created_at = Instant()
    made_at = Instant(allow_none=True)
    expires_at = Instant()


class MapQuery(Schema):
    level = fields.String(
        load_default="shown",
        validate=validate.OneOf(list(MAP_LEVELS), error="只能是 shown、inherent、residual 或 current。"),
        metadata={"description": "图上的等级：" + "，".join(f"{k} {v}" for k, v in MAP_LEVELS.items())},
    )


class PrintQuery(Schema):
    kind = Choice(PrintKind)
    subject = Text(200)


class OutdatedQuery(Schema):
    kind = Choice(PrintKind, required=True)


class PrintOut(Schema):
    id = Id()
    order_id = Id()
    kind = Choice(PrintKind)
    kind_label = fields.Function(lambda one: one["kind"].label, metadata={"type": "string"})
    subject = fields.String()
    title = fields.String()
    version = Whole()
    check_code = fields.String()
    printed_at = Instant()
    printed_by = fields.String()
    standing = Choice(Standing)
    standing_label = fields.Function(lambda one: one["standing"].label, metadata={"type": "string"})
    since = Instant(allow_none=True, **_says("最早可能从什么时候起不再相符（打印之后第一件与它有关的事）"))


class OutdatedPrintsOut(Schema):
    items = fields.List(fields.Nested(PrintOut))
    total = Whole()


class PrintCheckOut(Schema):
    """What scanning the check code of a print tells anyone."""

    kind = Choice(PrintKind)
    kind_label = fields.Function(lambda one: one.kind.label, metadata={"type": "string"})
    title = fields.String()
    enterprise = fields.String()
    version = Whole()
    newest_version = Whole()
    check_code = fields.String()
    printed_at = Instant()
    standing = Choice(Standing)
    standing_label = fields.Function(lambda one: one.standing.label, metadata={"type": "string"})
    since = Instant(allow_none=True)
