"""Where cards, maps and ledgers are printed."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import session
from app.core.endpoint import File, Routes
from app.enterprises.service import own_enterprise
from app.evidence.uploads import original
from app.printing import gather
from app.printing.card import warning_cards
from app.printing.closing import certificate
from app.printing.closure_certificate import closure_certificate
from app.printing.four_colour_map import four_colour_map
from app.printing.gather_plans import plan_rows
from app.printing.ledger import risk_ledger
from app.printing.schemas import CardsIn, LedgerQuery, MapQuery, YearQuery
from app.printing.yearly_plan import yearly_plan
from app.risks.points import list_points, of_own_units, workable_point
from app.risks.zones import get_floor_plan
from app.tags.service import address_of, ensure_issued, good_tag, points_to_label

routes = Routes("printing")
PDF = "application/pdf"


@routes.read("/risk-points/<uuid:point_id>/warning-card", "print:make", media_type=PDF, refuses=(409,))
def print_card(actor: Actor, point_id: UUID) -> File:
    """一个风险点的岗位安全风险告知卡（A4 PDF）。"""
    point = workable_point(actor, point_id)
    addresses = {point.id: address_of(good_tag(actor, point_id))}
    content = warning_cards(gather.cards(actor, gather.gather(actor, [point]), addresses))
    return File(content, PDF, f"{point.code}-card.pdf")


@routes.act("/warning-cards", "tag:keep", body=CardsIn, media_type=PDF)
def print_cards(actor: Actor, body: dict[str, Any]) -> File:
    """所选风险点的告知卡，每个风险点一张；没有二维码的先签发。"""
    points = points_to_label(actor, **body)
    tags = ensure_issued(actor, points)
    session().flush()
    addresses = {point_id: address_of(tag) for point_id, tag in tags.items()}
    return File(warning_cards(gather.cards(actor, gather.gather(actor, points), addresses)), PDF, "warning-cards.pdf")


@routes.read("/floor-plans/<uuid:plan_id>/four-colour-map", "print:make", query=MapQuery, media_type=PDF)
def print_map(actor: Actor, plan_id: UUID, query: dict[str, Any]) -> File:
    """一张平面图的安全风险四色分布图（A3 PDF）。"""
    plan = get_floor_plan(actor, plan_id)
    background = original(actor, plan.image_sha256) if plan.image_sha256 else None
    drawn = gather.map_of(actor, plan, which=query["level"], background=background)
    return File(four_colour_map(drawn), PDF, "four-colour-map.pdf")


@routes.read("/risk-ledger", "print:make", query=LedgerQuery, media_type=PDF)
def print_ledger(actor: Actor, query: dict[str, Any]) -> File:
    """风险分级管控清单（PDF），可按分区和等级筛选。"""
    gathered = gather.gather(actor, list(session().scalars(of_own_units(actor, list_points(actor, **query)))))
    content = risk_ledger(
        gather.ledger_rows(gathered),
        title="安全风险分级管控清单",
        enterprise=own_enterprise(actor).name,
        shows=gather.SHOWN,
        version=gather.version_of(actor),
        printed_on=today(),
    )
    return File(content, PDF, "risk-ledger.pdf")


@routes.read("/hidden-hazards/<uuid:hazard_id>/closure-certificate.pdf", "print:make", media_type=PDF, refuses=(409,))
def print_closure(actor: Actor, hazard_id: UUID) -> File:
    """一项已销号隐患的销号证明（A4 PDF）：经过、照片，以及可据以核对的台账链首；未销号的回答 409。"""
    made = certificate(actor, hazard_id)
    return File(closure_certificate(made), PDF, f"{made.code}-closure.pdf")


@routes.read("/inspection-plans/yearly.pdf", "print:make", query=YearQuery, media_type=PDF)
def print_yearly_plan(actor: Actor, query: dict[str, Any]) -> File:
    """年度隐患排查计划（A4 PDF）：排查事项、内容、频次、责任单位和责任人，按排查层级分组；不填年份为今年。"""
    year = query.get("year") or today().year
    content = yearly_plan(
        plan_rows(actor, year),
        year=year,
        enterprise=own_enterprise(actor).name,
        version=gather.version_of(actor),
        printed_on=today(),
    )
    return File(content, PDF, f"inspection-plan-{year}.pdf")
