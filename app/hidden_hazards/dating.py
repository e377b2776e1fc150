"""Which deadline an assignment may set: within the rules' ceiling, and never to wash away one that is in force.

A deadline moves later by a granted extension only. Two things are allowed beside it: what was raised to major, or was
reopened, may be given a later one; that counts as an extension, and the event says so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import local_text, now, today
from app.core.db import session
from app.core.errors import invalid_field
from app.core.events import Event
from app.hidden_hazards import major
from app.hidden_hazards.deadlines import end_of_day
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity, Source
from app.risks.rules import Rules

Facts = Mapping[str, Any]
BROUGHT_BACK = (f"hidden_hazard.{Action.REGRADE}", f"hidden_hazard.{Action.REOPEN}")


def with_standing(hazard: HiddenHazard, action: Action, facts: Facts) -> Facts:
    """The facts of a move; an assignment that says no deadline leaves the one in force."""
    if action is Action.ASSIGN and not facts.get("deadline_at") and hazard.deadline_at:
        return {**facts, "deadline_at": hazard.deadline_at}
    return facts


def deadline_set(hazard: HiddenHazard, deadline_at: datetime, *, rules: Rules, reopened: bool) -> dict[str, Any]:
    """The columns of a deadline given at the assignment; `reopened`: the reopening is what brought it here.

    Raises Invalid for one in the past that is not the one in force, for one later than an order, a listing or the
    ceiling allows, and for one later than that in force where nothing but an extension may move it.
    """
    original = hazard.original_deadline_at or deadline_at
    if deadline_at == hazard.deadline_at:
        return {"deadline_at": deadline_at, "original_deadline_at": original}
    if deadline_at <= now():
        raise invalid_field("/deadline_at", "整改期限应晚于现在。")
    major.check_deadline(hazard, deadline_at)
    later = hazard.deadline_at is not None and deadline_at > hazard.deadline_at
    if later and hazard.gravity is not Gravity.MAJOR and not reopened:
        raise invalid_field(
            "/deadline_at",
            f"已有期限 {local_text(hazard.deadline_at)}，改定级别后不变；请用它或更早的期限，需要推迟请申请延期。",
            code="deadline_in_force",
        )
    check_ceiling(hazard, deadline_at, rules, by_government=False)
    return {"deadline_at": deadline_at, "original_deadline_at": original, "extensions": hazard.extensions + later}


def check_ceiling(hazard: HiddenHazard, deadline_at: datetime, rules: Rules, *, by_government: bool) -> None:
    """Raise Invalid for a deadline further ahead than the rules allow; an order's own deadline is the government's.

    `by_government`: the regulator has to consent, so the shorter time for a government finding does not bind.
    """
    if hazard.ordered:
        return
    gravity = hazard.gravity or Gravity.GENERAL
    days, what = rules.longest_deadline(major=gravity is Gravity.MAJOR), gravity.label
    if hazard.source is Source.GOVERNMENT and not by_government and rules.government_days < days:
        days, what = rules.government_days, "政府检查发现、没有指令书的隐患"
    limit = end_of_day(today() + timedelta(days=days))
    if deadline_at > limit:
        raise invalid_field(
            "/deadline_at", f"{what}的整改期限最长 {days} 天，不能晚于 {local_text(limit)}，请改早。",
            code="deadline_too_far",
        )  # fmt: skip


def reopened_last(actor: Actor, hazards: Sequence[HiddenHazard]) -> set[UUID]:
    """Those that came to their assignment by a reopening and not by a regrading after it: at most one query."""
    ids = [hazard.id for hazard in hazards if hazard.reopenings]
    if not ids:
        return set()
    told = session().execute(
        select(Event.subject_id, Event.kind)
        .where(Event.enterprise_id == actor.enterprise, Event.subject_id.in_(ids), Event.kind.in_(BROUGHT_BACK))
        .order_by(Event.seq)
    )
    last: dict[UUID, str] = {row.subject_id: row.kind for row in told}
    return {subject_id for subject_id, kind in last.items() if kind == BROUGHT_BACK[1]}
