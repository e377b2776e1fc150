"""Who is told of a move: the person whose turn it now is, and those who handle the hidden hazard.

Nobody is told of what he did himself. A general one is handled by the leaders of its unit and the safety managers, a
major one by the safety managers and the principal; where there is none of them the principal is told.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.policy import Role
from app.core.actor import Actor
from app.core.clock import local_text
from app.core.db import session
from app.enterprises.models import OrgUnit
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.major import is_listed
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity, Source, State
from app.hidden_hazards.tiers import regulators_of
from app.messages.service import tell
from app.risks.models import RiskPoint

# Told to the rectifier, and of an answer to whoever asked too.
TO_THE_RECTIFIER = {
    Action.ASSIGN: "请整改：{code}",
    Action.HAND_OVER: "移交给您整改：{code}",
    Action.REVISE_PLAN: "治理方案已修订：{code}",
    Action.REJECT: "验收不通过，请继续整改：{code}",
    Action.FAIL_RECHECK: "复查不通过，请继续整改：{code}",
    Action.FAIL_REVIEW: "核查不通过，请继续整改：{code}",
    Action.GRANT_EXTENSION: "延期申请已同意：{code}",
    Action.REFUSE_EXTENSION: "延期申请未同意：{code}",
}
TO_THE_HANDLERS = {
    Action.STOP_WORK: "已停止作业（撤人、停用）：{code}",
    Action.FIX_ON_THE_SPOT: "已即查即改，请验收：{code}",
    Action.SUBMIT: "整改已提交，请验收：{code}",
    Action.ASK_EXTENSION: "申请延期，请答复：{code}",
}
HANDLERS = {
    Gravity.GENERAL: (Role.LEADER, Role.SAFETY_MANAGER),
    Gravity.MAJOR: (Role.SAFETY_MANAGER, Role.PRINCIPAL),
}
TO_THE_REGULATORS = {  # by what the move leads to, for those a regulator has to decide or watch
    "review": "挂牌督办的隐患已验收，请核查摘牌：{code}",
    "recheck": "政府检查发现的隐患已提交整改，请复查：{code}",
    "extension": "申请延期，请监管部门答复：{code}",
    "reopened": "挂牌督办过的隐患重新打开，恢复挂牌：{code}",
}
EVERY_HANDLER = (Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL)


def tell_of(actor: Actor, hazard: HiddenHazard, action: Action, *, asked_by: UUID | None) -> None:
    """Tell of one move of a hidden hazard as it now stands; `asked_by` asked for the extension that was waiting."""
    _tell_regulators(actor, hazard, action)
    if action in TO_THE_RECTIFIER:
        answers = action in (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION)
        told, title = {hazard.rectifier_id, asked_by if answers else None}, TO_THE_RECTIFIER[action]
    elif action in TO_THE_HANDLERS:
        roles = EVERY_HANDLER if action is Action.STOP_WORK else HANDLERS[hazard.gravity or Gravity.GENERAL]
        told, title = {*handlers_of(hazard, roles)}, TO_THE_HANDLERS[action]
    else:
        return
    due = f"，期限 {local_text(hazard.deadline_at)}" if hazard.deadline_at else ""
    tell(
        actor,
        {person for person in told if person} - {actor.id},
        kind=f"hidden_hazard.{action}",
        key=f"{action}:{hazard.id}:{hazard.version}",
        title=title.format(code=hazard.code),
        text=f"{hazard.place}：{hazard.description}{due}",
        subject_kind="hidden_hazard",
        subject_id=hazard.id,
    )


def _tell_regulators(actor: Actor, hazard: HiddenHazard, action: Action) -> None:
    """Tell the people of the offices over the enterprise what now waits for them."""
    why = _for_regulators(hazard, action)
    if not why:
        return
    tell(
        actor,
        {*regulators_of(actor)} - {actor.id},
        kind=f"hidden_hazard.{action}",
        key=f"{action}:{hazard.id}:{hazard.version}:regulator",
        title=TO_THE_REGULATORS[why].format(code=hazard.code),
        text=f"{hazard.place}：{hazard.description}",
        subject_kind="hidden_hazard",
        subject_id=hazard.id,
    )


def _for_regulators(hazard: HiddenHazard, action: Action) -> str:
    """What of a move is the regulators' to know, as TO_THE_REGULATORS names it; empty when nothing is."""
    government = hazard.source is Source.GOVERNMENT
    if hazard.state is State.PENDING_REVIEW and action not in (Action.STOP_WORK, Action.ADD_EVIDENCE):
        return "review"
    if government and action in (Action.SUBMIT, Action.FIX_ON_THE_SPOT):
        return "recheck"
    if action is Action.ASK_EXTENSION and (government or is_listed(hazard)):
        return "extension"
    return "reopened" if action is Action.REOPEN and is_listed(hazard) else ""


def tell_assigned(actor: Actor, hazards: Collection[HiddenHazard], rectifier_id: UUID, *, key: str) -> None:
    """Tell a rectifier once of all that was assigned to him together."""
    codes = "、".join(hazard.code for hazard in hazards)
    due = local_text(max(hazard.deadline_at for hazard in hazards if hazard.deadline_at))
    told = {rectifier_id} - {actor.id}
    title = f"请整改：{len(hazards)} 项隐患，期限 {due}"
    tell(actor, told, kind="hidden_hazard.assign", key=key, title=title, text=codes, subject_kind="hidden_hazards")


def handlers_of(hazard: HiddenHazard, roles: Collection[Role]) -> list[UUID]:
    """The people of these roles, leaders only of the point's own unit; the principals where there is nobody else."""
    path = _unit_path(hazard) or ""
    people = (
        session()
        .execute(
            select(User.id, User.role, OrgUnit.path)
            .outerjoin(OrgUnit, (OrgUnit.enterprise_id == User.enterprise_id) & (OrgUnit.id == User.unit_id))
            .where(
                User.enterprise_id == hazard.enterprise_id,
                User.role.in_((*roles, Role.PRINCIPAL)),
                User.disabled_at.is_(None),
            )
        )
        .all()
    )
    fitting = [one.id for one in people if one.role in roles and (one.role != Role.LEADER or _leads(one.path, path))]
    return fitting or [one.id for one in people if one.role == Role.PRINCIPAL]


def _leads(unit_path: str | None, path: str) -> bool:
    return bool(unit_path) and path.startswith(str(unit_path))


def _unit_path(hazard: HiddenHazard) -> str | None:
    """The path of the unit that answers for the point."""
    return session().scalar(
        select(OrgUnit.path)
        .join(RiskPoint, (RiskPoint.enterprise_id == OrgUnit.enterprise_id) & (RiskPoint.unit_id == OrgUnit.id))
        .where(RiskPoint.enterprise_id == hazard.enterprise_id, RiskPoint.id == hazard.point_id)
    )
