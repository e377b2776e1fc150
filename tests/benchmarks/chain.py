"""Benchmark: what it costs to verify a chain of 50,000 events, beside hashing the same bytes once.

An export holds each event as the bytes that were hashed: its verifier is measured beside one call of SHA-256 for each.
The database holds columns: the canonical bytes must be made of them first, by anyone. So `broken_at` is measured beside
making the canonical bytes of the same values, as they lie in memory, and hashing them. Each pair takes turns;
the first, which waits for nothing, in processor time.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

sys.path.insert(0, str(Path(__file__).parents[2]))

from app import create_app
from app.config import Settings
from app.core.canonical import digest
from app.core.clock import now
from app.core.db import db, insert_rows, reading, writing
from app.core.events import HASHED, Event, Ledger, broken_at, chained
from app.core.ids import new_id
from app.exchange.chain.packing import event_lines
from app.exchange.chain.verify import Chain
from app.migrations.migrate import upgrade
from tests.conftest import _postgresql
from tests.world import World

EVENTS = 50_000
TURNS = 9
GOAL = 3.0
FOUND = {
    "code": "YH-2026-000123", "source": "self_check", "channel": "daily", "origin": "",
    "row": {
        "code": "YH-2026-000123", "place": "FX-0007 液氨储罐", "description": "2#罐区东侧 GDS-07 可燃气体探测器故障",
        "source": "self_check", "channel": "daily", "state": "reported", "version": 1, "occurrences": 1,
        "found_at": "2026-11-21T00:30:00.123456Z", "region_code": "219901101", "industry": "2614",
    },
}  # fmt: skip
MOVED = {"from": "graded", "to": "rectifying", "row": {"state": "rectifying", "version": 3}}


def lengthen(enterprise_id: UUID) -> None:
    """Append events to the chain until it has as many as wanted: one finding to two moves."""
    with writing() as session:
        ledger = session.get_one(Ledger, enterprise_id)
        seq, previous, rows = ledger.seq, ledger.hash, list[dict[str, Any]]()
        while seq < EVENTS:
            seq += 1
            event = Event(
                enterprise_id=enterprise_id, seq=seq, kind=f"hidden_hazard.{'assign' if seq % 3 else 'reported'}",
                subject_id=new_id(), actor_id=new_id(), at=now(), client_at=now(), data=MOVED if seq % 3 else FOUND,
                commitments={}, algorithm="sha256",
            )  # fmt: skip
            previous = chained(event, after=previous)
            rows.append({**{name: getattr(event, name) for name in HASHED}, "hash": previous})
            if len(rows) == 5000 or seq == EVENTS:
                insert_rows(Event, rows)
                rows.clear()
        session.execute(
            update(Ledger).where(Ledger.enterprise_id == enterprise_id).values(seq=seq, hash=previous)
        )  # fmt: skip


def values_of(enterprise_id: UUID) -> list[dict[str, Any]]:
    """What was hashed of each event, as it lies in memory."""
    columns = [Event.__table__.c[name] for name in (*HASHED, "hash")]
    previous, found = "0" * 64, []
    with reading() as session:
        for row in session.execute(
            select(*columns).where(Event.enterprise_id == enterprise_id).order_by(Event.seq)
        ):  # fmt: skip
            found.append({"previous": previous, **{name: getattr(row, name) for name in HASHED}})
            previous = row.hash
    return found


def in_turn(
    one: Callable[[], object], other: Callable[[], object], *, clock: Callable[[], float] = perf_counter
) -> tuple[float, float]:
    """The medians of both, in seconds, each done in turn with the other."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for act, times in zip((one, other), took, strict=True):
            begin = clock()
            act()
            times.append(clock() - begin)
    return median(took[0]), median(took[1])


def hash_each(texts: Sequence[bytes]) -> None:
    for text in texts:
        sha256(text).hexdigest()


def told(what: str, beside: str, took: float, bare: float) -> None:
    ratio = took / bare
    print(
        f"{what} {took * 1e3:.0f} ms，{beside} {bare * 1e3:.0f} ms，{ratio:.2f} 倍，"
        f"{'达到' if ratio <= GOAL else '未达到'}"
    )


def measure(name: str, settings: Settings) -> None:
    """Verify the chain of one database and its export."""
    app = create_app(settings)
    with app.app_context(), redirect_stdout(io.StringIO()):
        enterprise_id = World(app).plant.enterprise.id
        lengthen(enterprise_id)
        db.session.remove()
    with app.app_context():
        with reading():
            assert broken_at(enterprise_id) is None
            lines = list(event_lines(enterprise_id))
        values = values_of(enterprise_id)
        texts = [line[83:-2] for line in lines]
        size = sum(map(len, texts)) / len(texts)
        assert Chain().follow(lines).number == EVENTS == len(texts)
        assert [json.loads(line)["hash"] for line in lines[:9]] == [digest(value) for value in values[:9]]
        took, bare = in_turn(lambda: Chain().follow(lines), lambda: hash_each(texts), clock=process_time)
        told(f"{name}：导出的 {EVENTS:,} 个事件（平均 {size:.0f} 字节）核对", "同样的字节各哈希一次", took, bare)

        def verify() -> None:
            with reading():
                assert broken_at(enterprise_id) is None

        took, bare = in_turn(verify, lambda: [digest(value) for value in values])
        told(f"{name}：数据库中的 {EVENTS:,} 个事件核对", "同样的值写成规范文字并各哈希一次", took, bare)
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    print(f"核对 {EVENTS:,} 个事件的链；目标 ≤ {GOAL} 倍，各 {TURNS} 次取中位数")
    with tempfile.TemporaryDirectory(prefix="dual-bench-", ignore_cleanup_errors=True) as folder:
        settings = Settings(instance=Path(folder), jwt_secret="0" * 64, background_jobs=False)
        upgrade(settings)
        measure("SQLite", settings)
    with tempfile.TemporaryDirectory(prefix="dual-pg-", ignore_cleanup_errors=True) as folder:
        for settings in _postgresql(Path(folder)):
            measure("PostgreSQL", settings)


if __name__ == "__main__":
    main()
