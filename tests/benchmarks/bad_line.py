"""600 reports through a line that refuses 20 % of the connections and swallows 40 % of the answers: exactly 600.

Also what the bad line costs: requests made for each report, beside the two that a good one would take (the report,
its photo). Run it from the project's root: python -m tests.benchmarks.bad_line
"""

import sys
import threading
import time

from sqlalchemy import func, select

from app.core.db import reading
from app.hidden_hazards.models import HiddenHazard
from tests.chaos.bad_line import BadLine, bad_line
from tests.chaos.comparing import differences
from tests.chaos.installation import Installation, installed
from tests.chaos.phones import Phone

REPORTS = 600
PHONES = 12
REFUSED, SWALLOWED = 0.2, 0.4


def main() -> int:
    """Print what arrived; 1 when it is not exactly what was reported."""
    reports = next((int(word) for word in sys.argv[1:] if word.isdecimal()), REPORTS)
    databases = [word for word in sys.argv[1:] if not word.isdecimal()] or ["sqlite", "postgresql"]
    return max(through_a_bad_line(database, reports) for database in databases)


def through_a_bad_line(database: str, reports: int) -> int:
    """Report so often from twelve phones; 0 when exactly so many stand, each as it was sent."""
    with installed(database) as installation:
        installation.start()
        started = time.monotonic()
        with bad_line(installation.port, refuses=REFUSED, swallows=SWALLOWED) as line:
            phones = _reported(installation, line, reports)
        seconds = time.monotonic() - started
        installation.kill()
        problems = [str(phone.problem) for phone in phones if phone.problem]
        wrong = problems + differences(installation, [phone.kept for phone in phones])
        with installation.app.app_context(), reading() as session:
            stored = session.scalar(select(func.count()).select_from(HiddenHazard))
    tries = sum(phone.kept.tries for phone in phones)
    print(
        f"{database}: {stored} of {reports} reports stored, {len(wrong)} differences; {line.asked} connections, "
        f"{line.refused} refused, {line.swallowed} answers swallowed; {tries / reports / 2:.2f} requests each instead "
        f"of 1, {seconds:.0f} s"
    )
    for text in wrong[:20]:
        print(f"  {text}")
    return 0 if stored == reports and not wrong else 1


def _reported(installation: Installation, line: BadLine, reports: int) -> list[Phone]:
    plant = installation.world.plant
    people = (plant.worker, plant.colleague, plant.leader, plant.manager)
    phones = [
        Reporter(line.port, plant, people[number % len(people)], seed=number, stop=threading.Event())
        for number in range(PHONES)
    ]
    for number, phone in enumerate(phones):
        phone.reports = reports // PHONES + (number < reports % PHONES)
        phone.start()
    for phone in phones:
        phone.join()
    return phones


class Reporter(Phone):
    """A phone that reports so many hidden hazards and stops."""

    reports = 0

    def run(self) -> None:
        try:
            for _ in range(self.reports):
                self.report()
        except Exception as problem:  # noqa: BLE001 - told by whoever waits for this thread
            self.problem = problem


if __name__ == "__main__":
    sys.exit(main())
