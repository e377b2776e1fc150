"""The rounds of twelve weeks: who walks past which point when, and what is read there.

Every point is inspected in the order of its own cycle, but thinner than its card says: a plant's hourly round would be
two thousand records a point, of which nobody looks at more than a few.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from app.accounts.policy import Role
from app.core.clock import now
from app.core.ids import new_id
from app.demo.content import FIRST_DAY, Calendar
from app.demo.readings import gauge
from app.demo.stage import Act, Stage
from app.evidence.photos import Picture
from app.hidden_hazards.models import HiddenHazard
from app.inspections import service as inspections
from app.inspections.judging import Result

Entry = dict[str, Any]

DAYS_BETWEEN = {"每小时": 3, "每2小时": 3, "每班": 4, "每日": 5, "每周": 7, "每次作业": 7, "每月": 28}
CONTINUOUS = ("chemical",)  # trades that work through weekends
STARTS = (8, 8, 9, 9, 13, 14, 15)  # local hours a round begins at
LEADERS_SHARE = 0.12  # of inspections made by whoever answers for the point
FILLING_IN = timedelta(seconds=25)  # from the phone's clock at the last tick to the server's


def rounds(stage: Stage, calendar: Calendar) -> Iterator[Act]:
    """Every inspection of the twelve weeks that finds nothing."""
    walks: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for point in stage.document["points"]:
        for day in _days(stage, calendar, point):
            walks[day, _inspector(stage, point)].append(point)
    for (day, inspector), points in sorted(walks.items(), key=lambda walk: (-walk[0][0], walk[0][1])):
        yield from _walk(stage, calendar.moment(day, stage.chance.choice(STARTS)), inspector, points)


def inspect(stage: Stage, point: str, inspector: str, *, failed: Entry | None = None) -> dict[str, HiddenHazard]:
    """Inspect a point now; of its items only the `failed` one {check, note, reading, picture} is abnormal.

    An item that is known to fail and waits to be put right is not inspected again meanwhile.
    """
    checklist, actor = stage.checklists[point], stage.actors[inspector]
    items = [_answer(stage, point, item, failed) for item in checklist.items]
    picture: Picture | None = failed["picture"] if failed else None
    key = next((item["key"] for item in checklist.items if failed and item["check"] == failed["check"]), None)
    inspection, hazards = inspections.record(
        actor,
        new_id(),
        point_id=stage.points[point].id,
        checklist_version=checklist.version,
        client_at=now() - FILLING_IN,
        items=items,
        photos=[{"sha256": picture.sha256, "size": picture.size, "item_key": key}] if picture else [],
    )
    if picture:
        inspections.receive_photo(actor, inspection.id, picture)
    return hazards


def _days(stage: Stage, calendar: Calendar, point: Entry) -> list[int]:
    """The days, counted back from today, on which the point is inspected."""
    worked = [
        day for day in range(FIRST_DAY, 0, -1) if stage.enterprise.trade in CONTINUOUS or calendar.is_workday(day)
    ]
    between = max(1, round(DAYS_BETWEEN[point["cycle"]] * len(worked) / FIRST_DAY))
    return worked[stage.chance.randrange(between) :: between]


def _inspector(stage: Stage, point: Entry) -> str:
    """Mostly a worker of the unit or next to it; now and then, or where there is none, whoever answers for it."""
    responsible: str = point["responsible"]
    near = _workers_near(stage, point["unit"])
    if not near or stage.chance.random() < LEADERS_SHARE:
        return responsible
    return stage.chance.choice(near)


def _workers_near(stage: Stage, unit: str) -> list[str]:
    parents = {entry["key"]: entry.get("parent") for entry in stage.document["units"]}

    def above(key: str | None) -> list[str]:
        return [*above(parents[key]), key] if key else []

    here = above(unit)
    shared = {
        person["key"]: sum(a == b for a, b in zip(here, above(person["unit"]), strict=False))
        for person in stage.document["people"]
        if person["role"] == Role.WORKER
    }
    nearest = max(shared.values())
    return [key for key, steps in shared.items() if steps == nearest > 1]


def _walk(stage: Stage, start: datetime, inspector: str, points: list[Entry]) -> Iterator[Act]:
    at = start + timedelta(minutes=stage.chance.randrange(2, 40))
    for point in points:
        at += timedelta(seconds=stage.chance.randrange(180, 420))
        yield Act(at, partial(_inspect_in_passing, stage, point["key"], inspector))


def _inspect_in_passing(stage: Stage, point: str, inspector: str) -> None:
    inspect(stage, point, inspector)


def _answer(stage: Stage, point: str, item: Entry, failed: Entry | None) -> Entry:
    if failed and item["check"] == failed["check"]:
        return {"key": item["key"], "result": Result.ABNORMAL, "reading": failed["reading"], "note": failed["note"]}
    known = stage.open_items.get((point, item["check"]))
    if known:
        return {"key": item["key"], "result": Result.NOT_APPLICABLE, "note": f"隐患 {known} 整改期间，本次不查"}
    return {"key": item["key"], "result": Result.NORMAL, "reading": _reading(stage, point, item), "note": ""}


def _reading(stage: Stage, point: str, item: Entry) -> Decimal | None:
    if item["reading"] is None:
        return None
    place = (point, item["check"])
    if place not in stage.gauges:
        stage.gauges[place] = gauge(item["reading"], stage.chance)
    return stage.gauges[place].read(stage.chance)
