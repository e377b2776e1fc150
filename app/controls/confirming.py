"""Submitting, reviewing, confirming and returning identifications: many points at once, all of them or none.

Each round of a point is one row. A change while in review takes the point back to draft, and its round is overtaken.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, inspect, or_, select
from sqlalchemy.orm import aliased

from app.controls.gaps import SourceFacts, governing_level, not_identified
from app.controls.models import Confirmation
from app.controls.standing import sources_at
from app.controls.steps import CONFIRMS_RED, Step, refusal
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, invalid_field
from app.core.ids import new_id
from app.core.installation import levels_confirmed
from app.risks import levels
from app.risks.models import RiskPoint, Status
from app.risks.points import get_point, workable_points
from risk_models import RiskLevel, worst

MOST_POINTS = 500  # points one step may take
NAMED_AT_MOST = 5

Rounds = dict[UUID, Confirmation]  # the open round of each point in review


class RoundState(StrEnum):
    """How a round ended, or that it has not."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    OVERTAKEN = "overtaken"

    @property
    def label(self) -> str:
        return {
            "open": "审核中", "confirmed": "已确认", "returned": "已退回", "overtaken": "送审后内容有改动，本轮作废",
        }[self.value]  # fmt: skip


def take(actor: Actor, *, step: Step, point_ids: Sequence[UUID], note: str = "") -> list[RiskPoint]:
    """Take a step with points, by their ids in this order.

    Raises Forbidden for a step that is not the actor's, Invalid for an unknown point or a return without a note,
    Conflict naming the points that are not in the state for it, or not identified and assessed in full.
    """
    actor.needs(step.permission)
    if step is Step.RETURN and not note:
        raise invalid_field("/note", "退回请写明原因和要改正的内容。")
    points = workable_points(actor, point_ids, field="/risk_point_ids")
    rounds = _open_rounds(actor, points)
    _must_be_allowed(actor, step, points, rounds)
    if step is Step.SUBMIT:
        _submit(actor, points, note)
    elif step is Step.REVIEW:
        _review(actor, points, rounds, note)
    elif step is Step.CONFIRM:
        _confirm(actor, points, rounds, note)
    else:
        _return(actor, points, rounds, note)
    return points


def list_rounds(actor: Actor, point_id: UUID) -> Select[Confirmation]:
    """The rounds of a point, newest first."""
    get_point(actor, point_id)
    return (
        select(Confirmation)
        .where(Confirmation.enterprise_id == actor.enterprise, Confirmation.point_id == point_id)
        .order_by(Confirmation.submitted_at.desc(), Confirmation.id.desc())
    )


def with_states(actor: Actor, point_id: UUID, rounds: Sequence[Confirmation]) -> list[dict[str, Any]]:
    """Rounds of a point, each with its state."""
    open_rounds = _open_rounds(actor, [get_point(actor, point_id)])
    return [{**_columns(one), "state": _state(one, open_rounds)} for one in rounds]


def list_due(actor: Actor, *, step: Step) -> Select[Confirmation]:
    """The open rounds with which the actor could take this step now, those waiting longest first."""
    newest = aliased(Confirmation)
    of_point = (
        select(newest.id)
        .where(newest.enterprise_id == RiskPoint.enterprise_id, newest.point_id == RiskPoint.id)
        .order_by(newest.submitted_at.desc(), newest.id.desc())
        .limit(1)
    )
    statement = (
        select(Confirmation)
        .join(
            RiskPoint,
            (RiskPoint.enterprise_id == Confirmation.enterprise_id) & (RiskPoint.id == Confirmation.point_id),
        )
        .where(
            Confirmation.enterprise_id == actor.enterprise,
            Confirmation.id == of_point.scalar_subquery(),
            RiskPoint.status == Status.IN_REVIEW,
            RiskPoint.retired_at.is_(None),
            _takes(actor, step),
        )
    )
    return statement.order_by(Confirmation.submitted_at, Confirmation.id)


def with_points(actor: Actor, rounds: Sequence[Confirmation]) -> list[dict[str, Any]]:
    """Rounds, each with the code and name of its point: one query however many."""
    ids = [one.point_id for one in rounds]
    found = session().scalars(
        select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids))
    )
    points = {point.id: point for point in found}
    return [{**_columns(one), "code": points[one.point_id].code, "name": points[one.point_id].name} for one in rounds]


def _columns(one: Confirmation) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in inspect(Confirmation).column_attrs}


def _takes(actor: Actor, step: Step) -> ColumnElement[bool]:
    if step is not Step.CONFIRM:
        return Confirmation.reviewed_at.is_(None)
    red = or_(
        RiskPoint.inherent_level.is_not_distinct_from(RiskLevel.RED),
        RiskPoint.shown_level.is_not_distinct_from(RiskLevel.RED),
    )
    return or_(Confirmation.reviewed_at.is_not(None), ~red) if actor.may(CONFIRMS_RED) else ~red


def _open_rounds(actor: Actor, points: Sequence[RiskPoint]) -> Rounds:
    in_review = [point.id for point in points if point.status is Status.IN_REVIEW]
    statement = select(Confirmation).where(
        Confirmation.enterprise_id == actor.enterprise,
        Confirmation.point_id.in_(in_review),
        Confirmation.confirmed_at.is_(None),
        Confirmation.returned_at.is_(None),
    )
    # Of rounds that were overtaken none is the newest while the point is in review, and the newest comes last.
    rows = session().scalars(statement.order_by(Confirmation.submitted_at, Confirmation.id))
    return {one.point_id: one for one in rows}


