"""Where rules, duties, special control plans and confirmations are reached."""

from typing import Any
from uuid import UUID

from app.controls import confirming, duties, plans, settling, standing
from app.controls import schemas as wire
from app.controls.models import SpecialControlPlan
from app.controls.steps import Step
from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.risks.points import get_point
from app.risks.rules import rules_of
from app.risks.schemas import RiskPointFilter

routes = Routes("controls")


@routes.read("/risk-rules", "point:see", answer=wire.RulesOut)
def show_rules(actor: Actor) -> dict[str, Any]:
    """本企业现行的规则：管控层级、当前等级、复查、专项管控方案和默认评估标准。"""
    return rules_of(actor.enterprise).document


@routes.change("/risk-rules", "profile:keep", body=wire.RulesPatch, answer=wire.RulesOut)
def settle_rules(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """修改规则，未给出的不变；当前等级随之立即更新。"""
    return settling.settle(actor, **body).document


@routes.read("/risk-points/<uuid:point_id>/control", "point:see", answer=wire.ControlOut)
def show_control(actor: Actor, point_id: UUID) -> standing.Control:
    """一个风险点由谁管控、是否受控：各层级责任单位和责任人、有效的专项管控方案、还缺什么。"""
    return standing.controls_of(actor, [get_point(actor, point_id)])[0]


@routes.change(
    "/risk-points/<uuid:point_id>/duties",
    "risk:identify",
    body=wire.DutiesPatch,
    answer=wire.ControlOut,
    refuses=(409,),
)
def name_duties(actor: Actor, point_id: UUID, body: dict[str, Any]) -> standing.Control:
    """指定各管控层级的责任单位和责任人，取代以前的指定；没有列出的层级按组织机构推定。"""
    return standing.controls_of(actor, [duties.name_duties(actor, point_id, body["duties"])])[0]


@routes.read("/uncontrolled-points", "point:see", query=RiskPointFilter, answer=wire.UncontrolledOut, paged=True)
def list_uncontrolled(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出未受控的风险点及各自缺什么，筛选条件与风险点列表相同；供迎检前自查。"""
    found = standing.uncontrolled(actor, **query)
    first = (paging["page"] - 1) * paging["page_size"]
    return {"items": found[first : first + paging["page_size"]], **paging, "total": len(found)}


@routes.read("/risk-control-summary", "point:see", query=RiskPointFilter, answer=wire.ControlSummaryOut)
def summarise(actor: Actor, query: dict[str, Any]) -> dict[str, int]:
    """受控、未受控的风险点各有多少，未受控的缺什么；筛选条件与风险点列表相同。"""
    return standing.summary_of(actor, **query)


@routes.read("/risk-points/<uuid:point_id>/control-plans", "point:see", answer=wire.ControlPlanOut, paged=True)
def list_plans(actor: Actor, point_id: UUID, paging: dict[str, int]) -> dict[str, Any]:
    """列出一个风险点的专项管控方案各版，新的在前。"""
    return page_of(plans.list_plans(actor, point_id), **paging)


@routes.create(
    "/risk-points/<uuid:point_id>/control-plans",
    "risk:identify",
    body=wire.ControlPlanIn,
    answer=wire.ControlPlanOut,
    refuses=(409,),
)
def draft_plan(actor: Actor, point_id: UUID, body: dict[str, Any]) -> SpecialControlPlan:
    """编制专项管控方案的新一版；主要负责人签发后生效。"""
    return plans.draft_plan(actor, point_id, **body)


@routes.act(
    "/control-plans/<uuid:control_plan_id>/signature", "risk:confirm-red", answer=wire.ControlPlanOut, refuses=(409,)
)
def sign_plan(actor: Actor, control_plan_id: UUID) -> SpecialControlPlan:
    """主要负责人签发专项管控方案；此前各版同时被取代。"""
    return plans.sign_plan(actor, control_plan_id)


@routes.act(
    "/confirmations",
    "risk:identify",
    body=wire.ConfirmationIn,
    answer=wire.StepTakenOut,
    once=True,
    refuses=(409,),
)
def take_step(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """送审、审核、确认或退回所选风险点的辨识评估，要么全部成功，要么都不变。

    审核、退回和确认较大及以下风险由安全管理员或主要负责人进行；重大风险审核后由主要负责人确认。
    """
    step = body["step"]
    points = confirming.take(actor, step=step, point_ids=body["point_ids"], note=body["note"])
    return {"step": step, "points": points}


@routes.read("/confirmations/due", "risk:review", query=wire.DueQuery, answer=wire.DueRoundOut, paged=True)
def list_due(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """等待我审核（step=review）或现在可由我确认（step=confirm）的，等得最久的在前。"""
    page = page_of(confirming.list_due(actor, step=Step(query["step"])), **paging)
    return {**page, "items": confirming.with_points(actor, page["items"])}


@routes.read("/risk-points/<uuid:point_id>/confirmations", "point:see", answer=wire.RoundStateOut, paged=True)
def list_rounds(actor: Actor, point_id: UUID, paging: dict[str, int]) -> dict[str, Any]:
    """一个风险点历次送审、审核、确认和退回：何人、何时，新的在前。"""
    page = page_of(confirming.list_rounds(actor, point_id), **paging)
    return {**page, "items": confirming.with_states(actor, point_id, page["items"])}
