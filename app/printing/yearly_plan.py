"""The yearly plan 年度隐患排查计划: what is inspected, how often and by whom, the plans of a tier sharing its cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.printing.ruled_tables import Column, Line, RuledTable

_COLUMNS = (
    Column("层级", 18, shared=True, bold=True),
    Column("序号", 10),
    Column("编号", 22),
    Column("排查类型", 22),
    Column("排查事项", 45),
    Column("排查内容", 60),
    Column("排查频次", 24),
    Column("起止", 18),
    Column("责任单位", 22),
    Column("责任人", 17),
    Column("备注", 19),
)
_SIGNATURES = ("编制", "审核", "批准（主要负责人）", "批准日期")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRow:
    """One inspection plan; the plans of one tier follow each other."""

    tier: str
    """Its name, such as 部门/车间."""
    code: str
    kind: str
    name: str
    scope: str
    content: str
    frequency: str
    period: str
    """The days it runs, a line each."""
    unit: str
    responsible: str
    note: str = ""
    """What else is to know: shutdowns, grace, that it was stopped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class YearlyPlan:
    """What the plan of one year says."""

    enterprise: str
    year: int
    rows: tuple[PlanRow, ...]


def plan_table(plan: YearlyPlan) -> RuledTable:
    """Return the plan as a table; of a year without plans, one that says so."""
    return RuledTable(
        title=f"{plan.year} 年度隐患排查计划",
        enterprise=plan.enterprise,
        note=f"共 {len(plan.rows)} 项排查。",
        nothing="本年度没有排查计划。",
        columns=_COLUMNS,
        lines=_lines(plan.rows),
        signatures=_SIGNATURES,
    )


def _lines(rows: Sequence[PlanRow]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        what = f"{row.name}\n范围：{row.scope}"
        yield Line(
            (row.tier, str(number), row.code, row.kind, what, row.content, row.frequency, row.period, row.unit,
             row.responsible, row.note),
            row.tier,
        )  # fmt: skip
