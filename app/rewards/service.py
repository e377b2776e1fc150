"""What may happen to rewards: proposed, decided by another, paid. Internal and public ones are never added together.

One hidden hazard earns each kind once, and only its first report does: a duplicate is refused, naming the original.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import LOCAL, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, invalid_field
from app.core.ids import new_id
from app.core.rows import own
from app.hidden_hazards.models import HiddenHazard
from app.messages.service import tell
from app.public_reports import receipts
from app.public_reports.models import PublicReport
from app.rewards.deserving import must_be_its_report, must_be_the_only, must_be_the_original, receiver
from app.rewards.models import Reward, RewardKind, RewardState


def propose(
    actor: Actor,
    *,
    hazard_id: UUID,
    kind: RewardKind,
    amount: Decimal,
    reason: str,
    person_id: UUID | None = None,
    report_id: UUID | None = None,
) -> Reward:
    """Propose a reward for the first report of a hidden hazard; of an internal one the finder gets it by default.

    Raises Conflict (reward_duplicate) for what is rewarded already or reported later, Invalid for a wrong receiver.
    """
    hazard = own(actor, HiddenHazard, hazard_id, field="/hazard_id", absent="本企业没有这项隐患，请核对。")
    must_be_the_original(actor, hazard, kind)
    must_be_the_only(actor, hazard, kind)
    if kind is RewardKind.INTERNAL:
        person_id = receiver(actor, hazard, person_id, report_id)
    else:
        must_be_its_report(actor, hazard, report_id, person_id)
    reward = Reward(
        enterprise_id=actor.enterprise, id=new_id(), hazard_id=hazard_id, kind=kind, amount=amount, reason=reason,
        person_id=person_id, report_id=report_id, state=RewardState.PROPOSED, proposed_by=actor.id, proposed_at=now(),
    )  # fmt: skip
    session().add(reward)
    data = {"hazard_id": str(hazard_id), "hazard": hazard.code, "kind": kind, "amount": str(amount), "reason": reason}
    to = {"person_id": str(person_id)} if person_id else {"report_id": str(report_id)}
    events.append(actor.enterprise, "reward.proposed", reward.id, actor_id=actor.id, data={**data, **to})
    return reward


def approve(actor: Actor, reward_id: UUID, *, opinion: str = "") -> Reward:
    """Approve a proposed reward. Raises Forbidden for its proposer or receiver, Conflict when it is decided.

    Raises Conflict (reward_duplicate) when its hidden hazard has turned out to be another's duplicate, or none at all.
    """
    reward = _in_state(actor, reward_id, RewardState.PROPOSED)
    if actor.id == reward.proposed_by:
        raise Forbidden("不能批准自己提出的奖励，请由他人批准。", code="second_person")
    _must_not_be_mine(actor, reward)
    must_be_the_original(actor, own(actor, HiddenHazard, reward.hazard_id), reward.kind)
    return _decide(actor, reward, RewardState.APPROVED, opinion)


def refuse(actor: Actor, reward_id: UUID, *, opinion: str) -> Reward:
    """Refuse a proposed reward, or withdraw one's own proposal. Raises Conflict when it is decided."""
    reward = _in_state(actor, reward_id, RewardState.PROPOSED)
    return _decide(actor, reward, RewardState.REFUSED, opinion)


def pay(actor: Actor, reward_id: UUID, *, voucher: str, receipt: str | None = None) -> Reward:
    """Note that an approved reward was paid, with its voucher; a public one to whoever shows the report's receipt.

    Raises Conflict when it is not approved, Forbidden for its receiver, Invalid for a wrong receipt.
    """
    reward = _in_state(actor, reward_id, RewardState.APPROVED)
    _must_not_be_mine(actor, reward)
    if reward.report_id:
        report = own(actor, PublicReport, reward.report_id)
        if receipts.kept(receipts.as_read(receipt or "")) != report.receipt_hash:
            raise invalid_field("/receipt", "回执码与这条举报不符，请领取人出示提交举报时得到的回执码。")
    elif receipt is not None:
        raise invalid_field("/receipt", "内部奖励不用回执码，请删去。")
    reward.state, reward.paid_at, reward.voucher = RewardState.PAID, now(), voucher
    events.append(actor.enterprise, "reward.paid", reward.id, actor_id=actor.id, data={"voucher": voucher})
    _tell(actor, reward)
    return reward


