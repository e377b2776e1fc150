"""Where risks are reached."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.evidence.photos import Picture
from app.risks import levels, plan_checks, points, relocating, retiring, rollup, sources, zones
from app.risks import schemas as wire
from app.risks.accidents import accident_lists, moved_names
from app.risks.drawings import DRAWING, uploaded
from app.risks.models import ControlMeasure, EnterpriseLevels, FloorPlan, HazardSource, RiskPoint, RiskZone

routes = Routes("risks")


@routes.read("/floor-plans", "point:see", answer=wire.FloorPlanOut, paged=True)
def list_floor_plans(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出平面图。"""
    return page_of(zones.list_floor_plans(actor), **paging)


@routes.create("/floor-plans", "risk:identify", body=wire.FloorPlanIn, answer=wire.FloorPlanOut)
def add_floor_plan(actor: Actor, body: dict[str, Any]) -> FloorPlan:
    """增加一张平面图；图像随后上传。"""
    return zones.add_floor_plan(actor, **body)


@routes.place(
    "/floor-plans/<uuid:plan_id>/image", "risk:identify", upload=DRAWING, prepare=uploaded, answer=wire.FloorPlanOut
)
def put_plan_image(actor: Actor, plan_id: UUID, picture: Picture) -> FloorPlan:
    """上传平面图的图像：PNG、JPEG 等图片，或只有一页的 PDF，传原始字节，原样保存。"""
    return zones.put_plan_image(actor, plan_id, picture)


@routes.change("/floor-plans/<uuid:plan_id>", "risk:identify", body=wire.FloorPlanPatch, answer=wire.FloorPlanOut)
def change_floor_plan(actor: Actor, plan_id: UUID, body: dict[str, Any]) -> FloorPlan:
    """修改一张平面图的名称、楼层、北向或比例；尺寸不能改，因为分区画在上面。"""
    return zones.change_floor_plan(actor, plan_id, **body)


@routes.read("/floor-plans/<uuid:plan_id>/warnings", "point:see", answer=wire.PlanWarningsOut)
def list_plan_warnings(actor: Actor, plan_id: UUID) -> dict[str, Any]:
    """平面图上值得核对的：重叠的同级分区、不在所属分区内的风险点、没有标位置的风险点。"""
    return {"items": plan_checks.warnings_of(actor, plan_id)}


