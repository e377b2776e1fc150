"""Where assessments and profiles are reached."""

from typing import Any
from uuid import UUID

from app.assessments import copying, grading, profiles, regrading
from app.assessments import schemas as wire
from app.assessments.models import Assessment
from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.risks.models import RiskZone
from app.risks.schemas import RiskZoneOut

routes = Routes("assessments")


@routes.read("/assessments", "point:see", query=wire.AssessmentQuery, answer=wire.AssessmentOut, paged=True)
def list_assessments(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出现行评估；history=true 时含历次评估。评估从不改写，新的评估取代同一口径的上一次。"""
    return page_of(grading.list_assessments(actor, **query), **paging)


@routes.create("/assessments", "risk:identify", body=wire.AssessmentIn, answer=wire.AssessmentOut, refuses=(409,))
def assess(actor: Actor, body: dict[str, Any]) -> Assessment:
    """评估一个危险源：按 LS、LEC 或自定义标准，或写明理由直接判定为重大风险。

    S、C 等因素可以只给各方面（法律法规、人员、损失……）的取值，取最高的一项，各方面的取值一并保存。
    危险源的评估日期取固有、现状两项中较早的一项：定期复评应两项都评。
    """
    return grading.assess(actor, **body)


@routes.create(
    "/risk-points/<uuid:point_id>/copies",
    "risk:identify",
    body=wire.PointCopiesIn,
    answer=wire.PointCopiesOut,
    refuses=(409,),
)
def copy_point(actor: Actor, point_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """复制一个风险点（1 到 50 份）：危险源、措施和现行评估一并复制，新编号，从草稿开始。"""
    return {"items": copying.copy_point(actor, point_id, **body)}


@routes.create(
    "/risk-zones/<uuid:zone_id>/copies",
    "risk:identify",
    body=wire.ZoneCopyIn,
    answer=RiskZoneOut,
    refuses=(409,),
)
def copy_zone(actor: Actor, zone_id: UUID, body: dict[str, Any]) -> RiskZone:
    """复制一个风险分区：下级分区、风险点、危险源、措施和现行评估一并复制；平面图上的边界不复制。"""
    return copying.copy_zone(actor, zone_id, **body)


@routes.read("/profiles", "point:see", answer=wire.ProfileListOut)
def list_profiles(actor: Actor) -> dict[str, Any]:
    """列出可用的评估标准：随产品提供的和企业自定义的。"""
    return {"items": profiles.list_profiles(actor)}


@routes.create("/profiles", "profile:keep", body=wire.ProfileIn, answer=wire.ProfileDetailOut, refuses=(409,))
def add_profile(actor: Actor, body: dict[str, Any]) -> Any:
    """增加企业自定义的评估标准；取值或分级有空缺、重叠时指出位置。"""
    return profiles.add_profile(actor, body["document"])


@routes.read("/profiles/<name>", "point:see", answer=wire.ProfileDetailOut)
def show_profile(actor: Actor, name: str) -> dict[str, Any]:
    """查看一个评估标准：因素取值、含义和分级界限，供填表使用。"""
    return {"document": profiles.show_profile(actor, name)}


@routes.act(
    "/profile-changes/preview",
    "profile:keep",
    body=wire.ProfileChangePreviewIn,
    answer=wire.ProfilePreviewOut,
    reads=True,
)
def preview_profile_change(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """试算更换评估标准：哪些风险点会变色，各级数量怎样变化；不写入任何内容。

    直接判定的仍为重大风险。降低的等级要重新确认后才生效：`to_level` 是更换后马上展示的，`confirmed_level`
    是确认后展示的。
    """
    return regrading.preview(actor, **body)


@routes.create(
    "/profile-changes",
    "profile:keep",
    body=wire.ProfileChangeIn,
    answer=wire.ProfileChangeOut,
    once=True,
    refuses=(409,),
)
def change_profile(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """更换一种方法的评估标准：现行评估按新标准重新定级，旧的留作历史，新标准成为该方法的默认标准。

    评估日期不变，因为只换了表，没有重新评判。等级有变化的风险点回到草稿，须重新确认。现状风险会高于固有风险时
    不更换（409），回答列出有关危险源；取值不在新标准之内的评估仍按原标准，并一一列出。
    """
    return regrading.change_profile(actor, body.pop("id"), **body)
