"""The plug pulled in small, as a process of its own: `make chaos` and `make bench` do the same for longer."""

import subprocess
import sys

from tests.conftest import DATABASE
from tests.sizes import size

KILLS = size(1, deep=4)
REPORTS = size(24, deep=200)


def test_what_was_acknowledged_survives_kill_9() -> None:
    done = _run("tests.chaos", str(KILLS), DATABASE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_report_is_kept_once_through_a_line_that_loses_answers() -> None:
    done = _run("tests.benchmarks.bad_line", str(REPORTS), DATABASE)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(module: str, *given: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", module, *given], capture_output=True, text=True, timeout=300)
