"""Where reviews, changes and what is due are reached."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.reviews import schemas as wire
from app.reviews import service
from app.reviews.models import Change, Review
from app.risks.models import RiskPoint
from app.risks.schemas import MergerIn, RiskPointOut

routes = Routes("reviews")


@routes.read("/changes", "point:see", answer=wire.ChangeOut, paged=True)
def list_changes(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出已登记的变更，新的在前。"""
    return page_of(service.list_changes(actor), **paging)


@routes.create("/changes", "risk:identify", body=wire.ChangeIn, answer=wire.ChangeOut, refuses=(409,))
def record_change(actor: Actor, body: dict[str, Any]) -> Change:
    """登记一项变更、事故或法规标准变化；受影响的风险点各开出一项复查，须重新评估。"""
    return service.record_change(actor, **body)


@routes.act(
    "/risk-points/<uuid:point_id>/merger",
    "risk:identify",
    body=MergerIn,
    answer=RiskPointOut,
    refuses=(409,),
)
def merge_point(actor: Actor, point_id: UUID, body: dict[str, Any]) -> RiskPoint:
    """把一个风险点并入另一个：危险源、评估、措施和未办结的复查移过去，原风险点停用，历史保留。"""
    return service.merge_point(actor, point_id, **body)


@routes.read("/reviews", "point:see", query=wire.ReviewQuery, answer=wire.ReviewOut, paged=True)
def list_reviews(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出复查（举一反三），未办结且期限最近的在前。"""
    return page_of(service.list_reviews(actor, **query), **paging)


@routes.act(
    "/reviews/<uuid:review_id>/completion", "risk:identify", body=wire.FinishIn, answer=wire.ReviewOut, refuses=(409,)
)
def finish(actor: Actor, review_id: UUID, body: dict[str, Any]) -> Review:
    """办结一项复查，写明结论；须重新评估的，评估完才能办结。"""
    return service.finish(actor, review_id, **body)


@routes.act("/reviews/<uuid:review_id>/waiver", "risk:review", body=wire.WaiveIn, answer=wire.ReviewOut, refuses=(409,))
def waive(actor: Actor, review_id: UUID, body: dict[str, Any]) -> Review:
    """免于复查，写明理由。"""
    return service.waive(actor, review_id, **body)


@routes.read("/reassessments-due", "point:see", query=wire.DueQuery, answer=wire.DueOut, paged=True)
def list_due(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """应重新评估的风险点及其原因：到期、变更、事故、标准变化，或还没有评估。"""
    page = page_of(service.list_due(actor, **query), **paging)
    return {**page, "items": service.reasons_due(actor, page["items"], within_days=query["within_days"])}
