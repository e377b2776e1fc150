"""排查任务完成率: of the tasks due in a period, how many were done in time; one aggregate query for any selection.

A task is due when its deadline has come. One excused before that is no longer due; one excused after it goes on
counting as due and not done in time, and is counted apart, so that an excuse cleans no rate.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select

from app.core.actor import Actor
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Invalid, invalid_field
from app.enterprises.models import Enterprise
from app.enterprises.scope import within
from app.plans.calendar import paused_turns, start_of
from app.plans.generating import rhythm_of
from app.plans.models import InspectionPlan, InspectionTask

NAME = "排查任务完成率"
DEFINITION = (
    "期限在统计期内且已到的排查任务中，按时完成的占比；期限以系统收到时间为准。期限前免除的任务不计入分母，"
    "期限后才免除的仍计入分母。停产期间不产生任务，因此没有产生的任务数另列（paused）。分母为 0 时没有完成率。"
)
LONGEST_DAYS = 5 * 366
MOST_ENTERPRISES = 300


@dataclass(frozen=True)
class Tally:
    """Tasks due in a period. due = done_in_time + done_late + late + missed + excused_late."""

    due: int = 0
    done_in_time: int = 0
    done_late: int = 0
    late: int = 0  # not done, within their grace
    missed: int = 0
    excused_late: int = 0  # excused after their deadline
    excused: int = 0  # excused before it, and so not due
    paused: int = 0  # never made, for a shutdown, and so not due


def completion(actor: Actor, *, from_day: date | None = None, to_day: date | None = None) -> dict[str, Any]:
    """The completion of the enterprise acted in for tasks due on these local days; the year so far without them."""
    first, last, as_of = _period(from_day, to_day)
    counts = select(*_counts(as_of)).where(
        InspectionTask.enterprise_id == actor.enterprise, *_due_within(first, last, as_of)
    )
    paused = _paused([actor.enterprise], first, last, as_of)
    tally = _tally(session().execute(counts).mappings().one(), paused[actor.enterprise])
    return {"from_day": first, "to_day": last, "as_of": as_of, **_shown(tally, as_of)}


def completion_by_enterprise(
    actor: Actor,
    *,
    from_day: date | None = None,
    to_day: date | None = None,
    region_code: str = "",
    trade: str = "",
) -> dict[str, Any]:
    """The completion of every enterprise in the actor's scope, those without tasks too, and of all together.

    Raises Invalid for an impossible period or more than 300 enterprises.
    """
    first, last, as_of = _period(from_day, to_day)
    ours = and_(InspectionTask.enterprise_id == Enterprise.id, *_due_within(first, last, as_of))
    statement = within(actor, select(Enterprise.id, Enterprise.code, Enterprise.name, *_counts(as_of)))
    statement = statement.select_from(Enterprise).outerjoin(InspectionTask, ours)
    if region_code:
        statement = statement.where(Enterprise.region_code.startswith(region_code, autoescape=True))
    if trade:
        statement = statement.where(Enterprise.trade == trade)
    grouped = statement.group_by(Enterprise.id, Enterprise.code, Enterprise.name).order_by(Enterprise.code)
    rows = session().execute(grouped.limit(MOST_ENTERPRISES + 1)).mappings().all()
    if len(rows) > MOST_ENTERPRISES:
        raise Invalid(f"企业超过 {MOST_ENTERPRISES} 家，请用 region_code 或 trade 缩小范围。", code="too_many_groups")
    paused = _paused([row["id"] for row in rows], first, last, as_of)
    tallies = [_tally(row, paused[row["id"]]) for row in rows]
    total = Tally(**{field.name: sum(getattr(one, field.name) for one in tallies) for field in fields(Tally)})
    named = [
        {"key": str(row["id"]), "code": row["code"], "name": row["name"], **_shown(tally, as_of)}
        for row, tally in zip(rows, tallies, strict=True)
    ]
    return {"from_day": first, "to_day": last, "as_of": as_of, "items": named, "total": _shown(total, as_of)}


def percent(numerator: int, denominator: int) -> str | None:
    """Percent with one decimal, half up; None of nothing. Only all of them is "100.0%"."""
    if not denominator:
        return None
    exact = Decimal(100 * numerator) / denominator
    shown = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{Decimal('99.9') if shown == 100 and exact < 100 else shown}%"


def _period(from_day: date | None, to_day: date | None) -> tuple[date, date, datetime]:
    last = to_day or today()
    first = from_day or last.replace(month=1, day=1)
    if first > last:
        raise invalid_field("/to_day", "结束日期不能早于开始日期（from_day）。")
    if (last - first).days >= LONGEST_DAYS:
        raise invalid_field("/from_day", "一次最多统计五年，请缩短期间。")
    return first, last, now()


def _due_within(first: date, last: date, as_of: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a deadline on these local days that has come; it is the last instant of its day."""
    due = InspectionTask.due_at
    return (due > start_of(first), due <= start_of(last + timedelta(1)), due < as_of)


def _counts(as_of: datetime) -> list[ColumnElement[Any]]:
    task = InspectionTask
    excused_before = task.excused_at <= task.due_at
    due = and_(task.id.is_not(None), or_(task.excused_at.is_(None), ~excused_before))
    standing = task.excused_at.is_(None)
    undone = and_(task.id.is_not(None), standing, task.done_at.is_(None))
    counted = {
        "due": due,
        "done_in_time": and_(standing, task.done_at <= task.due_at),
        "done_late": and_(standing, task.done_at > task.due_at),
        "late": and_(undone, task.grace_until >= as_of),
        "missed": and_(undone, task.grace_until < as_of),
        "excused_late": task.excused_at > task.due_at,
        "excused": excused_before,
    }
    return [func.count(task.id).filter(condition).label(name) for name, condition in counted.items()]


def _paused(enterprise_ids: Sequence[UUID], first: date, last: date, as_of: datetime) -> Counter[UUID]:
    """By enterprise, how many tasks due in a period were not made for a shutdown; by the plans as they stand now."""
    until = min(start_of(last + timedelta(1)), as_of)
    plans = select(InspectionPlan).where(
        InspectionPlan.enterprise_id.in_(enterprise_ids), cast(InspectionPlan.pauses, String) != "[]"
    )
    found: Counter[UUID] = Counter()
    for plan in session().scalars(plans):
        after = max(start_of(first), plan.created_at)
        found[plan.enterprise_id] += paused_turns(rhythm_of(plan), after, min(until, plan.stopped_at or until))
    return found


def _tally(row: Any, paused: int) -> Tally:
    counted = [field.name for field in fields(Tally) if field.name != "paused"]
    return Tally(**{name: row[name] for name in counted}, paused=paused)


def _shown(tally: Tally, as_of: datetime) -> dict[str, Any]:
    rate = {
        "name": NAME, "numerator": tally.done_in_time, "denominator": tally.due,
        "rate": percent(tally.done_in_time, tally.due), "definition": DEFINITION, "as_of": as_of,
    }  # fmt: skip
    return {**{field.name: getattr(tally, field.name) for field in fields(Tally)}, "completion": rate}
