"""The list 隐患排查清单 (一企一清单): every item that is looked at, at the points and of how the enterprise is run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.printing.ruled_tables import Column, Line, RuledTable

TITLE = "隐患排查清单"
COLUMNS = (
    Column("类别", 24, shared=True),
    Column("风险点编号", 22, shared=True),
    Column("风险点（章节）", 36, shared=True),
    Column("序号", 12),
    Column("检查内容", 76),
    Column("检查方法", 22),
    Column("标准", 52),
    Column("读数限值", 24),
    Column("须拍照", 16),
    Column("依据", 48),
    Column("责任部门", 24),
    Column("责任人", 17),
    Column("检查周期", 21),
    Column("清单版本", 11),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRow:
    """One item in force; the items of one point or chapter follow each other."""

    half: str
    """Its name, such as 现场管理类."""
    code: str
    place: str
    """The point, or the chapter of the management half."""
    check: str
    how: str
    standard: str
    limits: str
    photo_required: bool
    basis: str
    unit: str
    responsible: str
    check_cycle: str
    checklist_version: int

    def texts(self, number: int) -> tuple[str, ...]:
        """The cells of the row, in the order of COLUMNS."""
        return (
            self.half, self.code, self.place, str(number), self.check, self.how, self.standard, self.limits,
            "是" if self.photo_required else "", self.basis, self.unit, self.responsible, self.check_cycle,
            str(self.checklist_version),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckLedger:
    """What one check ledger says; `chosen` names what was chosen of all items."""

    enterprise: str
    chosen: str
    rows: tuple[CheckRow, ...]


def check_table(ledger: CheckLedger) -> RuledTable:
    """Return the ledger as a table."""
    return RuledTable(
        title=TITLE,
        enterprise=ledger.enterprise,
        aside=ledger.chosen,
        note=f"共 {len(ledger.rows)} 项检查内容。",
        nothing="所选范围内没有现行的检查项，请先发布排查清单。",
        columns=COLUMNS,
        lines=_lines(ledger.rows),
    )


def _lines(rows: Sequence[CheckRow]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        yield Line(row.texts(number), f"{row.half}|{row.code}|{row.place}")
