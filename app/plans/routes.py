"""Where rounds and plans are kept, tasks looked up, and shifts handed over."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.plans import completion, handing_over, listing, planning, rounds, tasks
from app.plans import round_schemas as round_wire
from app.plans import schemas as wire
from app.plans.models import HandOver, InspectionPlan, InspectionTask, Round

routes = Routes("plans")


@routes.read("/rounds", "point:see", query=round_wire.RoundQuery, answer=round_wire.RoundOut, paged=True)
def list_rounds(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出在用的巡检路线；retired=true 列出已停用的。"""
    return page_of(rounds.list_rounds(actor, **{**query, "retired": "retired" in query}), **paging)


@routes.create("/rounds", "inspection:plan", body=round_wire.RoundIn, answer=round_wire.RoundOut, refuses=(409,))
def add_round(actor: Actor, body: dict[str, Any]) -> Round:
    """建立一条岗位或班组的巡检路线：按顺序巡查哪些风险点。"""
    return rounds.add_round(actor, **body)


@routes.read("/rounds/<uuid:round_id>", "point:see", answer=round_wire.RoundDetail)
def show_round(actor: Actor, round_id: UUID) -> dict[str, Any]:
    """一条巡检路线及其风险点，按巡检顺序。"""
    one = rounds.get_round(actor, round_id)
    return {**_columns(one), "points": rounds.points_of(actor, one)}


@routes.change(
    "/rounds/<uuid:round_id>", "inspection:plan", body=round_wire.RoundPatch, answer=round_wire.RoundOut, refuses=(409,)
)
def change_round(actor: Actor, round_id: UUID, body: dict[str, Any]) -> Round:
    """修改、停用或恢复一条巡检路线；已开始的任务不变，以后的任务按新的路线。"""
    return rounds.change_round(actor, round_id, **body)


@routes.read("/rounds/<uuid:round_id>/hand-overs", "point:see", answer=round_wire.HandOverOut, paged=True)
def list_hand_overs(actor: Actor, round_id: UUID, paging: dict[str, int]) -> dict[str, Any]:
    """列出一条路线的交接班记录，最新的在前。"""
    return page_of(handing_over.list_hand_overs(actor, round_id), **paging)


@routes.create(
    "/rounds/<uuid:round_id>/hand-overs",
    "inspection:record",
    body=round_wire.HandOverIn,
    answer=round_wire.HandOverOut,
    once=True,
    refuses=(409,),
)
def hand_over_round(actor: Actor, round_id: UUID, body: dict[str, Any]) -> HandOver:
    """交班：记下自上次交班以来未查的点和未销号的隐患，交给接班人。"""
    return handing_over.hand_over(actor, body.pop("id"), round_id, **body)


@routes.act(
    "/hand-overs/<uuid:hand_over_id>/taking-over",
    "inspection:record",
    body=round_wire.TakingOverIn,
    answer=round_wire.HandOverOut,
    once=True,
    refuses=(409,),
)
def take_over_round(actor: Actor, hand_over_id: UUID) -> HandOver:
    """接班人本人确认接班。"""
    return handing_over.take_over(actor, hand_over_id)


@routes.read("/inspection-plans", "point:see", query=wire.PlanQuery, answer=wire.PlanOut, paged=True)
def list_plans(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出在用的排查计划，最新的在前；stopped=true 列出已停用的。"""
    page = page_of(planning.list_plans(actor, **{**query, "stopped": "stopped" in query}), **paging)
    return {**page, "items": planning.shown(actor, page["items"])}


@routes.create("/inspection-plans", "inspection:plan", body=wire.PlanIn, answer=wire.PlanOut, refuses=(409,))
def add_plan(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """编制一项排查计划，并立即生成近期的任务；与通常做法不同之处列在 warnings。"""
    return planning.shown(actor, [planning.add_plan(actor, **body)])[0]


@routes.read("/inspection-plans/<uuid:inspection_plan_id>", "point:see", answer=wire.PlanOut)
def show_plan(actor: Actor, inspection_plan_id: UUID) -> dict[str, Any]:
    """查看一项排查计划。"""
    return planning.shown(actor, [planning.get_plan(actor, inspection_plan_id)])[0]


@routes.change(
    "/inspection-plans/<uuid:inspection_plan_id>",
    "inspection:plan",
    body=wire.PlanPatch,
    answer=wire.PlanOut,
    refuses=(409,),
)
def change_plan(actor: Actor, inspection_plan_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """修改排查计划；已开始的任务不变，尚未开始的按新的计划重新生成。"""
    return planning.shown(actor, [planning.change_plan(actor, inspection_plan_id, **body)])[0]


@routes.act(
    "/inspection-plans/<uuid:inspection_plan_id>/stop",
    "inspection:plan",
    body=wire.PlanStopIn,
    answer=wire.PlanOut,
    refuses=(409,),
)
def stop_plan(actor: Actor, inspection_plan_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """停用排查计划；尚未开始的任务撤回，已开始的仍须完成。"""
    return planning.shown(actor, [planning.stop_plan(actor, inspection_plan_id, **body)])[0]


@routes.read("/inspection-tasks", "point:see", query=wire.TaskQuery, answer=wire.TaskOut, paged=True)
def list_tasks(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出排查任务，期限近的在前；可按状态、本人（mine=true）、计划、风险点、责任单位和日期筛选。"""
    page = page_of(listing.list_tasks(actor, **{**query, "mine": "mine" in query}), **paging)
    return {**page, "items": listing.shown(actor, page["items"])}


@routes.read("/inspection-tasks/completion", "point:see", query=wire.CompletionQuery, answer=wire.CompletionOut)
def show_completion(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """本企业的排查任务完成率，带分子、分母和口径；口径与监管人员看到的相同。"""
    return completion.completion(actor, **query)


@routes.read("/inspection-tasks/<uuid:task_id>", "point:see", answer=wire.TaskDetail)
def show_task(actor: Actor, task_id: UUID) -> dict[str, Any]:
    """查看一项排查任务和要查的各处。"""
    task = tasks.get_task(actor, task_id)
    return {**listing.shown(actor, [task])[0], "stops": listing.stops_of(actor, task)}


@routes.act(
    "/inspection-tasks/<uuid:task_id>/excuse",
    "inspection:plan",
    body=wire.ExcuseIn,
    answer=wire.TaskOut,
    refuses=(409,),
)
def excuse_task(actor: Actor, task_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """免除一项未完成的任务，写明原因；不能免除自己的。期限后免除的仍计入完成率的分母。"""
    return _shown(actor, tasks.excuse(actor, task_id, **body))


@routes.act(
    "/inspection-tasks/<uuid:task_id>/hand-over",
    "inspection:record",
    body=wire.TaskHandOverIn,
    answer=wire.TaskOut,
    once=True,
    refuses=(409,),
)
def hand_over_task(actor: Actor, task_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """把一项任务转交他人并通知对方；由责任人本人、其负责人或安全管理员办理。"""
    return _shown(actor, tasks.hand_over(actor, task_id, to_id=body["to_id"], reason=body["reason"]))


def _shown(actor: Actor, task: InspectionTask) -> dict[str, Any]:
    return listing.shown(actor, [task])[0]


def _columns(one: Round | InspectionPlan) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in one.__table__.columns}
