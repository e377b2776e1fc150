"""Benchmark: grading 1,000,000 LEC rows by grade_many beside a plain dict look-up loop over the same rows.

The two are measured in turn in one run, nine times; the ratio is of their medians. Rows come as text, as Decimals, and
as ints with Decimals where a factor is not whole. Text finds no float and no boolean. A Decimal that meets a float
leaves a flag, and 0 and 1 stand as keys that refuse a boolean; but an int equals both without a trace, so rows with
ints cost a pass over the types of three million values.
"""

import random
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from risk_models import RiskLevel, describe, grade_many

ROWS = 1_000_000
RUNS = 9
GOAL = 1.3

Row = tuple[Any, ...]


def whole_or_decimal(text: str) -> int | Decimal:
    """Read a factor as an int where it is whole."""
    return Decimal(text) if "." in text else int(text)


def make_rows(read: Callable[[str], Any]) -> list[Row]:
    """Draw the rows, each value a new object as it would come from a file or a database."""
    drawn = random.Random(20261121)
    scales = [[step["value"] for step in factor["scale"]] for factor in describe("lec-four")["factors"]]
    return [tuple(read(drawn.choice(scale)) for scale in scales) for _ in range(ROWS)]


def look_up_loop(table: dict[Row, RiskLevel], rows: list[Row]) -> list[RiskLevel]:
    """Do what a plain program would: one dict look-up a row, with no check but being in the table."""
    found = []
    for row in rows:
        found.append(table[row])
    return found


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def main() -> None:
    """Measure each kind of row and print medians in milliseconds, the ratio and the goal."""
    print(f"{ROWS:,} 行 LEC，各测 {RUNS} 次取中位数，交替进行；目标 ≤ {GOAL} 倍")
    kinds = {"文字": lambda text: text.encode().decode(), "Decimal": Decimal, "整数与 Decimal": whole_or_decimal}
    for kind, read in kinds.items():
        rows = make_rows(read)
        table = {row: grade.level for row, grade in zip(rows, grade_many("LEC", rows), strict=True)}
        plain, graded = [], []
        for _ in range(RUNS):
            plain.append(seconds(lambda: look_up_loop(table, rows)))  # noqa: B023  # called at once
            graded.append(seconds(lambda: grade_many("LEC", rows)))  # noqa: B023  # called at once
        ratio = median(graded) / median(plain)
        verdict = "达到" if ratio <= GOAL else "未达到"
        print(
            f"{kind}：查表循环 {median(plain) * 1e3:.0f} ms，"
            f"grade_many {median(graded) * 1e3:.0f} ms，{ratio:.2f} 倍，{verdict}"
        )


if __name__ == "__main__":
    main()
