"""Where offices see across their enterprises and enter findings, and an enterprise sees its own rates."""

from typing import Any

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, Routes
from app.core.paging import page_of
from app.hidden_hazards import service as hidden_hazards
from app.hidden_hazards.routes import with_receipt
from app.hidden_hazards.schemas import HiddenHazardOut
from app.supervision import overview, service
from app.supervision import schemas as wire

routes = Routes("supervision")


@routes.read("/supervision/rates", "supervision:see", within=ANYWHERE, query=wire.RatesQuery, answer=wire.RatesOut)
def show_rates(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """辖区内的整改率，按区划、行业、企业或月份分组；企业自查、政府检查、群众举报分开，每个率带分子、分母和口径。"""
    return service.rates(actor, **query)


@routes.read("/rates", "point:see", query=wire.OwnRatesQuery, answer=wire.RatesOut)
def show_own_rates(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """本企业的整改率，按月和合计；口径与监管人员看到的相同。"""
    return service.own_rates(actor, by_month=query.pop("group_by") == wire.OwnGroupBy.MONTH, **query)


@routes.read(
    "/supervision/hidden-hazards",
    "supervision:see",
    within=ANYWHERE,
    query=wire.SupervisedQuery,
    answer=wire.SupervisedOut,
    paged=True,
)
def list_hazards(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出辖区内各企业的隐患，最新的在前；照片和全过程用 enterprise_id 在该企业内查看。"""
    page = page_of(overview.list_hazards(actor, **{**query, "overdue": "overdue" in query}), **paging)
    return {**page, "items": overview.with_enterprises(page["items"])}


@routes.read(
    "/supervision/risk-levels",
    "supervision:see",
    within=ANYWHERE,
    query=wire.LevelsQuery,
    answer=wire.SupervisedLevelsOut,
)
def show_levels(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """辖区内各级风险点的数量，按区划、行业或企业分组；只有企业显示最高等级，区划和行业不定颜色。"""
    return overview.risk_levels(actor, **query)


@routes.create(
    "/supervision/findings",
    "finding:record",
    body=wire.FindingIn,
    answer=HiddenHazardOut,
    once=True,
    refuses=(409,),
)
def record_finding(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """登记一项政府检查发现或群众举报的隐患；照片随后用 PUT /hidden-hazards/{id}/photos/{sha256} 上传。"""
    hazard = hidden_hazards.report(actor, body.pop("id"), **body)
    return with_receipt(actor, hazard, hazard.id, body_hash, body["photos"])
