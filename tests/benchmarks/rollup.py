"""Benchmark: one hazard source graded otherwise in a tree of 100,000 zones, with the roll-up and without it.

Both are the product's own path: one transaction that reads the point, settles its levels, appends the event and
commits, as durably as the product runs. Without the roll-up nothing is carried upward. The two take turns at the same
leaves, to another level and back, so that the counts are right at the end; then `check-rollup` goes over the whole.
"""

import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parents[2]))

from app import create_app
from app.config import Settings
from app.core.clock import now, today
from app.core.db import db, insert_rows, reading, session, writing
from app.core.events import lock_ledger
from app.core.ids import new_id
from app.migrations.migrate import upgrade
from app.risks import levels, rollup
from app.risks.models import EnterpriseLevels, HazardSource, RiskPoint, RiskZone
from risk_models import RiskLevel
from tests.conftest import _postgresql
from tests.world import Plant, World

ZONES = 100_000
CHANGES = 400  # of each kind
DEEP = 12  # every second leaf that changes lies at least as deep
GOAL = 2.0

Node = tuple[UUID, UUID | None, str]  # id, parent, path


def random_tree() -> list[Node]:
    """Zones, each below one drawn from those before it: leaves of every depth, the deepest around thirty."""
    drawn, zones = random.Random(20261121), list[Node]()
    for _ in range(ZONES):
        zone_id = new_id()
        parent, _, path = drawn.choice(zones) if zones else (None, None, "")
        zones.append((zone_id, parent, f"{path}{zone_id.hex}/"))
    return zones


def leaves_of(zones: Sequence[Node]) -> list[Node]:
    """The zones with nothing below them."""
    parents = {parent for _, parent, _ in zones}
    return [zone for zone in zones if zone[0] not in parents]


def plant_tree(plant: Plant) -> dict[UUID, int]:
    """Put the tree into the plant, one assessed point in each leaf; the points with their depths."""
    drawn, zones = random.Random(1121), random_tree()
    owner, points, sources = plant.enterprise.id, [], []
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    depths = {}
    for zone_id, _, path in leaves_of(zones):
        level, point_id, steps = drawn.choice(list(RiskLevel)), new_id(), rollup.steps(path)
        depths[point_id] = len(steps)
        for node in (*steps, owner):
            counts[node].update((f"shown_{level}", f"current_{level}"))
        assessed = {"enterprise_id": owner, "residual_level": level, "inherent_level": level, "assessed_on": today()}
        points.append({
            **assessed, "id": point_id, "code": f"P{len(points)}", "name": "点", "category": "equipment",
            "zone_id": zone_id, "unit_id": plant.unit.id, "responsible_id": plant.worker.id, "check_cycle": "",
            "emergency_steps": [], "shown_level": level, "current_level": level, "status": "draft",
            "created_at": now(),
        })  # fmt: skip
        sources.append({
            **assessed, "id": new_id(), "point_id": point_id, "code": f"S{len(sources)}", "name": "源",
            "factor_class": "things", "accident_types": ["中毒"], "consequences": "", "affected": "",
            "created_at": now(),
        })  # fmt: skip
    columns = [f"{which}_{level}" for which in ("shown", "current") for level in (*RiskLevel, "unassessed")]
    with writing() as open_session:
        insert_rows(RiskZone, [
            {
                "enterprise_id": owner, "id": zone_id, "parent_id": parent, "name": "区", "kind": "area",
                "polygon": [], "path": path, **{column: counts[zone_id][column] for column in columns},
            }
            for zone_id, parent, path in zones
        ])  # fmt: skip
        insert_rows(RiskPoint, points)
        insert_rows(HazardSource, sources)
        whole = open_session.get_one(EnterpriseLevels, owner)
        for column, count in counts[owner].items():
            setattr(whole, column, getattr(whole, column) + count)
    return depths


def change(plant: Plant, point_id: UUID, level: RiskLevel) -> float:
    """Grade the one source of a point otherwise, as a request would; seconds."""
    actor = plant.manager.actor
    begin = perf_counter()
    with writing():
        lock_ledger(actor.enterprise)
        point = session().get_one(RiskPoint, (actor.enterprise, point_id))
        source = (
            session()
            .scalars(
                select(HazardSource).where(
                    HazardSource.enterprise_id == actor.enterprise, HazardSource.point_id == point_id
                )
            )
            .one()
        )
        source.residual_level = level
        levels.settle(actor, [point], because="评估")
    took = perf_counter() - begin
    db.session.remove()
    return took


@contextmanager
def nothing_carried() -> Iterator[None]:
    """Within the block a change stays with its point."""
    carried, levels.carry = levels.carry, lambda *_: None
    try:
        yield
    finally:
        levels.carry = carried


def chosen(depths: dict[UUID, int]) -> list[UUID]:
    """The points that change: half of them deep, half of any depth."""
    drawn = random.Random(11)
    deep = [point_id for point_id, depth in depths.items() if depth >= DEEP]
    return drawn.sample(deep, CHANGES // 4) + drawn.sample(list(depths), CHANGES // 4)


def measure(name: str, settings: Settings) -> None:
    """Build the tree in one database, change leaves, and print medians, the ratio and the time of the check."""
    app = create_app(settings)
    with app.app_context():
        plant = World(app).plant
        depths = plant_tree(plant)
        db.session.remove()
        with_it: list[float] = []
        alone: list[float] = []
        for point_id in chosen(depths):
            with reading() as open_session:
                before = open_session.get_one(RiskPoint, (plant.enterprise.id, point_id)).shown_level
            db.session.remove()
            other = RiskLevel.BLUE if before is not RiskLevel.BLUE else RiskLevel.RED
            for level in (other, before):
                with_it.append(change(plant, point_id, level))
            with nothing_carried():
                for level in (other, before):
                    alone.append(change(plant, point_id, level))
        ratio = median(with_it) / median(alone)
        print(
            f"{name}：{ZONES:,} 个分区，{len(depths):,} 个风险点，最深 {max(depths.values())} 层；"
            f"各 {len(alone)} 次：只改叶子 {median(alone) * 1e3:.2f} ms，连同上卷 {median(with_it) * 1e3:.2f} ms，"
            f"{ratio:.2f} 倍，{'达到' if ratio <= GOAL else '未达到'}"
        )
        begin = perf_counter()
        with reading():
            stored, right = rollup.stored_counts(plant.enterprise.id), rollup.recounted(plant.enterprise.id)
        equal = "全部一致" if stored == right and not rollup.lost_zones(plant.enterprise.id) else "不一致"
        print(f"{name}：check-rollup 核对 {len(right):,} 个节点 {perf_counter() - begin:.1f} s，{equal}")
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    print(f"改一个叶子的等级，一次事务；目标 ≤ {GOAL} 倍")
    with tempfile.TemporaryDirectory(prefix="dual-bench-", ignore_cleanup_errors=True) as folder:
        settings = Settings(instance=Path(folder), jwt_secret="0" * 64, background_jobs=False)
        upgrade(settings)
        measure("SQLite", settings)
    with tempfile.TemporaryDirectory(prefix="dual-pg-", ignore_cleanup_errors=True) as folder:
        for settings in _postgresql(Path(folder)):
            measure("PostgreSQL", settings)


if __name__ == "__main__":
    main()
