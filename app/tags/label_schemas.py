"""What crosses the wire of labels: which ones, on which paper, from where on and how far moved."""

from collections.abc import Callable
from decimal import Decimal

from marshmallow import ValidationError, validate

from app.core.fields import Choice, Id, ListOf, Number, Part, Schema, Text, Whole
from app.risks.terms import Category
from qr import FREE, STOCKS
from risk_models import RiskLevel


def within(least: int, most: int) -> Callable[[Decimal], None]:
    """Raise unless a length in millimetres lies within these, given to a tenth."""

    def check(value: Decimal) -> None:
        if not least <= value <= most or value != round(value, 1):
            raise ValidationError(f"应为 {least} 至 {most} 毫米，最多一位小数。")

    return check


def millimetres(least: int, most: int, said: str, *, required: bool = False) -> Number:
    """A length in millimetres, to a tenth; nought when it is not given and not required."""
    given = {"required": True} if required else {"load_default": Decimal(0)}
    return Number(validate=within(least, most), metadata={"description": said}, **given)


class StockIn(Schema):
    """Labels of one's own: everything in millimetres."""

    page_width = millimetres(15, 1200, "页面宽，毫米", required=True)
    page_height = millimetres(15, 1200, "页面高，毫米", required=True)
    columns = Whole(1, 50, required=True, metadata={"description": "每页几列"})
    rows = Whole(1, 100, required=True, metadata={"description": "每页几行"})
    label_width = millimetres(15, 1200, "标签宽，毫米", required=True)
    label_height = millimetres(15, 1200, "标签高，毫米", required=True)
    left = millimetres(0, 1200, "第一列到页面左边，毫米")
    top = millimetres(0, 1200, "第一行到页面上边，毫米")
    gap_x = millimetres(0, 1200, "两列之间，毫米")
    gap_y = millimetres(0, 1200, "两行之间，毫米")


def stock_name() -> Text:
    """The name of a paper, or `free` for one's own."""
    named = "、".join(f"{name}（{stock.name}）" for name, stock in STOCKS.items())
    return Text(
        20,
        load_default=next(iter(STOCKS)),
        validate=validate.OneOf([*STOCKS, FREE], error=f"标签纸只能是：{named}、{FREE}（自定）。"),
        metadata={"enum": [*STOCKS, FREE], "description": f"标签纸；{FREE} 为自定，另给尺寸"},
    )


class LabelsIn(Schema):
    point_ids = ListOf(Id(), most=2000, load_default=None, allow_none=True, data_key="risk_point_ids")
    zone_id = Id(load_default=None, allow_none=True)
    level = Choice(RiskLevel, load_default=None, allow_none=True)
    category = Choice(Category, load_default=None, allow_none=True)
    roll_id = Id(load_default=None, allow_none=True, metadata={"description": "打印一卷空白码，不与其他选择并用"})
    stock = stock_name()
    free = Part(StockIn, load_default=None, allow_none=True, metadata={"description": "自定标签纸的尺寸"})
    start = Whole(1, 1000, load_default=1, metadata={"description": "从第几格开始印"})
    copies = Whole(1, 20, load_default=1)
    offset_x = millimetres(-10, 10, "全部向右移，毫米；按校准页上的读数填，把内容推出纸边的不受理")
    offset_y = millimetres(-10, 10, "全部向下移，毫米；按校准页上的读数填，把内容推出纸边的不受理")


def _length(said: str) -> Number:
    return Number(validate=within(0, 1200), metadata={"description": f"自定标签纸：{said}，毫米"})


class CalibrationQuery(Schema):
    stock = stock_name()
    page_width = _length("页面宽")
    page_height = _length("页面高")
    columns = Whole(1, 50, from_text=True, metadata={"description": "自定标签纸：每页几列"})
    rows = Whole(1, 100, from_text=True, metadata={"description": "自定标签纸：每页几行"})
    label_width = _length("标签宽")
    label_height = _length("标签高")
    left = _length("第一列到页面左边")
    top = _length("第一行到页面上边")
    gap_x = _length("两列之间")
    gap_y = _length("两行之间")
