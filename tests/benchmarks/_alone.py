"""The memory of drawing alone: a fresh process that holds the drawing half, which is pure, and no application."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = """
import sys, types
house = types.ModuleType("app")  # the package without its composition root
house.__path__ = [{root!r} + "/app"]
sys.modules["app"] = house
sys.path.insert(0, {root!r})
from tests.benchmarks.{module} import {function}
{function}({given})
"""


def said_by(module: str, function: str, *given: object) -> list[float]:
    """The numbers that a function of a benchmark prints in such a process."""
    program = HOUSE.format(root=str(ROOT), module=module, function=function, given=", ".join(map(repr, given)))
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def peak() -> int:
    """The largest memory of this process in MB; getrusage would count what its parent had as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
