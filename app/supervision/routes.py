"""Where offices see across their enterprises, enter findings, issue orders and follow what they listed."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, Routes
from app.core.paging import page_of
from app.hidden_hazards import service as hidden_hazards
from app.hidden_hazards.routes import receipt_of, with_receipt
from app.hidden_hazards.schemas import HiddenHazardOut
from app.plans.completion import completion_by_enterprise
from app.plans.schemas import CompletionsOut
from app.supervision import listing_schemas as listing_wire
from app.supervision import listings, orders, overview, rechecks, service, tip_offs
from app.supervision import order_schemas as order_wire
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
    "/supervision/task-completion",
    "supervision:see",
    within=ANYWHERE,
    query=wire.TaskCompletionQuery,
    answer=CompletionsOut,
)
def show_task_completion(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """辖区内各企业的排查任务完成率和合计，没有任务的企业也列出；带分子、分母和口径。"""
    service.check_region(actor, query.get("region_code", ""))
    return completion_by_enterprise(actor, **query)


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
    flags = {name: name in query for name in wire.FLAGS}
    page = page_of(overview.list_hazards(actor, **{**query, **flags}), **paging)
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


@routes.read(
    "/supervision/public-reports",
    "supervision:see",
    within=ANYWHERE,
    query=wire.TipOffsQuery,
    answer=wire.TipOffsOut,
    paged=True,
)
def count_public_reports(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """辖区内各企业收到的扫码举报数：待核实、已受理、不予受理，以及最早一条从何时起待核实；不显示举报内容。"""
    page = page_of(tip_offs.list_enterprises(actor, **query), **paging)
    return {**page, "items": tip_offs.counted(page["items"])}


@routes.create(
    "/supervision/findings",
    "finding:record",
    body=wire.FindingIn,
    answer=HiddenHazardOut,
    once=True,
    refuses=(409,),
)
def record_finding(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """登记一项政府检查发现（执法、巡查、专家服务）或群众举报；照片用 PUT /hidden-hazards/{id}/photos/{sha256} 上传。"""
    hazard = hidden_hazards.report(actor, body.pop("id"), **body)
    return with_receipt(actor, hazard, hazard.id, body_hash, body["photos"])


@routes.create(
    "/supervision/orders",
    "order:issue",
    body=order_wire.OrderIn,
    answer=order_wire.OrderOut,
    once=True,
    refuses=(409,),
)
def issue_order(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """发出一份责令限期整改指令书，每项成为该企业的一项隐患；照片随后按清单上传到各项隐患。"""
    photos = [photo for item in body["items"] for photo in item["photos"]]
    order = orders.issue(actor, body.pop("id"), **body)
    return {**orders.shown_in_full(order), "receipt": receipt_of(actor, order.id, body_hash, photos)}


@routes.read(
    "/supervision/orders",
    "supervision:see",
    within=ANYWHERE,
    query=order_wire.OrderQuery,
    answer=order_wire.OrderSummaryOut,
    paged=True,
)
def list_orders(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出对辖区内各企业发出的指令书，最新的在前；open=true 只列还有未销号项的。"""
    page = page_of(orders.list_orders(actor, **{**query, "open": "open" in query}), **paging)
    return {**page, "items": orders.shown(page["items"])}


@routes.read("/orders", "point:see", answer=order_wire.OrderSummaryOut, paged=True)
def list_own_orders(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出企业收到的责令限期整改指令书，最新的在前。"""
    page = page_of(orders.list_orders(actor, enterprise=actor.enterprise), **paging)
    return {**page, "items": orders.shown(page["items"])}


@routes.read("/orders/<uuid:order_id>", "point:see", answer=order_wire.OrderOut)
def show_order(actor: Actor, order_id: UUID) -> dict[str, Any]:
    """一份指令书：各项现在的状态、复查期限，以及历次复查意见书。"""
    return orders.shown_in_full(orders.get_order(actor, order_id))


@routes.create(
    "/supervision/orders/<uuid:order_id>/rechecks",
    "finding:recheck",
    body=order_wire.RecheckIn,
    answer=order_wire.RecheckOut,
    once=True,
    refuses=(409,),
)
def recheck(actor: Actor, order_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """出具整改复查意见书：所列各项通过的销号，不通过的退回整改；有一项不能办则全部不办。"""
    return orders.with_results([rechecks.recheck(actor, order_id, body.pop("id"), **body)])[0]


@routes.read(
    "/supervision/rechecks-due",
    "supervision:see",
    within=ANYWHERE,
    query=order_wire.RecheckDueQuery,
    answer=order_wire.RecheckDueOut,
    paged=True,
)
def list_rechecks_due(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出辖区内等待复查的政府检查发现，过期的在前。"""
    page = page_of(rechecks.list_waiting(actor, **query), **paging)
    return {**page, "items": rechecks.with_orders(overview.with_enterprises(page["items"]))}


@routes.read(
    "/supervision/listings",
    "supervision:see",
    within=ANYWHERE,
    query=listing_wire.ListingQuery,
    answer=listing_wire.ListedOut,
    paged=True,
)
def list_listings(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """挂牌督办一览：辖区内挂牌的重大隐患及其责任人、期限、延期和各步是否超时；未摘牌的在前，先到期的在前。"""
    page = page_of(listings.list_listed(actor, **{**query, "overdue": "overdue" in query}), **paging)
    return {**page, "items": listings.shown(page["items"])}


@routes.change(
    "/supervision/listings/<uuid:hazard_id>",
    "listing:keep",
    body=listing_wire.ListingNoteIn,
    answer=listing_wire.ListedOut,
    refuses=(409,),
)
def note_listing(actor: Actor, hazard_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """登记一项挂牌督办的立案日期、公布日期；挂牌、摘牌本身用 POST /hidden-hazards/{id}/transitions。"""
    return listings.shown([listings.note(actor, hazard_id, **body)])[0]
