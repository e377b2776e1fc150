"""Where rewards are proposed, decided and paid."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, Routes
from app.core.paging import page_of
from app.public_reports.visiting import with_receipt
from app.rewards import schemas as wire
from app.rewards import service
from app.rewards.models import Reward

routes = Routes("rewards")
KEEP = "reward:keep"


@routes.create("/rewards", KEEP, body=wire.RewardIn, answer=wire.RewardOut, refuses=(409,))
def propose(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """提出一笔奖励：内部报告奖励或举报奖励；重复的隐患不奖励，回答 409 并指明先报告的隐患和它的奖励。"""
    return _shown(actor, service.propose(actor, **body))


@routes.read("/rewards", KEEP, query=wire.RewardFilter, answer=wire.RewardOut, paged=True)
def list_rewards(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出奖励台账，最新的在前。"""
    page = page_of(service.list_rewards(actor, **query), **paging)
    return {**page, "items": service.shown(actor, page["items"])}


@routes.read("/rewards/sums", KEEP, query=wire.RewardFilter, answer=wire.SumsOut)
def show_sums(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """奖励的笔数和金额，内部奖励与举报奖励分开合计。"""
    return {"kinds": service.sums(actor, **query)}


@routes.act("/rewards/<uuid:reward_id>/approval", KEEP, body=wire.ApprovalIn, answer=wire.RewardOut, refuses=(409,))
def approve(actor: Actor, reward_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """批准一笔奖励；提出人和获奖人不能批准。"""
    return _shown(actor, service.approve(actor, reward_id, **body))


@routes.act("/rewards/<uuid:reward_id>/refusal", KEEP, body=wire.RefusalIn, answer=wire.RewardOut, refuses=(409,))
def refuse(actor: Actor, reward_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """不予奖励，或撤回提出的奖励，写明理由。"""
    return _shown(actor, service.refuse(actor, reward_id, **body))


@routes.act("/rewards/<uuid:reward_id>/payment", KEEP, body=wire.PaymentIn, answer=wire.RewardOut, refuses=(409,))
def pay(actor: Actor, reward_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """登记一笔奖励已发放及凭证号；举报奖励须由领取人出示回执码。"""
    return _shown(actor, service.pay(actor, reward_id, **body))


@routes.read("/reports/rewards", PUBLIC, within=ANYWHERE, receipt=True, answer=wire.OwedListOut, refuses=(404, 429))
def follow_rewards(receipt: str) -> dict[str, Any]:
    """凭回执码查看这条举报的奖励。"""
    return {"items": service.of_report(with_receipt(receipt))}


def _shown(actor: Actor, reward: Reward) -> dict[str, Any]:
    return service.shown(actor, [reward])[0]
