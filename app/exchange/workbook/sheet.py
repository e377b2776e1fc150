"""A risk ledger as it stands in a workbook (pure): which fields a row may have, and what can be wrong with a cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DIRECTLY_JUDGED = "直接判定"  # beside a level that no score gave


class Field(StrEnum):
    """One thing a row of a risk ledger says; the value is what the product calls the column."""

    NUMBER = "序号"
    POINT_CODE = "风险点编号"
    SOURCE_CODE = "危险源编号"
    ZONE = "区域"
    POINT = "风险点"
    CATEGORY = "类别"
    SOURCE = "危险源"
    FACTOR_CLASS = "因素类别"
    ACCIDENTS = "可能事故"
    CONSEQUENCES = "事故后果"
    AFFECTED = "影响人员"
    BASIS = "评估基础"
    L = "L"
    S = "S"
    E = "E"
    C = "C"
    SCORE = "分值"
    LEVEL = "等级"
    TIER = "管控层级"
    UNIT = "责任单位"
    PERSON = "责任人"
    MEASURES = "管控措施"
    ENGINEERING = "工程技术措施"
    MANAGEMENT = "管理措施"
    TRAINING = "培训教育措施"
    PPE = "个体防护措施"
    EMERGENCY = "应急处置措施"
    CYCLE = "检查周期"
    ASSESSED_ON = "评估日期"

    __hash__ = str.__hash__  # an enum's own is slow, and every cell of a ledger is looked up by its field


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: row and column count from 1; column 0 is the whole row."""

    sheet: str
    row: int
    column: int
    heading: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a ledger as text: half-width digits, ends stripped, merged cells filled; absent fields missing."""

    sheet: str
    row: int
    texts: Mapping[Field, str]


@dataclass(frozen=True)
class Ledger:
    """What was read of a workbook: its layout, its lines in order, where each field stands, what could not be read."""

    layout: str
    lines: list[Line]
    columns: Mapping[str, Mapping[Field, int]]  # by sheet: the column of each field, from 1
    problems: list[Problem] = field(default_factory=list)
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by sheet: what was not taken
