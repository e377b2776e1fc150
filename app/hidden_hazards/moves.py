"""Moving a hidden hazard: the one door through which its state changes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.accounts.service import working_person
from app.core import afterwards, events
from app.core.actor import Actor
from app.core.clock import LOCAL, now
from app.core.db import session
from app.core.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field
from app.evidence.models import Purpose
from app.evidence.service import name_photos
from app.hidden_hazards.lifecycle import (
    MOVES,
    Action,
    Gravity,
    Situation,
    allowed_actions,
    lacks_right,
    missing_facts,
    refusal,
    surplus_facts,
)
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.overdue import because_of
from app.hidden_hazards.service import get_hazard, situations
from app.reviews.models import ReviewKind
from app.reviews.service import open_review
from app.risks.levels import raise_level, release
from app.risks.models import RaiseKind

Facts = Mapping[str, Any]

PHOTOS_SHOW = {
    Action.DISMISS: Purpose.GROUNDS,
    Action.FIX_ON_THE_SPOT: Purpose.RECTIFIED,
    Action.SUBMIT: Purpose.RECTIFIED,
    Action.REJECT: Purpose.GROUNDS,
    Action.FAIL_RECHECK: Purpose.GROUNDS,
}


def move(
    actor: Actor, hazard_id: UUID, *, action: Action, version: int, client_at: datetime | None, facts: Facts
) -> HiddenHazard:
    """Make one move of the table. One conditional UPDATE decides between two at once.

    Raises NotFound, Forbidden for who may not, Conflict with what is allowed for a wrong state or a stale version,
    Invalid for facts that are missing, surplus or wrong.
    """
    hazard = get_hazard(actor, hazard_id)
    situation = situations(actor, [hazard])[hazard_id]
    if hazard.version != version or refusal(action, situation, facts):
        _refuse(hazard, action, version, situation, facts)
    _check_facts(actor, hazard, action, facts)
    changes = CHANGES[action](actor, hazard, facts)
    done = session().execute(
        update(HiddenHazard)
        .where(
            HiddenHazard.enterprise_id == actor.enterprise,
            HiddenHazard.id == hazard_id,
            HiddenHazard.state == hazard.state,
            HiddenHazard.version == version,
        )
        .values(state=MOVES[action].reaches, version=version + 1, **changes)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _stale(hazard, situation)
    if facts.get("photos"):
        name_photos(actor, hazard_id, facts["photos"], purpose=PHOTOS_SHOW[action])
    data = {"from": situation.state, "to": MOVES[action].reaches, **_recorded(facts)}
    events.append(
        actor.enterprise, f"hidden_hazard.{action}", hazard_id, actor_id=actor.id, data=data, client_at=client_at
    )
    session().refresh(hazard)
    _tell_risks(actor, hazard, action)
    return hazard


def _graded(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    return {"gravity": facts["gravity"], "criteria": facts.get("criteria")}


def _assigned(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    working_person(actor, facts["rectifier_id"], field="/rectifier_id")
    if facts["deadline_at"] <= now():
        raise invalid_field("/deadline_at", "整改期限应晚于现在。")
    report = facts.get("dual_report")
    if report and max(report.values()) > now():
        raise invalid_field("/dual_report", "双报告的时间不能晚于现在，请在报告后填写。")
    return {
        "rectifier_id": facts["rectifier_id"],
        "deadline_at": facts["deadline_at"],
        "original_deadline_at": facts["deadline_at"],
        "treatment_plan": facts.get("treatment_plan"),
        "dual_report": {name: at.isoformat() for name, at in report.items()} if report else None,
    }


def _fixed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """On the spot: general by nature, due by the end of the day it was found on or fixed on."""
    deadline = hazard.deadline_at or _end_of_day(now())
    return {
        "gravity": hazard.gravity or Gravity.GENERAL,
        "rectifier_id": actor.id,
        "deadline_at": deadline,
        "original_deadline_at": hazard.original_deadline_at or deadline,
        **_submitted(actor, hazard, facts),
    }


def _submitted(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    return {"submitted_at": now(), "measures": facts["measures"], "cost": facts.get("cost")}


def _closed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    return {"closed_at": now(), "accepted_by": actor.id}


def _rejected(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    return {"rejections": hazard.rejections + 1, "submitted_at": None}


def _dismissed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    return {"dismissed_at": now()}


CHANGES: dict[Action, Callable[[Actor, HiddenHazard, Facts], dict[str, Any]]] = {
    Action.GRADE: _graded,
    Action.DISMISS: _dismissed,
    Action.ASSIGN: _assigned,
    Action.FIX_ON_THE_SPOT: _fixed,
    Action.SUBMIT: _submitted,
    Action.ACCEPT: _closed,
    Action.REJECT: _rejected,
    Action.PASS_RECHECK: _closed,
    Action.FAIL_RECHECK: _rejected,
}


def _refuse(hazard: HiddenHazard, action: Action, version: int, situation: Situation, facts: Facts) -> None:
    lacking = lacks_right(action, situation, facts)
    if lacking:
        raise Forbidden(lacking)
    afterwards.note(
        "move.refused", actor_id=situation.actor_id, enterprise_id=str(hazard.enterprise_id),
        hazard_id=str(hazard.id), action=action, version=version, state=hazard.state, facts=_recorded(facts),
    )  # fmt: skip
    if hazard.version != version:
        raise _stale(hazard, situation)
    raise Conflict(refusal(action, situation, facts), code="wrong_state", facts=_standing(hazard, situation))


def _stale(hazard: HiddenHazard, situation: Situation) -> Conflict:
    return Conflict(
        f"{hazard.code} 的版本不符：现为“{hazard.state.label}”，版本 {hazard.version}，请刷新后再操作。",
        code="stale_version",
        facts=_standing(hazard, situation),
    )


def _standing(hazard: HiddenHazard, situation: Situation) -> dict[str, Any]:
    return {"state": hazard.state, "version": hazard.version, "allowed_actions": allowed_actions(situation)}


def _check_facts(actor: Actor, hazard: HiddenHazard, action: Action, facts: Facts) -> None:
    gravity = facts.get("gravity") or hazard.gravity
    label = MOVES[action].label
    wrong = [FieldError(f"/{name}", f"{label}时必填，请补上。") for name in missing_facts(action, gravity, facts)]
    wrong += [FieldError(f"/{name}", f"{label}时没有这一项。") for name in surplus_facts(action, gravity, facts)]
    if wrong:
        raise Invalid(f"{label}所需的内容不符合要求，请按 errors 逐项改正。", errors=wrong)


def _recorded(facts: Facts) -> dict[str, Any]:
    """The facts of a move as its event keeps them."""
    return {name: _plain(value) for name, value in facts.items() if value not in (None, "", [], ())}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, int) else value.isoformat() if isinstance(value, datetime) else str(value)


def _tell_risks(actor: Actor, hazard: HiddenHazard, action: Action) -> None:
    """An open major hidden hazard raises what its point shows now and opens a review; its end lets go."""
    if hazard.point_id is None:
        return
    because = f"hidden_hazard:{hazard.id}"
    if action is Action.GRADE and hazard.gravity is Gravity.MAJOR:
        reason = f"存在未销号的重大隐患 {hazard.code}"
        raise_level(actor, hazard.point_id, because=because, kind=RaiseKind.MAJOR, reason=reason)
        reason = f"重大隐患 {hazard.code}：{hazard.description}"[:300]
        open_review(actor, hazard.point_id, kind=ReviewKind.MAJOR_HAZARD, because=because, reason=reason)
    elif action in (Action.ACCEPT, Action.PASS_RECHECK, Action.DISMISS):
        for raised in (because, because_of(hazard.id)):
            release(actor, because=raised, reason=f"隐患 {hazard.code} {hazard.state.label}")


def _end_of_day(moment: datetime) -> datetime:
    midnight = moment.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