def list_rewards(
    actor: Actor,
    *,
    kind: RewardKind | None = None,
    state: RewardState | None = None,
    person_id: UUID | None = None,
    hazard_id: UUID | None = None,
    proposed_from: date | None = None,
    proposed_to: date | None = None,
) -> Select[Reward]:
    """The rewards of the enterprise, newest first."""
    statement = select(Reward).where(Reward.enterprise_id == actor.enterprise)
    equal = {"kind": kind, "state": state, "person_id": person_id, "hazard_id": hazard_id}
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(Reward, name) == value)
    if proposed_from:
        statement = statement.where(Reward.proposed_at >= datetime.combine(proposed_from, time(), LOCAL))
    if proposed_to:
        statement = statement.where(
            Reward.proposed_at < datetime.combine(proposed_to + timedelta(days=1), time(), LOCAL)
        )
    return statement.order_by(Reward.proposed_at.desc(), Reward.id.desc())


def sums(actor: Actor, **filters: Any) -> list[dict[str, Any]]:
    """Each kind apart: how many rewards are in each state, and how much they come to."""
    count: dict[tuple[RewardKind, RewardState], int] = defaultdict(int)
    amount: dict[tuple[RewardKind, RewardState], Decimal] = defaultdict(Decimal)
    chosen = list_rewards(actor, **filters).with_only_columns(Reward.kind, Reward.state, Reward.amount)
    for row in session().execute(chosen):
        count[row.kind, row.state] += 1
        amount[row.kind, row.state] += row.amount
    return [
        {
            "kind": kind,
            "states": [
                {"state": state, "count": count[kind, state], "amount": amount[kind, state]} for state in RewardState
            ],
        }
        for kind in RewardKind
    ]


def shown(actor: Actor, rewards: list[Reward]) -> list[dict[str, Any]]:
    """Rewards with the codes of their hidden hazards: one query however many there are."""
    codes = select(HiddenHazard.id, HiddenHazard.code).where(
        HiddenHazard.enterprise_id == actor.enterprise,
        HiddenHazard.id.in_({reward.hazard_id for reward in rewards}),
    )
    named = {row.id: row.code for row in session().execute(codes)}
    return [{"reward": reward, "hazard_code": named[reward.hazard_id]} for reward in rewards]


def of_report(report: PublicReport) -> list[Reward]:
    """What the reward of a report without an account has come to, for whoever holds its receipt."""
    found = select(Reward).where(Reward.enterprise_id == report.enterprise_id, Reward.report_id == report.id)
    return list(session().scalars(found.order_by(Reward.proposed_at)))


def _in_state(actor: Actor, reward_id: UUID, state: RewardState) -> Reward:
    reward = own(actor, Reward, reward_id)
    if reward.state is not state:
        text = f"这笔奖励{reward.state.label}，只有{state.label}的可以这样办理。"
        raise Conflict(text, code="reward_decided", facts={"state": reward.state})
    return reward


def _must_not_be_mine(actor: Actor, reward: Reward) -> None:
    if actor.id == reward.person_id:
        raise Forbidden("不能批准或发放给自己的奖励，请由他人办理。", code="second_person")


def _decide(actor: Actor, reward: Reward, state: RewardState, opinion: str) -> Reward:
    reward.state, reward.opinion, reward.decided_by, reward.decided_at = state, opinion, actor.id, now()
    data = {"opinion": opinion} if opinion else {}
    events.append(actor.enterprise, f"reward.{state}", reward.id, actor_id=actor.id, data=data)
    _tell(actor, reward)
    return reward


def _tell(actor: Actor, reward: Reward) -> None:
    """Tell whoever is rewarded; whoever reported without an account sees it by the receipt."""
    if reward.person_id and reward.state in (RewardState.APPROVED, RewardState.PAID):
        code = own(actor, HiddenHazard, reward.hazard_id).code
        tell(
            actor, [reward.person_id], kind=f"reward.{reward.state}", key=f"reward:{reward.id}:{reward.state}",
            title=f"您报告隐患 {code} 的奖励{reward.state.label}", text=f"金额 {reward.amount} 元。",
            subject_kind="reward", subject_id=reward.id,
        )  # fmt: skip
