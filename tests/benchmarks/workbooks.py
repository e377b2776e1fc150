"""Benchmark: the ledger as a workbook, written beside XlsxWriter alone, read beside python-calamine alone.

Writing: 50,000 rows by ledger_workbook beside XlsxWriter in constant memory given the same cells, without colours,
borders or any look at the text; and the most memory a process takes that does nothing but export. Reading: 10,000 rows
by read_ledger beside python-calamine alone; the workbook as Excel saves it, with shared texts, and as the product
writes it. The dry run of a whole import, which goes on from there, is measured in imports.py. Each pair is measured in
turn in one run; ratios are of medians.
"""

import io
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

import xlsxwriter
from python_calamine import load_workbook

from app.exchange.workbook.columns import LAYOUTS, heading
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Field
from app.exchange.workbook.texts import NUMBERS
from app.exchange.workbook.writing import ledger_workbook
from risk_models import RiskLevel

WRITTEN, READ = 50_000, 10_000
WRITING_GOAL, MEMORY_GOAL, READING_GOAL = 2.0, 150, 4.0
RUNS = 3
LAYOUT = "ls"

THINGS = ("离心泵", "反应釜", "储罐", "换热器", "压缩机", "配电柜", "吊装作业", "受限空间作业", "锅炉", "叉车")
HAZARDS = ("机械密封失效，介质泄漏", "超压，安全阀不动作", "联轴器防护罩缺失", "绝缘老化漏电", "人员违章操作")
ACCIDENTS = ("中毒、可燃气体爆炸", "容器爆炸、火灾", "机械致害", "触电", "灼烫、高处坠落")
MEASURES = "1. 每班巡检并记录第 {0} 号点的压力和温度\n2. 每月校验安全附件\n3. 操作人员持证上岗，每年培训"
UNITS = ("一车间", "二车间", "储运车间", "动力车间")
PEOPLE = ("王建国", "李红梅", "张伟", "刘洋", "陈静")


def rows(many: int) -> Iterator[dict[Field, str]]:
    """Draw rows as a plant has them, one after another."""
    drawn = random.Random(20261121)
    levels = [level.label for level in RiskLevel]
    for number in range(many):
        point, kind = number // 3, number % 5
        likely, severe = drawn.randint(1, 5), drawn.randint(1, 5)
        yield {
            Field.NUMBER: str(number + 1), Field.POINT_CODE: f"FX-{point:05}",
            Field.SOURCE_CODE: f"FX-{point:05}-{kind}",
            Field.ZONE: f"厂区 › {UNITS[point % 4]}", Field.POINT: f"{THINGS[point % 10]} {point:05}",
            Field.CATEGORY: "设备", Field.SOURCE: f"{HAZARDS[kind]}（{number}）", Field.FACTOR_CLASS: "物的因素",
            Field.ACCIDENTS: ACCIDENTS[kind], Field.CONSEQUENCES: "人员伤亡、设备损坏、停产",
            Field.AFFECTED: "操作人员、周边人员", Field.BASIS: "固有", Field.L: str(likely), Field.S: str(severe),
            Field.SCORE: str(likely * severe), Field.LEVEL: drawn.choice(levels), Field.TIER: "公司、车间、班组、岗位",
            Field.UNIT: UNITS[point % 4], Field.PERSON: PEOPLE[point % 5], Field.MEASURES: MEASURES.format(number),
            Field.CYCLE: "每班", Field.ASSESSED_ON: "2026-11-21",
        }  # fmt: skip


def exported(many: int) -> bytes:
    """Write the ledger as the product does."""
    return ledger_workbook(rows(many), layout=LAYOUT, enterprise="东湖化工有限公司", shown_on=date(2026, 11, 21))


def written_bare(many: int, *, constant_memory: bool = True) -> bytes:
    """Write the same cells by the library alone."""
    content, columns = io.BytesIO(), LAYOUTS[LAYOUT]
    with xlsxwriter.Workbook(content, {"constant_memory": constant_memory, "in_memory": not constant_memory}) as book:
        sheet = book.add_worksheet("台账")
        for place, name in enumerate(columns):
            sheet.write_string(0, place, heading(name))
        for number, row in enumerate(rows(many), 1):
            for place, name in enumerate(columns):
                if name in NUMBERS:
                    sheet.write_number(number, place, float(row[name]))
                else:
                    sheet.write_string(number, place, row[name])
    return content.getvalue()


def read_bare(content: bytes) -> int:
    """Do what any reader must: have every row in Python."""
    book = load_workbook(io.BytesIO(content))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def in_turn(bare: Callable[[], object], ours: Callable[[], object], runs: int) -> tuple[float, float]:
    """The medians of two ways to do the same, measured in turn."""
    pairs = [(seconds(bare), seconds(ours)) for _ in range(runs)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def told(what: str, bare: float, ours: float, goal: float) -> None:
    """Print the two, their ratio, and whether the goal is met."""
    ratio = ours / bare
    verdict = "达到" if ratio <= goal else "未达到"
    print(
        f"{what}：单用库 {bare * 1e3:.0f} ms，本产品 {ours * 1e3:.0f} ms，{ratio:.2f} 倍，目标 ≤ {goal:g} 倍，{verdict}"
    )


def peak_megabytes(what: str) -> int:
    """The most memory a process takes that does one thing and ends."""
    command = [sys.executable, "-m", "tests.benchmarks.workbooks", what]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def alone(what: str) -> None:
    """Do one thing and print the most memory it took, in megabytes of 1024² bytes."""
    if what == "export":
        exported(WRITTEN)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    """Measure writing, its memory, and reading."""
    print(f"导出 {WRITTEN:,} 行 × {len(LAYOUTS[LAYOUT])} 列，各测 {RUNS} 次取中位数，交替进行")
    told("写", *in_turn(lambda: written_bare(WRITTEN), lambda: exported(WRITTEN), RUNS), WRITING_GOAL)
    peak, before = peak_megabytes("export"), peak_megabytes("nothing")
    verdict = "达到" if peak <= MEMORY_GOAL else "未达到"
    print(f"内存峰值：{peak} MB，其中载入程序 {before} MB，目标 ≤ {MEMORY_GOAL} MB，{verdict}")
    print(f"读取 {READ:,} 行，各测 {2 * RUNS + 1} 次取中位数，交替进行；整个核对的倍数见 imports")
    for what, content in (
        ("读 Excel 存的", written_bare(READ, constant_memory=False)),
        ("读本产品写的", exported(READ)),
    ):
        pair = in_turn(lambda: read_bare(content), lambda: read_ledger(content), 2 * RUNS + 1)  # noqa: B023 - called at once
        told(what, *pair, READING_GOAL)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        alone(sys.argv[1])
    else:
        main()
