"""Where risks are reached."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.evidence.photos import Picture
from app.evidence.uploads import uploaded
from app.risks import grading, levels, service
from app.risks import schemas as wire
from app.risks.accidents import accident_lists
from app.risks.models import Assessment, ControlMeasure, EnterpriseLevels, FloorPlan, HazardSource, RiskPoint, RiskZone

routes = Routes("risks")


@routes.read("/floor-plans", "point:see", answer=wire.FloorPlanOut, paged=True)
def list_floor_plans(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出平面图。"""
    return page_of(service.list_floor_plans(actor), **paging)


@routes.create("/floor-plans", "risk:identify", body=wire.FloorPlanIn, answer=wire.FloorPlanOut)
def add_floor_plan(actor: Actor, body: dict[str, Any]) -> FloorPlan:
    """增加一张平面图；图像随后上传。"""
    return service.add_floor_plan(actor, **body)


@routes.place(
    "/floor-plans/<uuid:plan_id>/image", "risk:identify", upload=True, prepare=uploaded, answer=wire.FloorPlanOut
)
def put_plan_image(actor: Actor, plan_id: UUID, picture: Picture) -> FloorPlan:
    """上传平面图的图像（JPEG、PNG 或 WebP 原始字节）。"""
    return service.put_plan_image(actor, plan_id, picture)


