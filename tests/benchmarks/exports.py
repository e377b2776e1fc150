"""Benchmark: the export of a ledger of 50,000 rows from SQLite beside the bare writer of the same rows; and its memory.

Each process does one thing: one makes the database, one exports and tells its largest memory, one has the rows at hand
and only writes them, three times in turn; the ratio is of the medians.
"""

import pickle
import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from app import create_app
from app.config import Settings
from app.core.db import reading, writing
from app.core.ids import new_id
from app.exchange import service
from app.exchange.applying import apply
from app.exchange.checking import check
from app.exchange.exporting import ledger_rows
from app.exchange.workbook.writing import ledger_workbook
from app.migrations.migrate import upgrade
from tests.benchmarks.imports import made_up_rows
from tests.exchange.ledgers import ledger
from tests.world import World

ROWS = 50_000
RUNS = 3
GOAL, MOST_MEGABYTES = 2.0, 150


def fill(folder: Path) -> None:
    """Make the database, and leave who exports beside it."""
    settings = settings_in(folder)
    upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        actor = World(app).plant.manager.actor
        with writing():
            apply(actor, check(actor, ledger(made_up_rows(ROWS))), import_id=new_id())
    (folder / "actor").write_bytes(pickle.dumps(actor))


def export(folder: Path) -> None:
    """Export as a request does: print seconds and megabytes."""
    actor = pickle.loads((folder / "actor").read_bytes())  # noqa: S301 - written by this benchmark
    with create_app(settings_in(folder)).app_context(), reading():
        begin = perf_counter()
        service.ledger(actor, layout="ls")
        print(perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def write_alone(folder: Path) -> None:
    """Write rows that are at hand: print seconds."""
    actor = pickle.loads((folder / "actor").read_bytes())  # noqa: S301 - written by this benchmark
    with create_app(settings_in(folder)).app_context(), reading():
        rows = list(ledger_rows(actor, layout="ls"))
        begin = perf_counter()
        ledger_workbook(rows, layout="ls", enterprise="甲厂", shown_on=date(2026, 11, 21))
        print(perf_counter() - begin)


def settings_in(folder: Path) -> Settings:
    """An installation of the benchmark's own."""
    return Settings(instance=folder, jwt_secret="b" * 32, background_jobs=False)


def told(what: str, folder: str) -> list[float]:
    """What a process of this benchmark printed."""
    command = [sys.executable, "-m", "tests.benchmarks.exports", what, folder]
    return [float(word) for word in subprocess.check_output(command, text=True).split()]


def main() -> None:
    """Measure and print medians in seconds, the ratio, the memory and the goals."""
    with tempfile.TemporaryDirectory() as folder:
        told("fill", folder)
        plain, exported = [], []
        for _ in range(RUNS):
            plain.append(told("write_alone", folder)[0])
            exported.append(told("export", folder))
    ratio = median(seconds for seconds, _ in exported) / median(plain)
    megabytes = max(memory for _, memory in exported)
    reached = "达到" if ratio <= GOAL and megabytes <= MOST_MEGABYTES else "未达到"
    print(f"导出 {ROWS:,} 行，各测 {RUNS} 次取中位数；目标 ≤ {GOAL} 倍、≤ {MOST_MEGABYTES} MB")
    print(f"只写工作簿 {median(plain):.1f} s，导出 {ratio:.2f} 倍，整个进程最多 {megabytes:.0f} MB，{reached}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"fill": fill, "export": export, "write_alone": write_alone}[sys.argv[1]](Path(sys.argv[2]))
    else:
        main()