def _state(one: Confirmation, open_rounds: Rounds) -> RoundState:
    if one.confirmed_at:
        return RoundState.CONFIRMED
    if one.returned_at:
        return RoundState.RETURNED
    return RoundState.OPEN if open_rounds.get(one.point_id) is one else RoundState.OVERTAKEN


def _must_be_allowed(actor: Actor, step: Step, points: Sequence[RiskPoint], rounds: Rounds) -> None:
    reds = [point for point in points if _is_red(point)]
    if step is Step.CONFIRM and reds and not actor.may(CONFIRMS_RED):
        raise Forbidden(
            f"重大风险（红色）的风险点由主要负责人确认：{_named(reds)}。请先审核（step=review），再交主要负责人；或从本次选择中去掉。",
            code="red_is_the_principals",
        )
    wrong: dict[str, list[RiskPoint]] = {}
    for point in points:
        reviewed = point.id in rounds and rounds[point.id].reviewed_at is not None
        why = refusal(step, point.status, reviewed=reviewed, red=_is_red(point))
        if why:
            wrong.setdefault(why, []).append(point)
    if wrong:
        told = "".join(f"{_named(some)}（{some[0].status.label}）{why}。" for why, some in wrong.items())
        first = next(iter(wrong.values()))[0]
        facts = {"risk_point_id": str(first.id), "state": first.status}
        raise Conflict(f"不能{step.label}：{told}", code="wrong_status", facts=facts)


def _is_red(point: RiskPoint) -> bool:
    """Red by what is proposed or by what was confirmed last: also a fall from red is the principal's to confirm."""
    return governing_level(point.inherent_level, point.shown_level) is RiskLevel.RED


def _submit(actor: Actor, points: Sequence[RiskPoint], note: str) -> None:
    sources = sources_at(actor, [point.id for point in points])
    lacking = [(point, gap) for point in points for gap in not_identified(sources[point.id])]
    if lacking:
        told = "".join(f"{point.code} {point.name}：{gap.detail}" for point, gap in lacking[:NAMED_AT_MOST])
        more = f"共 {len(lacking)} 个风险点未完成。" if len(lacking) > NAMED_AT_MOST else ""
        raise Conflict(f"辨识评估没有完成，不能送审。{told}{more}", code="not_assessed")
    for point in points:
        inherent, shown = _proposed(sources[point.id])
        one = Confirmation(
            enterprise_id=actor.enterprise, id=new_id(), point_id=point.id, inherent_level=inherent, shown_level=shown,
            submitted_by=actor.id, submitted_at=now(), note=note,
        )  # fmt: skip
        session().add(one)
        point.status = Status.IN_REVIEW
        _tell(actor, "point.submitted", one, note)


def _proposed(sources: Sequence[SourceFacts]) -> tuple[RiskLevel | None, RiskLevel | None]:
    """What the sources come to, whatever was confirmed before: inherent and shown."""
    return worst(source.inherent for source in sources), worst(source.level for source in sources)


def _review(actor: Actor, points: Sequence[RiskPoint], rounds: Rounds, note: str) -> None:
    for point in points:
        one = rounds[point.id]
        one.reviewed_by, one.reviewed_at, one.note = actor.id, now(), note or one.note
        _tell(actor, "point.reviewed", one, note)


def _confirm(actor: Actor, points: Sequence[RiskPoint], rounds: Rounds, note: str) -> None:
    """The levels take effect: first the status, so that what was held no longer counts; then what is held from now."""
    unreviewed = [point for point in points if rounds[point.id].reviewed_at is None]
    _review(actor, unreviewed, rounds, note)
    for point in points:
        point.status = Status.CONFIRMED
    levels.settle(actor, points, because=f"{actor.name}确认了辨识评估结果，等级按确认结果生效")
    formerly = [(point, rounds[point.id].id, point.held_level) for point in points]
    for point in points:
        one = rounds[point.id]
        one.confirmed_by, one.confirmed_at, one.note = actor.id, now(), note or one.note
        one.inherent_level, one.shown_level = point.inherent_level, point.shown_level
        was = {"was_inherent": point.held_inherent_level, "was_shown": point.held_level}
        point.held_inherent_level, point.held_level = point.inherent_level, point.shown_level
        _tell(actor, "point.confirmed", one, note, **was)
    levels_confirmed(actor, formerly)


def _return(actor: Actor, points: Sequence[RiskPoint], rounds: Rounds, note: str) -> None:
    for point in points:
        one = rounds[point.id]
        one.returned_by, one.returned_at, one.note = actor.id, now(), note
        point.status = Status.DRAFT
        _tell(actor, "point.returned", one, note)


def _tell(actor: Actor, kind: str, one: Confirmation, note: str, **told: Any) -> None:
    data = {"round": str(one.id), "inherent": one.inherent_level, "shown": one.shown_level, "note": note, **told}
    events.append(actor.enterprise, kind, one.point_id, actor_id=actor.id, data=data)


def _named(points: Sequence[RiskPoint]) -> str:
    listed = "、".join(f"{point.code} {point.name}" for point in points[:NAMED_AT_MOST])
    return listed + (f"等 {len(points)} 个" if len(points) > NAMED_AT_MOST else "")
