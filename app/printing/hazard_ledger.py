"""The ledger 隐患治理台账: each hidden hazard in a row, from its finding to its closing.

A workbook has a column for each thing; on paper what belongs together shares a column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.printing.ruled_tables import Column, Line, RuledTable

TITLE = "隐患治理台账"
COLUMNS = (
    Column("序号", 12), Column("隐患编号", 30), Column("发现时间", 30), Column("地点", 42), Column("隐患描述", 76),
    Column("来源", 19), Column("排查类型", 27), Column("隐患级别", 19), Column("判定依据", 57), Column("状态", 19),
    Column("发现人", 19), Column("整改责任人", 19), Column("原定期限", 30), Column("现行期限", 30),
    Column("延期次数", 15), Column("整改措施", 68), Column("整改费用（元）", 23), Column("提交整改", 30),
    Column("企业验收", 30), Column("验收人", 27), Column("政府复查", 30), Column("挂牌", 30), Column("摘牌", 30),
    Column("销号", 30), Column("退回次数", 15), Column("降级次数", 15), Column("重新打开次数", 15),
    Column("发现次数", 15), Column("是否逾期", 15),
)  # fmt: skip
"""Of a workbook."""
_ON_PAPER = (
    Column("序号", 12),
    Column("隐患编号", 28),
    Column("发现时间\n发现人", 29),
    Column("地点", 32),
    Column("隐患描述", 68),
    Column("来源\n排查类型", 24),
    Column("级别\n判定依据", 40),
    Column("整改责任人", 19),
    Column("整改期限", 29),
    Column("整改措施", 54),
    Column("资金（元）", 18),
    Column("整改完成", 29),
    Column("验收（复查）", 29),
    Column("状态", 30, bold=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HazardRow:
    """One hidden hazard; times are local texts, empty for what has not happened."""

    code: str
    found_at: str
    place: str
    description: str
    source: str
    channel: str
    gravity: str
    grounds: str
    state: str
    finder: str
    rectifier: str
    original_deadline: str
    deadline: str
    extensions: int
    measures: str
    cost: str
    submitted_at: str
    accepted_at: str
    acceptor: str
    rechecked_at: str
    listed_at: str
    delisted_at: str
    closed_at: str
    rejections: int
    regradings_down: int
    reopenings: int
    occurrences: int
    overdue: bool

    def texts(self, number: int) -> tuple[str, ...]:
        """The cells of the row, in the order of COLUMNS."""
        return (
            str(number), self.code, self.found_at, self.place, self.description, self.source, self.channel,
            self.gravity, self.grounds, self.state, self.finder, self.rectifier, self.original_deadline,
            self.deadline, str(self.extensions), self.measures, self.cost, self.submitted_at, self.accepted_at,
            self.acceptor, self.rechecked_at, self.listed_at, self.delisted_at, self.closed_at, str(self.rejections),
            str(self.regradings_down), str(self.reopenings), str(self.occurrences), "是" if self.overdue else "",
        )  # fmt: skip

    def on_paper(self, number: int) -> tuple[str, ...]:
        """The cells of the row as a page has them."""
        moved = self.deadline != self.original_deadline and self.original_deadline
        return (
            str(number),
            self.code,
            _lines_of(self.found_at, self.finder),
            self.place,
            self.description,
            _lines_of(self.source, self.channel if self.channel != self.source else ""),
            _lines_of(self.gravity, self.grounds),
            self.rectifier,
            _lines_of(
                self.deadline,
                f"原定 {self.original_deadline[:10]}" if moved else "",
                f"延期 {self.extensions} 次" if self.extensions else "",
            ),
            self.measures,
            self.cost,
            self.submitted_at,
            _lines_of(self.accepted_at, self.acceptor, f"复查 {self.rechecked_at[:10]}" if self.rechecked_at else ""),
            self._standing(),
        )

    def _standing(self) -> str:
        return _lines_of(
            self.state,
            self.closed_at,
            "已逾期" if self.overdue else "",
            f"挂牌 {self.listed_at[:10]}" if self.listed_at else "",
            f"摘牌 {self.delisted_at[:10]}" if self.delisted_at else "",
            *(
                f"{said} {count} 次"
                for said, count in (
                    ("退回", self.rejections), ("降级", self.regradings_down), ("重新打开", self.reopenings),
                    ("再次发现", self.occurrences - 1),
                )
                if count > 0
            ),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class HazardLedger:
    """What one ledger of hidden hazards says; `chosen` names which."""

    enterprise: str
    chosen: str
    rows: tuple[HazardRow, ...]


def hazard_table(ledger: HazardLedger, *, on_paper: bool = True) -> RuledTable:
    """Return the ledger as a table, with the columns of a page or of a workbook."""
    return RuledTable(
        title=TITLE,
        enterprise=ledger.enterprise,
        aside=ledger.chosen,
        note=_counted(ledger.rows),
        nothing="所选范围内没有隐患记录。",
        columns=_ON_PAPER if on_paper else COLUMNS,
        lines=_lines(ledger.rows, on_paper=on_paper),
    )


def _counted(rows: Sequence[HazardRow]) -> str:
    closed = sum(bool(row.closed_at) for row in rows)
    overdue = sum(row.overdue for row in rows)
    return f"共 {len(rows)} 项隐患，其中已销号 {closed} 项，逾期未整改 {overdue} 项。"


def _lines(rows: Sequence[HazardRow], *, on_paper: bool) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        yield Line(row.on_paper(number) if on_paper else row.texts(number))


def _lines_of(*texts: str) -> str:
    return "\n".join(filter(None, texts))
