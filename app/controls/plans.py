"""专项管控方案: drafted in versions, in force once a principal has signed one and until the day it is valid to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.controls.models import SpecialControlPlan
from app.core import events
from app.core.actor import Actor
from app.core.clock import months_after, now, today
from app.core.db import AT_ONCE, batched, session
from app.core.errors import Conflict, invalid_field
from app.core.ids import new_id
from app.core.rows import own
from app.risks.points import get_point, workable_point

LONGEST_VALID = 12  # months a plan may be valid: it is looked at again with the yearly assessment


class PlanState(StrEnum):
    """What a version of a plan is worth today."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return {"draft": "待签发", "in_force": "有效", "expired": "已到期", "superseded": "已被新版取代"}[self.value]


def state_of(plan: SpecialControlPlan) -> PlanState:
    """Whether a version waits to be signed, is in force, has expired or was superseded."""
    if plan.superseded_at:
        return PlanState.SUPERSEDED
    if plan.valid_until < today():
        return PlanState.EXPIRED
    return PlanState.IN_FORCE if plan.signed_at else PlanState.DRAFT


def draft_plan(actor: Actor, point_id: UUID, *, valid_until: date, **content: str) -> SpecialControlPlan:
    """Draft the next version of a point's plan. Raises Invalid unless it ends within a year from today."""
    point = workable_point(actor, point_id)
    last_day = months_after(today(), LONGEST_VALID)
    if not today() <= valid_until <= last_day:
        raise invalid_field("/valid_until", f"有效期至应在今天到 {last_day:%Y-%m-%d} 之间，最长一年，到期重新编制。")
    last = select(func.max(SpecialControlPlan.version)).where(
        SpecialControlPlan.enterprise_id == actor.enterprise, SpecialControlPlan.point_id == point_id
    )
    plan = SpecialControlPlan(
        enterprise_id=actor.enterprise, id=new_id(), point_id=point_id, version=(session().scalar(last) or 0) + 1,
        valid_until=valid_until, drafted_by=actor.id, **content,
    )  # fmt: skip
    session().add(plan)
    data = {"point_id": str(point_id), "code": point.code, "version": plan.version, "valid_until": str(valid_until)}
    events.append(actor.enterprise, "control_plan.drafted", plan.id, actor_id=actor.id, data=data)
    return plan


def sign_plan(actor: Actor, control_plan_id: UUID) -> SpecialControlPlan:
    """Sign a version: it is in force from now, and every earlier one is superseded.

    Raises Conflict for one that is signed, superseded or past its day.
    """
    actor.needs("risk:confirm-red")
    plan = own(actor, SpecialControlPlan, control_plan_id)
    point = workable_point(actor, plan.point_id)
    state = state_of(plan)
    if state is not PlanState.DRAFT:
        raise Conflict(
            f"{point.code} 的专项管控方案第 {plan.version} 版{state.label}，不能签发；请编制新的一版再签发。",
            code="wrong_status",
            facts={"state": state},
        )
    plan.signed_by, plan.signed_at = actor.id, now()
    earlier = [one for one in session().scalars(list_plans(actor, plan.point_id)) if one.version < plan.version]
    superseded = [one for one in earlier if one.superseded_at is None]
    for one in superseded:
        one.superseded_at = plan.signed_at
    data: dict[str, Any] = {
        "point_id": str(plan.point_id), "code": point.code, "version": plan.version,
        "supersedes": sorted(one.version for one in superseded), "valid_until": str(plan.valid_until),
    }  # fmt: skip
    events.append(actor.enterprise, "control_plan.signed", plan.id, actor_id=actor.id, data=data)
    return plan


def list_plans(actor: Actor, point_id: UUID) -> Select[SpecialControlPlan]:
    """The versions of a point's plan, newest first."""
    get_point(actor, point_id)
    return (
        select(SpecialControlPlan)
        .where(SpecialControlPlan.enterprise_id == actor.enterprise, SpecialControlPlan.point_id == point_id)
        .order_by(SpecialControlPlan.version.desc(), SpecialControlPlan.id)
    )


def plans_at(actor: Actor, point_ids: Sequence[UUID]) -> dict[UUID, list[SpecialControlPlan]]:
    """What stands of the plans of points, oldest first: signed or waiting to be, in force or expired."""
    found: dict[UUID, list[SpecialControlPlan]] = defaultdict(list)
    for ids in batched(point_ids, AT_ONCE):
        statement = select(SpecialControlPlan).where(
            SpecialControlPlan.enterprise_id == actor.enterprise,
            SpecialControlPlan.point_id.in_(ids),
            SpecialControlPlan.superseded_at.is_(None),
        )
        for plan in session().scalars(statement.order_by(SpecialControlPlan.version)):
            found[plan.point_id].append(plan)
    return found


def in_force(plans: Sequence[SpecialControlPlan]) -> SpecialControlPlan | None:
    """The version in force, of one point's."""
    return next((plan for plan in plans if state_of(plan) is PlanState.IN_FORCE), None)


def why_none_in_force(plans: Sequence[SpecialControlPlan], *, level: str) -> str | None:
    """Why a point that needs a plan has none in force and what to do, in Chinese; None when it has one."""
    if in_force(plans):
        return None
    newest = plans[-1] if plans else None
    if newest is None:
        return f"{level}须有专项管控方案，尚未编制；请编制并报主要负责人签发。"
    if state_of(newest) is PlanState.DRAFT:
        return f"{level}须有专项管控方案，第 {newest.version} 版尚未签发；请主要负责人签发。"
    return (
        f"专项管控方案第 {newest.version} 版已于 {newest.valid_until:%Y-%m-%d} 到期；请编制新的一版并报主要负责人签发。"
    )
