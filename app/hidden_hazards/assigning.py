"""Assigning many general hidden hazards to one person at once: all of them, or none and why not for each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, select, update

from app.accounts.service import working_person
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, FieldError, Forbidden, Invalid
from app.hidden_hazards.dating import deadline_set, reopened_last
from app.hidden_hazards.guards import Situation
from app.hidden_hazards.lifecycle import Action, lacks_right, refusal
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.proof import record, row_of
from app.hidden_hazards.service import situations
from app.hidden_hazards.telling import tell_assigned
from app.hidden_hazards.terms import Gravity, State
from app.risks.rules import rules_of

Item = dict[str, Any]


def assign_together(
    actor: Actor, action_id: UUID, *, items: Sequence[Item], rectifier_id: UUID, deadline_at: datetime
) -> list[HiddenHazard]:
    """Assign general hidden hazards, each {hazard_id, version}, in a few statements however many.

    Raises Invalid for an absent or doubled one, a person without an account or a deadline that cannot stand, Forbidden
    for one the actor does not handle, Conflict for one that cannot be assigned as it stands; each names its item.
    """
    working_person(actor, rectifier_id, field="/rectifier_id")
    hazards = _of_items(actor, items)
    _check(hazards, situations(actor, hazards), items)
    reopened, rules = reopened_last(actor, hazards), rules_of(actor.enterprise)
    set_for = {
        hazard.id: deadline_set(hazard, deadline_at, rules=rules, reopened=hazard.id in reopened) for hazard in hazards
    }
    later = {hazard.id for hazard in hazards if set_for[hazard.id].get("extensions", 0) > hazard.extensions}
    before = {hazard.id: row_of(hazard) for hazard in hazards}
    original = func.coalesce(
        HiddenHazard.original_deadline_at, literal(deadline_at, HiddenHazard.original_deadline_at.type)
    )
    session().execute(
        update(HiddenHazard)
        .where(
            HiddenHazard.enterprise_id == actor.enterprise,
            HiddenHazard.id.in_([hazard.id for hazard in hazards]),
            HiddenHazard.state == State.GRADED,
        )
        .values(
            state=State.RECTIFYING,
            version=HiddenHazard.version + 1,
            rectifier_id=rectifier_id,
            deadline_at=deadline_at,
            original_deadline_at=original,
            extensions=HiddenHazard.extensions + case((HiddenHazard.deadline_at < deadline_at, 1), else_=0),
        )
        .execution_options(synchronize_session=False)
    )
    facts = {"rectifier_id": str(rectifier_id), "deadline_at": deadline_at.isoformat(), "together": str(action_id)}
    data = {"from": State.GRADED, "to": State.RECTIFYING, **facts}
    hazards = _of_items(actor, items)
    for hazard in hazards:
        said = {**data, "counts_as_extension": True} if hazard.id in later else data
        record(actor, hazard, f"hidden_hazard.{Action.ASSIGN}", before=before[hazard.id], data=said)
    tell_assigned(actor, hazards, rectifier_id, key=f"assignments:{action_id}")
    return hazards


def _of_items(actor: Actor, items: Sequence[Item]) -> list[HiddenHazard]:
    """The hidden hazards the items name, in their order, as they stand now: one query."""
    rows = session().scalars(
        select(HiddenHazard)
        .where(HiddenHazard.enterprise_id == actor.enterprise, HiddenHazard.id.in_([i["hazard_id"] for i in items]))
        .execution_options(populate_existing=True)
    )
    found = {hazard.id: hazard for hazard in rows}
    seen: set[UUID] = set()
    wrong = []
    for place, item in enumerate(items):
        pointer = f"/items/{place}/hazard_id"
        if item["hazard_id"] not in found:
            wrong.append(FieldError(pointer, "本企业没有这项隐患，请核对。"))
        elif item["hazard_id"] in seen:
            wrong.append(FieldError(pointer, "同一项隐患只能列一次。"))
        seen.add(item["hazard_id"])
    if wrong:
        raise Invalid("有几项隐患不能指派，没有指派任何一项；请按 errors 改正后重新提交。", errors=wrong)
    return [found[item["hazard_id"]] for item in items]


def _check(hazards: Sequence[HiddenHazard], now: dict[UUID, Situation], items: Sequence[Item]) -> None:
    """Raise for the items that cannot be assigned, Forbidden before Conflict."""
    not_mine, not_now = [], []
    for place, (hazard, item) in enumerate(zip(hazards, items, strict=True)):
        lacking = lacks_right(Action.ASSIGN, now[hazard.id])
        why = _why_not(hazard, item, now[hazard.id])
        if lacking:
            not_mine.append(FieldError(f"/items/{place}", f"{hazard.code}：{lacking}"))
        elif why:
            not_now.append(FieldError(f"/items/{place}", f"{hazard.code}：{why}"))
    if not_mine:
        raise Forbidden("有几项隐患您不能指派，没有指派任何一项；请按 errors 去掉后重新提交。", errors=not_mine)
    if not_now:
        detail = "有几项隐患现在不能指派，没有指派任何一项；请按 errors 去掉或刷新后重新提交。"
        raise Conflict(detail, code="not_assignable", errors=not_now)


def _why_not(hazard: HiddenHazard, item: Item, now: Situation) -> str:
    if hazard.version != item["version"]:
        return f"版本不符，现为“{hazard.state.label}”，版本 {hazard.version}。"
    if hazard.gravity is Gravity.MAJOR:
        return "重大隐患须制定治理方案，请单独指派。"
    return refusal(Action.ASSIGN, now)
