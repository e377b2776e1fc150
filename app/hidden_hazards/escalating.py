"""What time alone does: a hidden hazard still open past its deadline is told up the tiers, last to the regulator.

The steps are a rule of the enterprise. Each step of a deadline is taken once; a deadline that was extended begins anew.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import reading, session
from app.core.ids import new_id
from app.core.ticking import each_enterprise
from app.hidden_hazards.models import Escalation, HiddenHazard
from app.hidden_hazards.service import get_hazard, is_late
from app.hidden_hazards.terms import Gravity
from app.hidden_hazards.tiers import Tiers, tiers_of
from app.messages.service import tell
from app.risks.models import RiskRules
from app.risks.rules import EscalatedTo, rules_with

ESCALATED = "hidden_hazard.escalated"
WHAT_NEXT = {
    EscalatedTo.TEAM: "请立即整改并提交；整改完成前落实临时管控措施，危及安全的停止作业。",
    EscalatedTo.WORKSHOP: "请督促责任单位立即整改，并核实临时管控措施。",
    EscalatedTo.COMPANY: "请公司协调人员、资金和停产条件，尽快完成整改。",
    EscalatedTo.REGULATOR: "企业各级均已收到提醒，仍未完成整改，请予督办。",
}
Steps = list[tuple[int, EscalatedTo]]


def escalate_overdue() -> int:
    """Take every step that is due; in how many enterprises.

    One read finds what is to do in all enterprises; each enterprise is then written in its own transaction.
    """
    with reading():
        waiting = sorted(_due())
    return each_enterprise(waiting, escalate_overdue_of)


def escalate_overdue_of(actor: Actor) -> None:
    """The same for one enterprise, in the transaction that is open."""
    due = _due(actor.enterprise).get(actor.enterprise, {})
    if not due:
        return
    found = select(HiddenHazard).where(HiddenHazard.enterprise_id == actor.enterprise, HiddenHazard.id.in_(due))
    hazards = session().scalars(found.order_by(HiddenHazard.code)).all()
    tiers = tiers_of(actor, hazards)
    for hazard in hazards:
        for step, to in due[hazard.id]:
            _escalate(actor, hazard, step, to, tiers)


def list_escalations(actor: Actor, hazard_id: UUID) -> Select[Escalation]:
    """The steps taken for a hidden hazard, oldest first. Raises NotFound for one that is not the enterprise's."""
    get_hazard(actor, hazard_id)
    return (
        select(Escalation)
        .where(Escalation.enterprise_id == actor.enterprise, Escalation.hazard_id == hazard_id)
        .order_by(Escalation.at, Escalation.deadline_at, Escalation.step)
    )


def _escalate(actor: Actor, hazard: HiddenHazard, step: int, to: EscalatedTo, tiers: Tiers) -> None:
    deadline: datetime = hazard.deadline_at  # type: ignore[assignment]  # it is late, so it has one
    session().add(
        Escalation(
            enterprise_id=actor.enterprise, id=new_id(), hazard_id=hazard.id, deadline_at=deadline, step=step, to=to,
            at=now(),
        )
    )  # fmt: skip
    data = {"step": step, "to": to, "deadline_at": deadline.isoformat()}
    events.append(actor.enterprise, ESCALATED, hazard.id, actor_id=actor.id, data=data)
    gravity = hazard.gravity.label if hazard.gravity else "隐患"
    text = (
        f"{gravity} {hazard.code}（{hazard.place}）：{hazard.description[:300]}。整改期限 {local_text(deadline)}，"
        f"已逾期 {_lasting(deadline)}。{WHAT_NEXT[to]}"
    )
    tell(
        actor, tiers.told(hazard, to), kind=ESCALATED, key=f"escalated:{hazard.id}:{deadline.isoformat()}:{step}",
        title=f"{gravity} {hazard.code} 逾期未整改，报{to.label}", text=text, subject_kind="hidden_hazard",
        subject_id=hazard.id, data={"code": hazard.code, **data},
    )  # fmt: skip


def _lasting(deadline: datetime) -> str:
    hours = int((now() - deadline).total_seconds() // 3600)
    return f"{hours // 24} 天" if hours >= 24 else f"{hours} 小时" if hours else "不到 1 小时"


def _due(enterprise_id: UUID | None = None) -> dict[UUID, dict[UUID, Steps]]:
    """By enterprise and hidden hazard: the steps whose time has come and that were not taken."""
    last = (
        select(func.max(Escalation.step))
        .where(
            Escalation.enterprise_id == HiddenHazard.enterprise_id,
            Escalation.hazard_id == HiddenHazard.id,
            Escalation.deadline_at == HiddenHazard.deadline_at,
        )
        .scalar_subquery()
    )
    late = (
        select(
            HiddenHazard.enterprise_id, HiddenHazard.id, HiddenHazard.gravity, HiddenHazard.deadline_at,
            RiskRules.settled, last.label("last"),
        )
        .outerjoin(RiskRules, RiskRules.enterprise_id == HiddenHazard.enterprise_id)
        .where(*is_late())
    )  # fmt: skip
    if enterprise_id:
        late = late.where(HiddenHazard.enterprise_id == enterprise_id)
    found: dict[UUID, dict[UUID, Steps]] = {}
    for row in session().execute(late):
        steps = rules_with(row.settled or {}).escalation(major=row.gravity is Gravity.MAJOR)
        first = 0 if row.last is None else row.last + 1
        due = [(place, to) for place, (after, to) in enumerate(steps) if place >= first]
        due = [(place, to) for place, to in due if now() >= row.deadline_at + steps[place][0]]
        if due:
            found.setdefault(row.enterprise_id, {})[row.id] = due
    return found
