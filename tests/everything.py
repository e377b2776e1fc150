"""Everything `make test` runs, side by side on two cores, and the plain totals last.

One lane: lint, types, then the suite on SQLite. The other: the suite on PostgreSQL, without what asks no database or
runs the documents, which once is enough for. With --deep the suites run with their long sizes instead, all of them.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ONCE = ("tests/api_docs", "tests/qr", "tests/risk_models", "tests/test_architecture.py")  # on SQLite alone


@dataclass
class Step:
    """One command of a lane, and what came of it."""

    name: str
    command: list[str]
    database: str = ""
    code: int = 0
    output: str = ""
    seconds: float = 0.0


def lanes(deep: bool) -> list[list[Step]]:
    """What runs, in two lanes."""
    python = sys.executable
    suites = [
        Step(f"测试（{title}）", [python, "-m", "pytest", "-p", "no:cacheprovider"], database)
        for title, database in (("SQLite", "sqlite"), ("PostgreSQL", "postgresql"))
    ]
    if deep:
        for suite in suites:
            suite.command += ["-m", "deep"]
        return [[suites[0]], [suites[1]]]
    suites[1].command += [f"--ignore={path}" for path in ONCE]
    checks = [
        Step("格式", [python, "-m", "ruff", "format", "--check", "."]),
        Step("规范", [python, "-m", "ruff", "check", "."]),
        Step("类型", [python, "-m", "mypy"]),
    ]
    return [[*checks, suites[0]], [suites[1]]]


def run(step: Step, deep: bool) -> None:
    """Run one step, keeping its output until it ends."""
    environment = {**os.environ, "TEST_SIZE": "deep" if deep else "", "TEST_DATABASE": step.database or "sqlite"}
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        step.code = subprocess.call(step.command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        output.seek(0)
        step.output = output.read()
    step.seconds = time.monotonic() - started
    if step.code:
        print(f"\n——— {step.name} ———\n{step.output}", flush=True)
    else:
        last = step.output.strip().splitlines()[-1:] or [""]
        print(f"{step.name}：通过，{step.seconds:.0f} 秒  {last[0]}", flush=True)


def totals(steps: list[Step]) -> tuple[int, int]:
    """Tests passed and failed, counted from the closing lines; a check that fails counts as one failure."""
    passed = failed = 0
    for step in steps:
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", step.output[-400:])}
        passed += counts.get("passed", 0)
        broken = counts.get("failed", 0) + counts.get("error", 0)
        failed += broken or (1 if step.code else 0)
    return passed, failed


def main() -> int:
    """Run the lanes side by side; 0 only when everything passed."""
    deep = "--deep" in sys.argv
    chosen = lanes(deep)

    def walk(lane: list[Step]) -> None:
        for step in lane:
            run(step, deep)

    threads = [threading.Thread(target=walk, args=(lane,)) for lane in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passed, failed = totals([step for lane in chosen for step in lane])
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
