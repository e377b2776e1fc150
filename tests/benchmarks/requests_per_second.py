"""POST of an inspection with ten items, pages of twenty: product, bare handler, Django REST framework.

Three servers under granian with the same settings over the same database, measured in turn, several rounds; medians
and their ratios. Before, each must give the same answer and write the same rows; after, every ledger must hold.
Run it from the project's root: python -m tests.benchmarks.requests_per_second
"""

import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app import create_app
from tests.benchmarks.rivals import servers, traffic
from tests.benchmarks.rivals.database import described, postgresql
from tests.benchmarks.rivals.load import rate
from tests.benchmarks.rivals.sameness import check_contents, check_ledgers, check_same
from tests.benchmarks.rivals.seed import Seeded, seed

ROUNDS = 7
SECONDS = 1.5  # of each measurement
WARM_SECONDS = 2.0
CONNECTIONS = 16


@dataclass(frozen=True)
class Case:
    """One kind of request, and what it must be answered with."""

    title: str
    requests: Callable[[], Iterator[bytes]]
    status: int

    def rate(self, port: int, seconds: float) -> float:
        return rate(port, self.requests(), status=self.status, connections=CONNECTIONS, seconds=seconds)


def main() -> None:
    """Print requests per second and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with postgresql() as settings:
        app = create_app(settings)
        with app.app_context():
            seeded = seed()
        print(f"PostgreSQL: {described(settings)}")
        print(
            f"granian: {servers.WORKERS} workers, {servers.THREADS} blocking threads; {CONNECTIONS} connections kept "
            f"alive; {rounds} rounds of {SECONDS} s, medians"
        )
        with servers.serving(settings) as ports:
            check_same(settings, seeded, ports)
            with app.app_context():
                check_contents(seeded)
            measured = _measured(_cases(seeded), ports, rounds)
        _print_table(measured)
        with app.app_context():
            print(f"events whose chain holds: {check_ledgers(seeded)}")


def _cases(seeded: Seeded) -> list[Case]:
    spread, alone = seeded.sites, seeded.sites[:1]
    return [
        Case(f"inspection, over {len(spread)} enterprises", lambda: traffic.inspections(spread), 201),
        Case("inspection, one enterprise", lambda: traffic.inspections(alone), 201),
        Case("page of 20 risk points", lambda: traffic.pages(seeded.large, "risk-points"), 200),
        Case("page of 20 inspections", lambda: traffic.pages(seeded.large, "inspections"), 200),
    ]


def _measured(cases: list[Case], ports: dict[str, int], rounds: int) -> dict[str, dict[str, list[float]]]:
    """The rates of each server in each case, round by round; within a round the servers take turns."""
    measured: dict[str, dict[str, list[float]]] = {}
    names = list(ports)
    for case in cases:
        for port in ports.values():
            case.rate(port, WARM_SECONDS)
        rates = measured[case.title] = {name: [] for name in names}
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                rates[name].append(case.rate(ports[name], SECONDS))
    return measured


def _print_table(measured: dict[str, dict[str, list[float]]]) -> None:
    print(f"{'requests per second':<36}{'product':>9}{'bare':>9}{'django':>9}{'of bare':>10}{'to django':>11}")
    for title, rates in measured.items():
        shown = "".join(f"{statistics.median(rates[name]):>9.0f}" for name in ("product", "bare", "django rest"))
        print(f"{title:<36}{shown}{_ratio(rates, 'bare'):>10.2f}{_ratio(rates, 'django rest'):>11.2f}")


def _ratio(rates: dict[str, list[float]], rival: str) -> float:
    """The product to a rival: the median of the rounds, each its own ratio, so that a busy minute tells on both."""
    return statistics.median(ours / theirs for ours, theirs in zip(rates["product"], rates[rival], strict=True))


if __name__ == "__main__":
    main()
