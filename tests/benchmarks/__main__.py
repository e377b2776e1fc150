"""Every benchmark in turn: `make bench`. One that lacks a Debian package says which and counts as missing."""

import subprocess
import sys
from pathlib import Path

MISSING = 3  # what a benchmark exits with when a package it compares with is not installed


def main() -> int:
    """Run each benchmark as its own process, so that none warms another."""
    folder = Path(__file__).parent
    missing = []
    for script in sorted(path for path in folder.glob("*.py") if not path.name.startswith("_")):
        print(f"\n=== {script.stem} ===", flush=True)
        code = subprocess.call([sys.executable, "-m", f"tests.benchmarks.{script.stem}"])
        if code == MISSING:
            missing.append(script.stem)
        elif code:
            return code
    if missing:
        print(f"\n缺少软件包而未测：{'、'.join(missing)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
