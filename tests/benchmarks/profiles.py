"""A dry run of another profile over 10,000 hazard sources beside reading the same rows, and the change itself.

Reading is the bare select: the same columns of the same assessments and points by SQLAlchemy Core, all fetched into
Python. The two are measured in turn, nine times; the ratio is of their medians. The change is timed once each way.
Run it from the project's root: python -m tests.benchmarks.profiles [postgresql]
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import select

from app import create_app
from app.assessments.models import Assessment, Basis, Occasion
from app.assessments.outlook import POINT, in_force
from app.assessments.regrading import change_profile, preview
from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import insert_rows, reading, session, writing
from app.core.ids import new_id
from app.migrations.migrate import upgrade
from app.risks import levels, rollup
from app.risks.models import HazardSource, RiskPoint, Status
from risk_models import grade
from tests.benchmarks.rivals.database import postgresql
from tests.world import Plant, World

SOURCES = 10_000
OF_A_POINT = 4
RUNS = 9
GOAL = 3.0


def main() -> None:
    """Print medians in milliseconds, the ratio and the goal, then the seconds a change takes."""
    with database(sys.argv[1:]) as settings:
        app = create_app(settings)
        with app.app_context():
            plant = World(app).plant
            furnish(plant)
            measure(plant)


@contextmanager
def database(arguments: list[str]) -> Iterator[Settings]:
    """SQLite in a folder of its own, or with `postgresql` a server started for this run."""
    with tempfile.TemporaryDirectory() as folder:
        if arguments == ["postgresql"]:
            with postgresql() as settings:
                yield settings
        else:
            settings = Settings(instance=Path(folder), jwt_secret="b" * 64, background_jobs=False)
            upgrade(settings)
            yield settings


def measure(plant: Plant) -> None:
    actor = plant.manager.actor
    read, dry = [], []
    for _ in range(RUNS):
        read.append(seconds(lambda: bare(actor)))
        dry.append(seconds(lambda: preview(actor, method="LS", to="ls-d")))
    usual, ours = statistics.median(read), statistics.median(dry)
    verdict = "达到" if ours / usual <= GOAL else "未达到"
    print(
        f"{SOURCES:,} 个危险源（{2 * SOURCES:,} 项评估，{SOURCES // OF_A_POINT:,} 个风险点），中位数："
        f"只读这些行 {usual * 1e3:.0f} ms，试算 {ours * 1e3:.0f} ms，{ours / usual:.2f} 倍，"
        f"目标 ≤ {GOAL:g} 倍，{verdict}"
    )
    for to in ("ls-d", "ls-shandong"):
        begin = perf_counter()
        with writing():
            told = change_profile(actor, new_id(), method="LS", to=to, reason="测量")
        print(f"换成 {to}：{perf_counter() - begin:.2f} s，{told['changed']['total']:,} 个风险点变色")


def bare(actor: Actor) -> int:
    """Read the rows a dry run needs, and nothing else."""
    where = (RiskPoint.enterprise_id == actor.enterprise, RiskPoint.retired_at.is_(None))
    return len(session().execute(select(*POINT).where(*where)).all()) + len(in_force(where))


def seconds(work: Callable[[], object]) -> float:
    """Time one call in a transaction of its own."""
    begin = perf_counter()
    with reading():
        work()
    return perf_counter() - begin


def furnish(plant: Plant) -> None:
    """Points of sources assessed on both bases, the points confirmed."""
    drawn = random.Random(20261121)
    kept: dict[str, Any] = {"enterprise_id": plant.enterprise.id}
    points, sources, assessments = [], [], []
    for number in range(SOURCES):
        if number % OF_A_POINT == 0:
            points.append(
                kept
                | {
                    "id": new_id(), "code": f"P{number}", "name": f"{number} 号点", "category": "equipment",
                    "zone_id": plant.zone.id, "unit_id": plant.unit.id, "responsible_id": plant.leader.id,
                    "check_cycle": "", "emergency_steps": [], "status": Status.DRAFT, "created_at": now(),
                }
            )  # fmt: skip
        severity = drawn.randint(1, 5)
        inherent = drawn.randint(2, 5)
        pair = {Basis.INHERENT: inherent, Basis.RESIDUAL: drawn.randint(1, inherent)}
        grades = {basis: grade("LS", {"L": value, "S": severity}) for basis, value in pair.items()}
        sources.append(
            kept
            | {
                "id": new_id(), "point_id": points[-1]["id"], "code": f"S{number}", "name": "源",
                "factor_class": "things", "accident_types": ["中毒"], "consequences": "", "affected": "",
                "inherent_level": grades[Basis.INHERENT].level, "residual_level": grades[Basis.RESIDUAL].level,
                "assessed_on": date(2026, 1, 1), "created_at": now(),
            }
        )  # fmt: skip
        assessments += [
            kept
            | {
                "id": new_id(), "source_id": sources[-1]["id"], "basis": basis, "method": "LS",
                "profile": graded.profile, "factors": {code: str(value) for code, value in graded.factors.items()},
                "dimensions": {}, "score": graded.score, "computed_level": graded.level,
                "level_name": graded.level_name, "level": graded.level, "note": "", "occasion": Occasion.FIRST,
                "assessed_on": date(2026, 1, 1), "assessor_id": plant.manager.id, "assessed_at": now(),
            }
            for basis, graded in grades.items()
        ]  # fmt: skip
    with writing():
        for model, rows in ((RiskPoint, points), (HazardSource, sources), (Assessment, assessments)):
            insert_rows(model, rows)
        ids = {row["id"] for row in points}
        found = [point for point in session().scalars(select(RiskPoint)) if point.id in ids]
        rollup.enter(found)
        levels.settle(plant.manager.actor, found, because="首次评估")
        for point in found:
            point.status, point.held_level = Status.CONFIRMED, point.shown_level
            point.held_inherent_level = point.inherent_level


if __name__ == "__main__":
    main()
