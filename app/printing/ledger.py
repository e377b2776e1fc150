"""The ledger 风险分级管控清单: every hazard source in a row, the rows of a point sharing its cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.printing.page import paint
from app.printing.ruled_tables import Column, Line, RuledTable
from risk_models import RiskLevel

TITLE = "安全风险分级管控清单"
_COLUMNS = (
    Column("序号", 12, shared=True),
    Column("编号", 19, shared=True),
    Column("风险点", 27, shared=True),
    Column("区域", 26, shared=True),
    Column("类别", 15, shared=True),
    Column("危险源", 44),
    Column("可能事故", 25),
    Column("评估方法与因素", 31),
    Column("分值", 12),
    Column("等级", 17, bold=True),
    Column("管控措施", 91),
    Column("管控层级", 20, shared=True, tied=True),
    Column("责任单位", 22, shared=True, tied=True),
    Column("责任人", 18, shared=True, tied=True),
    Column("检查周期", 21, shared=True),
)
_LEVEL = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow:
    """One hazard source of a risk point; the rows of one point follow each other and share its code."""

    code: str
    point_name: str
    zone: str
    category: str
    hazard_source: str
    accident_types: tuple[str, ...]
    assessment: str
    """Method and factors, such as LEC（lec-four）L=1 E=6 C=40; empty when not assessed."""
    score: str
    level: RiskLevel | None
    measures: tuple[tuple[str, str], ...]
    """Category and text of each control measure."""
    control_tier: str
    """The tiers that control the point, a line each; unit and person have as many lines."""
    responsible_unit: str
    responsible: str
    check_cycle: str
    status: str = ""
    """What to say of an identification that is not confirmed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskLedger:
    """What one risk ledger says; `shows` names the level it lists, such as 现状风险等级, `chosen` which points."""

    enterprise: str
    shows: str
    chosen: str
    rows: tuple[LedgerRow, ...]


def risk_table(ledger: RiskLedger) -> RuledTable:
    """Return the ledger as a table."""
    points = sum(1 for _ in groupby(ledger.rows, key=lambda row: row.code))
    return RuledTable(
        title=TITLE,
        enterprise=ledger.enterprise,
        aside="　".join(said for said in (ledger.chosen, f"表中等级：{ledger.shows}") if said),
        note=f"共 {points} 个风险点，{len(ledger.rows)} 个危险源。",
        nothing="所选范围内没有风险点。",
        columns=_COLUMNS,
        lines=_lines(ledger.rows),
        painted=_LEVEL,
    )


def _lines(rows: Sequence[LedgerRow]) -> Iterator[Line]:
    for number, (code, sources) in enumerate(groupby(rows, key=lambda row: row.code), 1):
        for row in sources:
            yield Line(_texts(row, number), code, paint(row.level) if row.level else None)


def _texts(row: LedgerRow, number: int) -> tuple[str, ...]:
    return (
        str(number),
        row.code,
        f"{row.point_name}\n{row.status}" if row.status else row.point_name,
        row.zone,
        row.category,
        row.hazard_source,
        "、".join(row.accident_types),
        row.assessment,
        row.score,
        paint(row.level).words.replace("（", "\n（"),
        "\n".join(f"【{category}】{text}" for category, text in row.measures),
        row.control_tier,
        row.responsible_unit,
        row.responsible,
        row.check_cycle,
    )
