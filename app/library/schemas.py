"""What crosses the wire of the library."""

from marshmallow import fields

from app.core.fields import Choice, Id, ListOf, Schema, Text, Whole
from app.library.entries import TRADES
from app.risks.fields import known_accident_type
from app.risks.schemas import ControlMeasureOut, HazardSourceOut, ReadingOut
from app.risks.terms import Category, FactorClass, MeasureCategory

ENTRY_ID = {"description": "条目的编号，例如 machining.press-hand-caught"}


class TradeOut(Schema):
    key = fields.String(metadata={"description": f"行业：{'、'.join(TRADES)}"})
    label = fields.String()
    count = fields.Integer()


class TradeListOut(Schema):
    items = fields.List(fields.Nested(TradeOut))


class EntryQuery(Schema):
    trade = Text(40, metadata={"description": "行业，见 GET /library/trades"})
    place = Text(30, metadata={"description": "场所名称中的文字，例如 配电室"})
    equipment = Text(30, metadata={"description": "设备名称中的文字，例如 冲压机"})
    accident_type = Text(20, validate=known_accident_type)
    category = Choice(Category)
    text = Text(60, metadata={"description": "一个或几个词，以空格分开，例如 硫化氢 污水"})


class LibraryMeasureOut(Schema):
    category = Choice(MeasureCategory)
    text = fields.String()
    basis = fields.String()
    check = fields.String(metadata={"description": "检查内容；空的不产生检查项"})
    how = fields.String()
    standard = fields.String()
    reading = fields.Raw(allow_none=True, metadata={"schema": ReadingOut})


class EntryOut(Schema):
    id = fields.String(metadata=ENTRY_ID)
    trade = fields.String()
    trade_label = fields.String()
    hazard_source = fields.String()
    category = Choice(Category)
    factor_class = Choice(FactorClass)
    places = fields.List(fields.String())
    equipment = fields.List(fields.String())
    words = fields.List(fields.String())
    accident_types = fields.List(fields.String())
    consequences = fields.String()
    affected = fields.String()
    measures = fields.List(fields.Nested(LibraryMeasureOut))


class FoundOut(Schema):
    entry = fields.Nested(EntryOut)
    why = fields.List(
        fields.String(),
        metadata={"description": "为什么找到它，例如 含设备“冲压机”、类别为设备、本行业；近似：含“面粉”"},
    )


class SuggestionQuery(Schema):
    limit = Whole(1, 50, from_text=True, load_default=10)


class SuggestionListOut(Schema):
    items = fields.List(fields.Nested(FoundOut))


class AdoptionIn(Schema):
    id = Id(required=True)
    entry_ids = ListOf(Text(100, metadata=ENTRY_ID), least=1, most=20, required=True)


class AdoptedOut(Schema):
    entry_id = fields.String(metadata=ENTRY_ID)
    source = fields.Nested(HazardSourceOut)
    measures = fields.List(fields.Nested(ControlMeasureOut))


class AdoptionOut(Schema):
    items = fields.List(fields.Nested(AdoptedOut))
