"""What makes a plan one that can be followed: its days, its rhythm, its shifts and shutdowns agree with each other."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Any

from app.core.errors import FieldError, Invalid
from app.plans.calendar import Rhythm, Shift, hours_between
from app.plans.generating import shifts_of
from app.plans.terms import BOUNDED, CycleUnit

LONGEST_PAUSE = 366
DAY = 24 * 60  # minutes


def check(plan: dict[str, Any]) -> None:
    """Raise Invalid naming everything about a plan, by its fields as they are kept, that does not fit together."""
    wrong = [*_days(plan), *_cycle(plan), *_shifts(plan), *_pauses(plan)]
    if wrong:
        raise Invalid("排查计划的内容不一致，请按 errors 逐项改正。", errors=wrong)


def warnings_of(rhythm: Rhythm, scope: dict[str, Any], trade: str) -> list[str]:
    """What is unusual about a plan, though it may be so: each a sentence for whoever made it."""
    hours = hours_between(rhythm)
    rare = [
        one["says"]
        for one in _practice()["rounds"]
        if one["trade"] == trade and "round_id" in scope and hours is not None and hours > one["most_hours"]
    ]
    overlong = rhythm.grace.total_seconds() > 24 * 3600 and rhythm.unit in (CycleUnit.HOUR, CycleUnit.SHIFT)
    return rare + (
        ["宽限超过一天，下一次排查早已开始；按小时、按班的计划通常不设或只设几小时宽限。"] if overlong else []
    )


def _days(plan: dict[str, Any]) -> Iterator[FieldError]:
    starts, ends = plan["starts_on"], plan["ends_on"]
    if ends and ends < starts:
        yield FieldError("/ends_on", "结束日期不能早于开始日期（starts_on）。")
    if ends is None and plan["cycle_unit"] is CycleUnit.ONCE:
        yield FieldError("/ends_on", "只做一次的排查请给出结束日期，即完成期限。")
    elif ends is None and plan["kind"] in BOUNDED:
        yield FieldError("/ends_on", f"{plan['kind'].label}只在一段时间内进行，请给出结束日期。")


def _cycle(plan: dict[str, Any]) -> Iterator[FieldError]:
    unit: CycleUnit = plan["cycle_unit"]
    if plan["cycle_every"] > unit.most:
        yield FieldError("/cycle_every", f"以{unit.label}为周期时，应在 1 到 {unit.most} 之间。")


def _shifts(plan: dict[str, Any]) -> Iterator[FieldError]:
    named = [shift["name"] for shift in plan["shifts"]]
    if plan["cycle_unit"] is CycleUnit.SHIFT and not named:
        yield FieldError("/shifts", "按班排查请列出班次的名称和起止时间，例如 白班 08:00–20:00。")
    if named and plan["cycle_unit"] is not CycleUnit.SHIFT:
        yield FieldError("/shifts", "只有按班（shift）排查的计划才有班次，请删去或改为按班。")
    for place, name in enumerate(named):
        if name in named[:place]:
            yield FieldError(f"/shifts/{place}/name", "班次名称重复，请改名。")
    yield from _times(shifts_of(plan["shifts"]))


def _times(shifts: Sequence[Shift]) -> Iterator[FieldError]:
    """What does not fit in the times of shifts, which go round the clock."""
    spans = [(_minutes(shift.start), (_minutes(shift.end) - _minutes(shift.start)) % DAY) for shift in shifts]
    for place, (start, length) in enumerate(spans):
        if not length:
            yield FieldError(f"/shifts/{place}/to", "班次的起止时刻相同，请写明几点到几点；全天的请改为按日排查。")
        elif any((start - other) % DAY < long or (other - start) % DAY < length for other, long in spans[:place]):
            yield FieldError(f"/shifts/{place}/from", "与前面的班次时间重叠，请核对起止时刻。")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _pauses(plan: dict[str, Any]) -> Iterator[FieldError]:
    for place, pause in enumerate(plan["pauses"]):
        first, last = date.fromisoformat(pause["from"]), date.fromisoformat(pause["to"])
        if last < first:
            yield FieldError(f"/pauses/{place}/to", "停产的最后一天不能早于第一天。")
        elif (last - first).days >= LONGEST_PAUSE:
            yield FieldError(f"/pauses/{place}/to", "一段停产最长一年；更长的请停用计划，复产前另订计划。")


@cache
def _practice() -> dict[str, Any]:
    return tomllib.loads(files("app.plans").joinpath("practice.toml").read_text(encoding="utf-8"))
