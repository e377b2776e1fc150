"""What crosses the wire of imports and exports."""

from enum import StrEnum

from marshmallow import fields

from app.core.fields import Choice, Flag, Id, Instant, Schema, Text
from app.core.jobs import JobState
from app.hidden_hazards.schemas import HiddenHazardQuery
from app.inspections.schemas import EnterpriseItemQuery
from app.risks.schemas import RiskPointFilter


class Layout(StrEnum):
    """The layouts a ledger is written in."""

    LS = "ls"
    LEC = "lec"
    FIVE = "five"

    @property
    def label(self) -> str:
        return {"ls": "LS 法", "lec": "LEC 法", "five": "LS 法，措施分五列"}[self.value]


class TableFormat(StrEnum):
    """What a table is written as."""

    XLSX = "xlsx"
    CSV = "csv"


class HazardLedgerQuery(HiddenHazardQuery):
    format = Choice(TableFormat, load_default=TableFormat.XLSX)


class ItemsQuery(EnterpriseItemQuery):
    format = Choice(TableFormat, load_default=TableFormat.XLSX)


class ImportQuery(Schema):
    zone_id = Id(metadata={"description": "没有区域的行归入这个风险分区；不给则已有的风险点留在原处"})
    profile = Text(40, metadata={"description": "评估标准；不给则用企业设定的标准"})


class RowCountsOut(Schema):
    rows = fields.Integer()
    new = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    problems = fields.Integer()
    new_zones = fields.Integer()


class ProblemOut(Schema):
    sheet = fields.String()
    row = fields.Integer(metadata={"description": "工作表中的行号，从 1 起"})
    column = fields.String(metadata={"description": "列的字母；空表示整行"})
    heading = fields.String()
    message = fields.String()


class RowChangeOut(Schema):
    sheet = fields.String()
    row = fields.Integer()
    point = fields.String()
    source = fields.String()
    change = fields.String()
    change_label = fields.String()
    columns = fields.List(fields.String(), metadata={"description": "有变动的列"})


class ImportOut(Schema):
    id = Id()
    stage = fields.String(metadata={"description": "check：核对；application：写入"})
    state = Choice(JobState)
    state_label = fields.String()
    step = fields.String()
    percent = fields.Integer()
    refusal = fields.String(metadata={"description": "没有读成或没有写成的原因；空表示没有"})
    applied = Flag()
    layout = fields.String(allow_none=True)
    counts = fields.Nested(RowCountsOut, allow_none=True)
    problems = fields.List(fields.Nested(ProblemOut), metadata={"description": "前 200 个问题；有问题就什么都不导入"})
    advice = fields.List(fields.Nested(ProblemOut), metadata={"description": "可以改进之处，不妨碍导入"})
    ignored = fields.List(fields.String(), metadata={"description": "没有用到的列和工作表"})
    preview = fields.List(fields.Nested(RowChangeOut), metadata={"description": "前 50 行变动"})
    created_at = Instant()
    finished_at = Instant(allow_none=True)


class TemplateQuery(Schema):
    layout = Choice(Layout, load_default=Layout.LS)


class LedgerQuery(RiskPointFilter):
    layout = Choice(Layout, load_default=Layout.LS)
