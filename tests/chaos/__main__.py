"""`make chaos`: kill -9 the server in a loop under load, then hold what was acknowledged against what is stored.

Every second time PostgreSQL is killed too, all its processes at once.

Run from the project's root: python -m tests.chaos [ROUNDS] [sqlite|postgresql …]. Exits with 1 when anything differs.
"""

import random
import sys
import threading
import time

from tests.chaos.comparing import differences
from tests.chaos.installation import Installation, installed
from tests.chaos.phones import Phone

ROUNDS = 5  # kills on each database
LIVES = (0.6, 2.5)  # seconds a server lives under load before it is killed
PHONES = 8


def main() -> int:
    """Ill-treat both databases, or those named; print what was acknowledged and what is wrong."""
    rounds = next((int(word) for word in sys.argv[1:] if word.isdecimal()), ROUNDS)
    databases = [word for word in sys.argv[1:] if not word.isdecimal()] or ["sqlite", "postgresql"]
    return max(ill_treated(database, rounds) for database in databases)


def ill_treated(database: str, rounds: int) -> int:
    """Kill the server so many times; 0 when all that was acknowledged stands, once and unaltered."""
    with installed(database) as installation:
        phones = _killed_under_load(installation, rounds)
        problems = [str(phone.problem) for phone in phones if phone.problem]
        wrong = problems + differences(installation, [phone.kept for phone in phones])
    acknowledged = sum(phone.kept.acknowledged for phone in phones)
    tries = sum(phone.kept.tries for phone in phones)
    print(f"{database}: 强制终止 {rounds} 次，请求 {tries} 次，得到确认 {acknowledged} 项，不符 {len(wrong)} 项")
    for line in wrong[:20]:
        print(f"  {line}")
    return 1 if wrong or not acknowledged else 0


def _killed_under_load(installation: Installation, rounds: int) -> list[Phone]:
    plant = installation.world.plant
    people = (plant.worker, plant.colleague, plant.leader, plant.manager)
    stop, chance = threading.Event(), random.Random(7)
    phones = [
        Phone(installation.port, plant, people[number % len(people)], seed=number, stop=stop)
        for number in range(PHONES)
    ]
    installation.start()
    for phone in phones:
        phone.start()
    for turn in range(rounds):
        time.sleep(chance.uniform(*LIVES))
        installation.kill(with_database=turn % 2 == 1)
        installation.start()
    stop.set()
    for phone in phones:
        phone.join()
    installation.kill()
    return phones


if __name__ == "__main__":
    sys.exit(main())
