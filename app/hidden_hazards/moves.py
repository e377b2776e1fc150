"""Moving a hidden hazard: the one door through which its state changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import update

from app.briefings.occasions import major_closed
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, FieldError, Forbidden, Invalid
from app.evidence.models import Purpose
from app.evidence.service import name_photos
from app.hidden_hazards import dating, grounds, refused_moves
from app.hidden_hazards.changes import CHANGES
from app.hidden_hazards.guards import ORDER_RECHECK_NEEDED, Situation
from app.hidden_hazards.lifecycle import (
    MOVES,
    Action,
    allowed_actions,
    is_given,
    lacks_right,
    missing_facts,
    refusal,
    surplus_facts,
)
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.overdue import because_of
from app.hidden_hazards.proof import record, row_of
from app.hidden_hazards.service import get_hazard, situations
from app.hidden_hazards.telling import tell_of
from app.hidden_hazards.terms import ENDED, Gravity, State
from app.reviews.models import ReviewKind
from app.reviews.service import open_review
from app.risks.levels import raise_level, release
from app.risks.models import RaiseKind

Facts = Mapping[str, Any]

PHOTOS_SHOW = {  # those of any other move show its grounds
    Action.STOP_WORK: Purpose.FOUND,
    Action.FIX_ON_THE_SPOT: Purpose.RECTIFIED,
    Action.SUBMIT: Purpose.RECTIFIED,
    Action.ACCEPT: Purpose.ACCEPTED,
    Action.ACCEPT_ENTRUSTED: Purpose.ACCEPTED,
    Action.PASS_RECHECK: Purpose.ACCEPTED,
    Action.DELIST: Purpose.ACCEPTED,
    Action.RESUME_WORK: Purpose.ACCEPTED,
}
ENDED_AT = {State.CLOSED: "closed_at", State.DISMISSED: "dismissed_at", State.DUPLICATE: "dismissed_at"}


@dataclass(frozen=True)
class Asked:
    """A move as it arrived."""

    action: Action
    version: int
    client_at: datetime | None
    facts: Facts
    move_id: UUID | None


def move(
    actor: Actor,
    hazard_id: UUID,
    *,
    action: Action,
    version: int,
    client_at: datetime | None,
    facts: Facts,
    move_id: UUID | None = None,
    recheck_id: UUID | None = None,
) -> HiddenHazard:
    """Make one move of the table. One conditional UPDATE decides between two at once.

    Raises NotFound, Forbidden for who may not, Conflict with what is allowed for a wrong state or a stale version (the
    move is then kept as a refused one), Invalid for facts that are missing, surplus or wrong.
    """
    asked = Asked(action, version, client_at, facts, move_id)
    hazard = get_hazard(actor, hazard_id)
    facts = dating.with_standing(hazard, action, facts)
    situation = replace(situations(actor, [hazard])[hazard_id], by_recheck=recheck_id is not None)
    if hazard.version != version or refusal(action, situation, facts):
        _refuse(actor, hazard, situation, asked)
    _check_facts(hazard, action, facts)
    before = row_of(hazard)
    changes = CHANGES[action](actor, hazard, {**facts, "client_at": client_at})
    after = MOVES[action].state_after(situation)
    if after in ENDED and after is not hazard.state:
        changes[ENDED_AT[after]] = now()
        if situation.listed:  # what the regulator ends he takes off his board too
            changes.setdefault("delisted_at", now())
    was = {name: getattr(hazard, name) for name, value in changes.items() if getattr(hazard, name) != value}
    if not _written(hazard, {**changes, "state": after}):
        session().refresh(hazard)
        _refuse(actor, hazard, situation, asked)
    if facts.get("photos"):
        photos = grounds.to_name(actor, hazard, action, facts["photos"])
        name_photos(actor, hazard_id, photos, purpose=shown_by(action))
    data = {
        "from": situation.state,
        "to": after,
        **recorded(facts),
        **({"was": recorded(was)} if recorded(was) else {}),
        **({"counts_as_extension": True} if action is Action.ASSIGN and "extensions" in was else {}),
        **({"recheck_id": str(recheck_id)} if recheck_id else {}),
    }
    session().refresh(hazard)
    record(actor, hazard, f"hidden_hazard.{action}", before=before, data=data, client_at=client_at)
    _tell_risks(actor, hazard, was)
    tell_of(actor, hazard, action, asked_by=situation.extension_asked_by)
    return hazard


def _written(hazard: HiddenHazard, changes: dict[str, Any]) -> bool:
    """Write the changes if nobody has moved it since it was read: of two at once one does."""
    done = session().execute(
        update(HiddenHazard)
        .where(
            HiddenHazard.enterprise_id == hazard.enterprise_id,
            HiddenHazard.id == hazard.id,
            HiddenHazard.state == hazard.state,
            HiddenHazard.version == hazard.version,
        )
        .values(version=hazard.version + 1, **changes)
        .execution_options(synchronize_session="fetch")
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _refuse(actor: Actor, hazard: HiddenHazard, situation: Situation, asked: Asked) -> NoReturn:
    lacking = lacks_right(asked.action, situation, asked.facts)
    if lacking:
        raise Forbidden(lacking)
    why = refusal(asked.action, situation, asked.facts)
    stale = hazard.version != asked.version or not why
    own = why == ORDER_RECHECK_NEEDED
    if stale:
        why = f"{hazard.code} 的版本不符：现为“{hazard.state.label}”，版本 {hazard.version}，请刷新后再操作。"
    kept_id = refused_moves.keep(
        actor,
        hazard,
        move_id=asked.move_id,
        action=asked.action,
        version=asked.version,
        client_at=asked.client_at,
        facts=recorded(asked.facts),
        why=why,
    )
    raise Conflict(
        f"{why}这次操作的内容已原样留存，可在该隐患“未生效的操作”中查看。",
        code="stale_version" if stale else "order_recheck_needed" if own else "wrong_state",
        facts={
            "state": hazard.state,
            "version": hazard.version,
            "allowed_actions": allowed_actions(situation),
            "refused_move_id": str(kept_id),
        },
    )


def _check_facts(hazard: HiddenHazard, action: Action, facts: Facts) -> None:
    gravity = facts.get("gravity") or hazard.gravity
    label = MOVES[action].label
    wrong = [FieldError(f"/{name}", f"{label}时必填，请补上。") for name in missing_facts(action, gravity, facts)]
    wrong += [FieldError(f"/{name}", f"{label}时没有这一项。") for name in surplus_facts(action, gravity, facts)]
    if wrong:
        raise Invalid(f"{label}所需的内容不符合要求，请按 errors 逐项改正。", errors=wrong)


def shown_by(action: Action) -> Purpose:
    """What the photos of a move are to show."""
    return PHOTOS_SHOW.get(action, Purpose.GROUNDS)


def recorded(facts: Facts) -> dict[str, Any]:
    """The facts of a move as its event keeps them."""
    return {name: _plain(value) for name, value in facts.items() if is_given(facts, name)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _tell_risks(actor: Actor, hazard: HiddenHazard, was: Facts) -> None:
    """An open major hidden hazard raises what its point shows now and opens a review; its end lets go.

    So does its lowering; one that is raised later or reopened raises again.
    """
    because = f"hidden_hazard:{hazard.id}"
    if hazard.point_id is None or not {"gravity", "closed_at", "dismissed_at"} & set(was):
        return
    if hazard.state in ENDED:
        for raised in (because, because_of(hazard.id)):
            release(actor, because=raised, reason=f"隐患 {hazard.code} {hazard.state.label}")
        if hazard.state is State.CLOSED and hazard.gravity is Gravity.MAJOR:
            _tell_people(actor, hazard, hazard.point_id)
    elif hazard.gravity is Gravity.MAJOR:
        reason = f"存在未销号的重大隐患 {hazard.code}"
        raise_level(actor, hazard.point_id, because=because, kind=RaiseKind.MAJOR, reason=reason)
        reason = f"重大隐患 {hazard.code}：{hazard.description}"[:300]
        open_review(actor, hazard.point_id, kind=ReviewKind.MAJOR_HAZARD, because=because, reason=reason)
    elif was.get("gravity") is Gravity.MAJOR:
        release(actor, because=because, reason=f"隐患 {hazard.code} 改定为{Gravity.GENERAL.label}")


def _tell_people(actor: Actor, hazard: HiddenHazard, point_id: UUID) -> None:
    """The people of the point sign that they know; one that was reopened is told of again when it closes again."""
    major_closed(
        actor, point_id, key=f"hidden_hazard:{hazard.id}:{hazard.version}", code=hazard.code,
        description=hazard.description, measures=hazard.measures,
    )  # fmt: skip
