"""A risk ledger of 5,000 rows by as_pdf beside the same rows by LongTable with Paragraphs in its cells.

Each way is its own process, which tells seconds and its largest memory, three times in turn; ratios are of the medians.
LongTable draws a fifth of the rows, and its time is taken five times, which is kind to it: it slows with their number.
LongTable has the same page, widths, typeface, texts and repeated headings; it is spared levels in colour, merged cells
and the number of pages. Run it from the project's root: python -m tests.benchmarks.ledgers
"""

import io
import random
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

from app.printing.ledger import LedgerRow, RiskLedger, risk_table
from app.printing.page import LEADING, MARGIN, STAMPED
from app.printing.ruled_tables import as_pdf
from app.printing.stamp import Look, Paper, Stamp
from qr import fonts
from risk_models import RiskLevel
from tests.benchmarks._alone import peak, said_by

ROWS = 5_000
FEWER = 5  # times fewer rows are drawn by LongTable
RUNS = 3
GOAL, MOST_MEGABYTES = 5.0, 200
LOOK = Look(Paper.A3, landscape=True)
STAMP = Stamp(
    version=3, printed_on=date(2026, 7, 1), seq=1482, code="7KQ2-M4XD",
    address="HTTPS://SAFETY.EXAMPLE.CN/P/ABCDEFGHIJKLMNOPQRSTUVWXYZ",
)  # fmt: skip
SOURCES = ("储罐、管道、阀门密封失效，氨气大量泄漏", "氢气泄漏遇静电点燃，反应釜爆炸", "吊钩防脱装置缺失，吊物坠落伤人")
MEASURES = (
    ("工程技术", "液位高高联锁（85%）切断进料；压力 1.5 MPa 报警、1.6 MPa 安全阀起跳；检测报警器 8 台，一级 25 ppm"),
    ("安全管理", "重大危险源包保责任人公示；每 1 小时巡检一次并记录液位、压力、温度；卸车全程双人在场"),
    ("个体防护", "现场配正压式空气呼吸器 4 套、重型防化服 4 套"),
)


def ours(ledger: RiskLedger) -> bytes:
    """The ledger by the product."""
    return as_pdf([(risk_table(ledger), STAMP)], LOOK)


def by_long_table(ledger: RiskLedger) -> bytes:
    """The ledger by Platypus, as its guide suggests for cells that wrap."""
    table = risk_table(ledger)
    width = LOOK.size[0] - 2 * MARGIN
    scale = width / sum(column.width for column in table.columns)
    plain = ParagraphStyle("cell", fontName=fonts.REGULAR, fontSize=8.5, leading=8.5 * LEADING, wordWrap="CJK")
    rows, group = [[Paragraph(column.heading, plain) for column in table.columns]], ""
    for line in table.lines:
        shown = (
            "" if line.group == group and column.shared else text
            for text, column in zip(line.texts, table.columns, strict=True)
        )
        rows.append([Paragraph(escape(text).replace("\n", "<br/>"), plain) if text else "" for text in shown])
        group = line.group
    drawn = LongTable(rows, [column.width * scale for column in table.columns], repeatRows=1)
    drawn.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.4, HexColor("#495057")), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )
    content = io.BytesIO()
    SimpleDocTemplate(
        content, pagesize=LOOK.size, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=STAMPED
    ).build([drawn])
    return content.getvalue()


WAYS = {"ours": ours, "long_table": by_long_table}


def made_up(seed: int, count: int) -> RiskLedger:
    """So many rows of half as many points, no two texts of the wide cells alike."""
    choose = random.Random(seed)
    rows: list[LedgerRow] = []
    while len(rows) < count:
        point = len(rows)
        rows += [_row(point, len(rows) + place, choose) for place in range(choose.randint(1, 3))]
    return RiskLedger(enterprise="东湖化工有限公司", shows="现状风险等级", chosen="", rows=tuple(rows[:count]))


def _row(point: int, number: int, choose: random.Random) -> LedgerRow:
    measures = choose.sample(MEASURES, choose.randint(1, 3))
    return LedgerRow(
        code=f"FX-{point:04}",
        point_name=f"{point} 号液氨储罐（重大危险源）",
        zone=f"罐区 › {point % 40} 号罐组",
        category="设备设施",
        hazard_source=f"{choose.choice(SOURCES)}（{number}）",
        accident_types=("中毒", "可燃气体爆炸"),
        assessment="现状风险 LS（ls-shandong）L=3 S=5",
        score="15",
        level=choose.choice([*RiskLevel, None]),
        measures=tuple((kind, f"{choose.randint(1, 9999)}# {text}（{number}）") for kind, text in measures),
        control_tier="公司\n部门/车间\n班组\n岗位",
        responsible_unit="公司\n一车间\n罐区班\n罐区班",
        responsible="陈志远\n吴涛\n王强\n赵永刚",
        check_cycle="每 2 小时",
    )


def run(way: str, seed: int) -> None:
    """Draw one ledger: print seconds, megabytes before anything is drawn, and the most megabytes."""
    fonts.register()
    before = peak()
    ledger = made_up(seed, ROWS if way == "ours" else ROWS // FEWER)
    begin = perf_counter()
    WAYS[way](ledger)
    print(perf_counter() - begin, before, peak())


def told(way: str, seed: int) -> list[float]:
    """What a process that draws a ledger one way printed."""
    return said_by("ledgers", "run", way, seed)


def main() -> None:
    """Measure and print medians in seconds, the ratio, the memory and the goals."""
    found = {way: [told(way, seed) for seed in range(1, RUNS + 1)] for way in WAYS}
    fast = median(seconds for seconds, *_ in found["ours"])
    slow = median(seconds for seconds, *_ in found["long_table"]) * FEWER
    before, most = (max(one[place] for one in found["ours"]) for place in (1, 2))
    print(f"{ROWS:,} 行的管控清单，各测 {RUNS} 次取中位数；目标 ≥ {GOAL:g} 倍快、≤ {MOST_MEGABYTES} MB")
    print(f"本系统 {fast:.2f} s，LongTable {slow:.1f} s：{slow / fast:.1f} 倍快，{_reached(slow / fast >= GOAL)}")
    held = f"其中程序和字库 {before:.0f} MB"
    print(f"只画清单的进程最多 {most:.0f} MB（{held}），{_reached(most <= MOST_MEGABYTES)}")


def _reached(good: bool) -> str:
    return "达到" if good else "未达到"


if __name__ == "__main__":
    main()
