"""Benchmark: the dry run of an import of 10,000 rows beside python-calamine alone reading the same rows.

The dry run reads the workbook and holds it against a SQLite database that knows all its rows: nothing has changed, so
every row is compared to the end. The two are measured in turn in one run, five times; the ratio is of their medians.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from python_calamine import load_workbook

from app import create_app
from app.config import Settings
from app.core.actor import Actor
from app.core.db import reading, writing
from app.core.ids import new_id
from app.exchange import service
from app.exchange.applying import apply
from app.exchange.checking import check
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Field
from app.migrations.migrate import upgrade
from tests.exchange.ledgers import Cells, workbook
from tests.world import World

ROWS = 10_000
RUNS = 5
GOAL = 8.0
ZONES = ("罐区", "合成车间 › 压缩厂房", "合成车间 › 精馏框架", "动力站", "成品库")
THINGS = ("离心泵", "反应釜", "储罐", "换热器", "压缩机", "配电柜", "吊装作业", "受限空间作业", "锅炉", "叉车")
HAZARDS = (
    ("机械密封失效，介质泄漏", "中毒、可燃气体爆炸"), ("超压，安全阀不动作", "容器爆炸、火灾"),
    ("联轴器防护罩缺失", "机械致害"), ("绝缘老化", "触电、火灾"), ("人员违章操作", "灼烫、高处坠落"),
)  # fmt: skip


def made_up_rows(count: int) -> list[Cells]:
    """Rows as a plant would have them: two sources a point, three measures a source."""
    rows = []
    for number in range(count):
        point, (hazard, accidents) = number // 2, HAZARDS[number % len(HAZARDS)]
        rows.append({
            Field.POINT_CODE: f"D-{point:05}",
            Field.SOURCE_CODE: f"D-{point:05}-{number % 2 + 1}",
            Field.ZONE: ZONES[point % len(ZONES)],
            Field.POINT: f"{THINGS[point % len(THINGS)]} {point:05}",
            Field.SOURCE: f"{hazard}（{number % 2 + 1}）",
            Field.ACCIDENTS: accidents,
            Field.CONSEQUENCES: "人员伤亡、设备损坏、停产",
            Field.L: str(number % 5 + 1),
            Field.S: str(number // 5 % 5 + 1),
            Field.UNIT: ("一车间", "二车间")[point % 2],
            Field.PERSON: ("HG01leader", "HG01worker")[point % 2],
            Field.MEASURES: f"1. 每班巡检并记录第 {point} 号点\n2. 每月校验安全附件\n3. 操作人员持证上岗",
            Field.CYCLE: "每班",
            Field.ASSESSED_ON: "2026-03-01",
        })  # fmt: skip
    return rows


def read_alone(content: bytes) -> int:
    """Do what any importer must: read every row with python-calamine."""
    book = load_workbook(io.BytesIO(content))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def dry_run(actor: Actor, content: bytes) -> dict[str, int]:
    """Read the workbook and check it."""
    ledger = read_ledger(content)
    with reading():
        plan = check(actor, ledger)
    assert plan.problems == [], plan.problems[:3]
    return plan.counts


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def main() -> None:
    """Measure and print medians in milliseconds, the ratio and the goal."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), jwt_secret="b" * 32, background_jobs=False)
        upgrade(settings)
        app = create_app(settings)
        with app.app_context():
            measure(World(app).plant.manager.actor)


def measure(actor: Actor) -> None:
    """Import the rows once, export them, and time the dry run of what was exported."""
    ledger = read_ledger(workbook(made_up_rows(ROWS)))
    begin = perf_counter()
    with writing():
        plan = check(actor, ledger)
        assert plan.problems == [], plan.problems[:3]
        apply(actor, plan, import_id=new_id())
    written = perf_counter() - begin
    begin = perf_counter()
    with reading():
        content = service.ledger(actor, layout="ls")
    exported = perf_counter() - begin
    counts = dry_run(actor, content)
    assert counts["unchanged"] == counts["rows"] > ROWS, counts
    plain, dry = [], []
    for _ in range(RUNS):
        plain.append(seconds(lambda: read_alone(content)))
        dry.append(seconds(lambda: dry_run(actor, content)))
    ratio = median(dry) / median(plain)
    print(f"导入 {ROWS:,} 行：写入 {written:.1f} s，导出 {exported:.1f} s；各测 {RUNS} 次取中位数，目标 ≤ {GOAL} 倍")
    print(
        f"只读工作簿 {median(plain) * 1e3:.0f} ms，试导入（全部已知）{median(dry) * 1e3:.0f} ms，{ratio:.2f} 倍，"
        f"{'达到' if ratio <= GOAL else '未达到'}"
    )


if __name__ == "__main__":
    main()