@routes.read("/risk-zones", "point:see", answer=wire.RiskZoneOut, paged=True)
def list_zones(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出风险分区树，每个分区排在其上级之后，带等级与各级数量。"""
    return page_of(service.list_zones(actor), **paging)


@routes.create("/risk-zones", "risk:identify", body=wire.RiskZoneIn, answer=wire.RiskZoneOut)
def add_zone(actor: Actor, body: dict[str, Any]) -> RiskZone:
    """在上级之下增加一个风险分区。"""
    return service.add_zone(actor, **body)


@routes.read("/risk-zones/<uuid:zone_id>", "point:see", answer=wire.RiskZoneOut)
def show_zone(actor: Actor, zone_id: UUID) -> RiskZone:
    """查看一个风险分区及其等级。"""
    return service.get_zone(actor, zone_id)


@routes.change("/risk-zones/<uuid:zone_id>", "risk:identify", body=wire.RiskZonePatch, answer=wire.RiskZoneOut)
def change_zone(actor: Actor, zone_id: UUID, body: dict[str, Any]) -> RiskZone:
    """修改一个风险分区的名称或边界。"""
    return service.change_zone(actor, zone_id, **body)


@routes.read("/risk-levels", "point:see", answer=wire.RiskLevelsOut)
def show_levels(actor: Actor) -> EnterpriseLevels:
    """企业的最高等级与各级风险点数量。"""
    return levels.enterprise_levels(actor.enterprise)


@routes.read("/risk-points", "point:see", query=wire.RiskPointQuery, answer=wire.RiskPointOut, paged=True)
def list_points(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出风险点，可按分区（含下级）、等级、类别和文字筛选。"""
    return page_of(service.list_points(actor, **query), **paging)


@routes.create("/risk-points", "risk:identify", body=wire.RiskPointIn, answer=wire.RiskPointOut, refuses=(409,))
def add_point(actor: Actor, body: dict[str, Any]) -> RiskPoint:
    """登记一个风险点；不填编号时由系统编号。"""
    return service.add_point(actor, **body)


@routes.read("/risk-points/<uuid:point_id>", "point:see", answer=wire.RiskPointOut)
def show_point(actor: Actor, point_id: UUID) -> RiskPoint:
    """查看一个风险点。"""
    return service.get_point(actor, point_id)


@routes.change("/risk-points/<uuid:point_id>", "risk:identify", body=wire.RiskPointPatch, answer=wire.RiskPointOut)
def change_point(actor: Actor, point_id: UUID, body: dict[str, Any]) -> RiskPoint:
    """修改一个风险点；换分区时等级随之计入新的分区。"""
    return service.change_point(actor, point_id, **body)


@routes.read("/risk-points/<uuid:point_id>/levels", "point:see", answer=wire.PointLevelsOut)
def show_point_levels(actor: Actor, point_id: UUID) -> dict[str, Any]:
    """一个风险点的固有、现状、展示和当前等级，以及当前等级被抬高的原因。"""
    point = service.get_point(actor, point_id)
    return {**_levels(point), "raised_by": levels.reasons_of(actor, point_id)}


@routes.read("/hazard-sources", "point:see", query=wire.HazardSourceQuery, answer=wire.HazardSourceOut, paged=True)
def list_sources(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出危险源。"""
    return page_of(service.list_sources(actor, **query), **paging)


@routes.create("/hazard-sources", "risk:identify", body=wire.HazardSourceIn, answer=wire.HazardSourceOut)
def add_source(actor: Actor, body: dict[str, Any]) -> HazardSource:
    """在风险点下登记一个危险源。"""
    return service.add_source(actor, **body)


@routes.change(
    "/hazard-sources/<uuid:source_id>", "risk:identify", body=wire.HazardSourcePatch, answer=wire.HazardSourceOut
)
def change_source(actor: Actor, source_id: UUID, body: dict[str, Any]) -> HazardSource:
    """修改一个危险源的描述。"""
    return service.change_source(actor, source_id, **body)


@routes.read("/assessments", "point:see", query=wire.AssessmentQuery, answer=wire.AssessmentOut, paged=True)
def list_assessments(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出现行评估；history=true 时含历次评估。"""
    history = query.pop("history", "false") == "true"
    return page_of(grading.list_assessments(actor, **query, history=history), **paging)


@routes.create("/assessments", "risk:identify", body=wire.AssessmentIn, answer=wire.AssessmentOut)
def assess(actor: Actor, body: dict[str, Any]) -> Assessment:
    """评估一个危险源：按 LS、LEC 或自定义标准，或写明理由直接判定为重大风险。"""
    return grading.assess(actor, **body)


@routes.read(
    "/control-measures", "point:see", query=wire.ControlMeasureQuery, answer=wire.ControlMeasureOut, paged=True
)
def list_measures(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出现行管控措施。"""
    return page_of(service.list_measures(actor, **query), **paging)


@routes.create("/control-measures", "risk:identify", body=wire.ControlMeasureIn, answer=wire.ControlMeasureOut)
def add_measure(actor: Actor, body: dict[str, Any]) -> ControlMeasure:
    """为危险源增加一项管控措施；写明检查内容的进入排查清单。"""
    return service.add_measure(actor, **body)


@routes.change(
    "/control-measures/<uuid:measure_id>",
    "risk:identify",
    body=wire.ControlMeasurePatch,
    answer=wire.ControlMeasureOut,
)
def change_measure(actor: Actor, measure_id: UUID, body: dict[str, Any]) -> ControlMeasure:
    """修改或停用一项管控措施；已发布的清单不受影响。"""
    return service.change_measure(actor, measure_id, **body)


@routes.read("/profiles", "point:see", answer=wire.ProfileListOut)
def list_profiles(actor: Actor) -> dict[str, Any]:
    """列出可用的评估标准：随产品提供的和企业自定义的。"""
    return {"items": grading.list_profiles(actor)}


@routes.create("/profiles", "profile:keep", body=wire.ProfileIn, answer=wire.ProfileDetailOut, refuses=(409,))
def add_profile(actor: Actor, body: dict[str, Any]) -> Any:
    """增加企业自定义的评估标准；取值或分级有空缺、重叠时指出位置。"""
    return grading.add_profile(actor, body["document"])


@routes.read("/profiles/<name>", "point:see", answer=wire.ProfileDetailOut)
def show_profile(actor: Actor, name: str) -> dict[str, Any]:
    """查看一个评估标准：因素取值、含义和分级界限，供填表使用。"""
    return {"document": grading.show_profile(actor, name)}


@routes.read("/accident-types", "point:see", answer=wire.AccidentTypeListsOut)
def list_accident_types() -> dict[str, Any]:
    """列出事故类型，现行标准在前。"""
    return {"lists": [{"standard": name, "types": kinds} for name, kinds in accident_lists().items()]}


def _levels(point: RiskPoint) -> dict[str, Any]:
    names = ("inherent_level", "residual_level", "shown_level", "current_level")
    return {name: getattr(point, name) for name in names}