@routes.read("/risk-zones", "point:see", query=wire.RiskZoneQuery, answer=wire.RiskZoneOut, paged=True)
def list_zones(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出风险分区树，每个分区排在其上级之后，带等级与各级数量；retired=true 时列出停用的分区。"""
    return page_of(zones.list_zones(actor, **query), **paging)


@routes.create("/risk-zones", "risk:identify", body=wire.RiskZoneIn, answer=wire.RiskZoneOut, refuses=(409,))
def add_zone(actor: Actor, body: dict[str, Any]) -> RiskZone:
    """在上级之下增加一个风险分区。"""
    return zones.add_zone(actor, **body)


@routes.read("/risk-zones/<uuid:zone_id>", "point:see", answer=wire.RiskZoneOut)
def show_zone(actor: Actor, zone_id: UUID) -> RiskZone:
    """查看一个风险分区及其等级。"""
    return zones.get_zone(actor, zone_id)


@routes.change(
    "/risk-zones/<uuid:zone_id>", "risk:identify", body=wire.RiskZonePatch, answer=wire.RiskZoneOut, refuses=(409,)
)
def change_zone(actor: Actor, zone_id: UUID, body: dict[str, Any]) -> RiskZone:
    """修改一个风险分区的名称、边界，或连同其下的一切移到另一个上级之下。"""
    return zones.change_zone(actor, zone_id, **body)


@routes.act(
    "/risk-zones/<uuid:zone_id>/merger",
    "risk:identify",
    body=wire.MergerIn,
    answer=wire.RiskZoneOut,
    refuses=(409,),
)
def merge_zone(actor: Actor, zone_id: UUID, body: dict[str, Any]) -> RiskZone:
    """把一个风险分区并入另一个：下级分区和风险点移过去，原分区停用。"""
    return relocating.merge_zone(actor, zone_id, **body)


@routes.act(
    "/risk-zones/<uuid:zone_id>/retirement",
    "risk:identify",
    body=wire.RetirementIn,
    answer=wire.RiskZoneOut,
    refuses=(409,),
)
def retire_zone(actor: Actor, zone_id: UUID, body: dict[str, Any]) -> RiskZone:
    """停用一个风险分区；其下还有在用的风险点或分区时不能停用。"""
    return retiring.retire_zone(actor, zone_id, **body)


@routes.act("/risk-zones/<uuid:zone_id>/restoration", "risk:identify", answer=wire.RiskZoneOut, refuses=(409,))
def restore_zone(actor: Actor, zone_id: UUID) -> RiskZone:
    """恢复一个停用的风险分区。"""
    return retiring.restore_zone(actor, zone_id)


@routes.read("/risk-levels", "point:see", answer=wire.RiskLevelsOut)
def show_levels(actor: Actor) -> EnterpriseLevels:
    """企业的最高等级与各级风险点数量。"""
    return rollup.enterprise_levels(actor.enterprise)


@routes.read("/risk-points", "point:see", query=wire.RiskPointQuery, answer=wire.RiskPointOut, paged=True)
def list_points(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出风险点，可按分区（含下级）、各种等级、类别、事故类型、部门、责任人、确认状态、到期、停用和文字筛选。"""
    return page_of(points.list_points(actor, **query), **paging)


@routes.read("/risk-points/counts", "point:see", query=wire.RiskPointFilter, answer=wire.LevelCountsOut)
def count_points(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """各级风险点数量（固有、展示、当前），筛选条件与列表相同。"""
    return points.counts_by_level(actor, **query)


@routes.create("/risk-points", "risk:identify", body=wire.RiskPointIn, answer=wire.RiskPointOut, refuses=(409,))
def add_point(actor: Actor, body: dict[str, Any]) -> RiskPoint:
    """登记一个风险点；不填编号时由系统编号。"""
    return points.add_point(actor, **body)


@routes.read("/risk-points/<uuid:point_id>", "point:see", answer=wire.RiskPointOut)
def show_point(actor: Actor, point_id: UUID) -> RiskPoint:
    """查看一个风险点。"""
    return points.get_point(actor, point_id)


@routes.change(
    "/risk-points/<uuid:point_id>", "risk:identify", body=wire.RiskPointPatch, answer=wire.RiskPointOut, refuses=(409,)
)
def change_point(actor: Actor, point_id: UUID, body: dict[str, Any]) -> RiskPoint:
    """修改一个风险点；换分区时等级随之计入新的分区。"""
    return points.change_point(actor, point_id, **body)


@routes.act(
    "/risk-points/<uuid:point_id>/retirement",
    "risk:review",
    body=wire.RetirementIn,
    answer=wire.RiskPointOut,
    refuses=(409,),
)
def retire_point(actor: Actor, point_id: UUID, body: dict[str, Any]) -> RiskPoint:
    """停用一个风险点，历史保留；重大风险的只能由主要负责人停用，有未销号的重大或逾期隐患时不能停用。"""
    return retiring.retire_point(actor, point_id, **body)


@routes.act("/risk-points/<uuid:point_id>/restoration", "risk:review", answer=wire.RiskPointOut, refuses=(409,))
def restore_point(actor: Actor, point_id: UUID) -> RiskPoint:
    """恢复一个停用的风险点，回到草稿，待重新审核确认。"""
    return retiring.restore_point(actor, point_id)


@routes.read("/risk-points/<uuid:point_id>/levels", "point:see", answer=wire.PointLevelsOut)
def show_point_levels(actor: Actor, point_id: UUID) -> dict[str, Any]:
    """一个风险点的固有、现状、展示和当前等级，以及当前等级被抬高的原因。"""
    point = points.get_point(actor, point_id)
    return {**_levels(point), "raised_by": levels.reasons_of(actor, point)}


@routes.read("/hazard-sources", "point:see", query=wire.HazardSourceQuery, answer=wire.HazardSourceOut, paged=True)
def list_sources(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出在用的危险源；retired=true 时列出停用的。"""
    return page_of(sources.list_sources(actor, **query), **paging)


@routes.create(
    "/hazard-sources", "risk:identify", body=wire.HazardSourceIn, answer=wire.HazardSourceOut, refuses=(409,)
)
def add_source(actor: Actor, body: dict[str, Any]) -> HazardSource:
    """在风险点下登记一个危险源。"""
    return sources.add_source(actor, **body)


@routes.change(
    "/hazard-sources/<uuid:source_id>",
    "risk:identify",
    body=wire.HazardSourcePatch,
    answer=wire.HazardSourceOut,
    refuses=(409,),
)
def change_source(actor: Actor, source_id: UUID, body: dict[str, Any]) -> HazardSource:
    """修改一个危险源的描述。"""
    return sources.change_source(actor, source_id, **body)


@routes.act(
    "/hazard-sources/<uuid:source_id>/retirement",
    "risk:identify",
    body=wire.RetirementIn,
    answer=wire.HazardSourceOut,
    refuses=(409,),
)
def retire_source(actor: Actor, source_id: UUID, body: dict[str, Any]) -> HazardSource:
    """停用一个危险源：不再计入等级，措施不再进入排查清单，历史保留。"""
    return retiring.retire_source(actor, source_id, **body)


@routes.act(
    "/hazard-sources/<uuid:source_id>/restoration", "risk:identify", answer=wire.HazardSourceOut, refuses=(409,)
)
def restore_source(actor: Actor, source_id: UUID) -> HazardSource:
    """恢复一个停用的危险源。"""
    return retiring.restore_source(actor, source_id)


@routes.read(
    "/control-measures", "point:see", query=wire.ControlMeasureQuery, answer=wire.ControlMeasureOut, paged=True
)
def list_measures(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出现行管控措施。"""
    return page_of(sources.list_measures(actor, **query), **paging)


@routes.create(
    "/control-measures", "risk:identify", body=wire.ControlMeasureIn, answer=wire.ControlMeasureOut, refuses=(409,)
)
def add_measure(actor: Actor, body: dict[str, Any]) -> ControlMeasure:
    """为危险源增加一项管控措施；写明检查内容的进入排查清单。"""
    return sources.add_measure(actor, **body)


@routes.change(
    "/control-measures/<uuid:measure_id>",
    "risk:identify",
    body=wire.ControlMeasurePatch,
    answer=wire.ControlMeasureOut,
    refuses=(409,),
)
def change_measure(actor: Actor, measure_id: UUID, body: dict[str, Any]) -> ControlMeasure:
    """修改或停用一项管控措施；已发布的清单不受影响。"""
    return sources.change_measure(actor, measure_id, **body)


@routes.read("/accident-types", "point:see", answer=wire.AccidentTypeListsOut)
def list_accident_types() -> dict[str, Any]:
    """列出事故类型，现行标准在前；附旧名在现行标准中的去处。"""
    lists = [{"standard": name, "types": kinds} for name, kinds in accident_lists().items()]
    return {"lists": lists, "moved": moved_names()}


def _levels(point: RiskPoint) -> dict[str, Any]:
    names = ("inherent_level", "residual_level", "shown_level", "current_level")
    return {name: getattr(point, name) for name in names}
