"""Where checklists are fetched and inspections recorded."""

from typing import Any
from uuid import UUID

from app.core import events
from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.evidence.photos import Picture
from app.evidence.schemas import PhotosOut, UploadQuery, standing
from app.evidence.service import missing, photos_of
from app.evidence.uploads import PHOTO, uploaded_for
from app.inspections import checklists, management, service
from app.inspections import schemas as wire
from app.inspections.models import Checklist, Inspection, ManagementItem

routes = Routes("inspections")

SHOWN = (
    "id",
    "half",
    "point_id",
    "task_id",
    "checklist_version",
    "inspector_id",
    "client_at",
    "started_at",
    "received_at",
    "delay_seconds",
    "failed",
    "note",
)
IN_DETAIL = (*SHOWN, "tag_id", "scanned_at", "location")


@routes.read("/checklists", "point:see", query=wire.ChecklistQuery, answer=wire.ChecklistOut, paged=True)
def list_checklists(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出各风险点和基础管理类的排查清单，含历次版本。"""
    return page_of(checklists.list_checklists(actor, **query), **paging)


@routes.read("/risk-points/<uuid:point_id>/checklist", "point:see", answer=wire.ChecklistOut, refuses=(409,))
def show_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """风险点现行的排查清单。"""
    return checklists.current_checklist(actor, point_id)


@routes.create("/risk-points/<uuid:point_id>/checklist", "risk:identify", answer=wire.ChecklistOut, refuses=(409,))
def publish_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """按现行管控措施生成并发布清单；内容未变时沿用现行版本。"""
    return checklists.publish_checklist(actor, point_id)


@routes.read("/management-checklist", "point:see", answer=wire.ChecklistOut)
def show_management_checklist(actor: Actor) -> Checklist:
    """现行的基础管理类排查清单。"""
    return checklists.current_management_checklist(actor)


@routes.create("/management-checklist", "risk:review", answer=wire.ChecklistOut)
def publish_management_checklist(actor: Actor) -> Checklist:
    """按在用的基础管理类检查项生成并发布清单；内容未变时沿用现行版本。"""
    return checklists.publish_management_checklist(actor)


@routes.read(
    "/enterprise-checklist", "point:see", query=wire.EnterpriseItemQuery, answer=wire.EnterpriseItemOut, paged=True
)
def list_enterprise_items(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """一企一清单：企业现行的全部检查项，现场管理类按风险点，基础管理类在后，带部门和责任人。"""
    return page_of(checklists.list_enterprise_items(actor, **query), **paging)


@routes.read(
    "/management-items", "point:see", query=wire.ManagementItemQuery, answer=wire.ManagementItemOut, paged=True
)
def list_management_items(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出在用的基础管理类检查项，按章节；retired=true 时列出停用的。"""
    return page_of(management.list_items(actor, **query), **paging)


@routes.create("/management-items", "risk:review", body=wire.ManagementItemIn, answer=wire.ManagementItemOut)
def add_management_item(actor: Actor, body: dict[str, Any]) -> ManagementItem:
    """登记一个基础管理类检查项；下次发布清单后生效。"""
    return management.add_item(actor, **body)


@routes.change(
    "/management-items/<uuid:item_id>", "risk:review", body=wire.ManagementItemPatch, answer=wire.ManagementItemOut
)
def change_management_item(actor: Actor, item_id: UUID, body: dict[str, Any]) -> ManagementItem:
    """修改、停用或恢复一个基础管理类检查项；已发布的清单不受影响。"""
    return management.change_item(actor, item_id, **body)


@routes.read("/management-templates", "point:see", answer=wire.TemplateListOut)
def list_management_templates(actor: Actor) -> dict[str, Any]:
    """列出基础管理类的行业模板和各自的检查项，通用的在前，附本企业已采用的项数。"""
    return {"items": management.list_templates(actor)}


@routes.act("/management-templates/<name>/adoption", "risk:review", answer=wire.TemplateAdoptionOut)
def adopt_management_template(actor: Actor, name: str) -> dict[str, int]:
    """采用一个模板：登记其中从未采用过的检查项，可随意重复；采用后可以修改、停用，再发布清单。"""
    return management.adopt_template(actor, name)


@routes.create(
    "/inspections", "inspection:record", body=wire.InspectionIn, answer=wire.InspectionAnswer, once=True, refuses=(409,)
)
def record(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """提交一次排查。编号（id）由客户端生成，重复提交得到同一回执；异常项立即成为隐患，照片随后按清单上传。

    离线队列：手机把没有网络时的每一次排查、每一条上报各作一个请求，逐个补交，先后次序不限，晚几天也收。
    每个请求独立成败：201 得到回执后才从手机删除；没有等到回答的原样重发；409 id_reused 表示这个编号已用于别的内容；
    422 什么也没有保存，按 errors 改正后再交。同一检查项的隐患按到达的先后合并：先到的成为隐患，后到的计为再次发现。

    手机时间、收到时间和两者之差（delay_seconds）都保留，期限按收到的时间判定。

    扫到的码已作废或不是本点的，排查照收，tag_id 为 null。
    """
    inspection, hazards = service.record(actor, body.pop("id"), **body)
    receipt = {
        "id": inspection.id,
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "body_hash": body_hash,
        "photos": [photo["sha256"] for photo in body["photos"]],
        "received_at": inspection.received_at,
    }
    return {
        **_plain(inspection, SHOWN),
        "complete": not (body["photos"] and missing(actor, inspection.id)),
        "hidden_hazards": list(hazards.values()),
        "receipt": receipt,
    }


@routes.read("/inspections", "point:see", query=wire.InspectionQuery, answer=wire.InspectionOut, paged=True)
def list_inspections(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出排查记录，最新的在前；delayed=true 只列比手机时间晚到一小时以上的。"""
    return page_of(service.list_inspections(actor, **query), **paging)


@routes.read("/inspections/<uuid:inspection_id>", "point:see", answer=wire.InspectionDetail)
def show_inspection(actor: Actor, inspection_id: UUID) -> dict[str, Any]:
    """查看一次排查的各项结果、由此而来的隐患、扫码、定位和照片。"""
    inspection = service.get_inspection(actor, inspection_id)
    photos = photos_of(actor, [inspection_id])[inspection_id]
    return {**_plain(inspection, IN_DETAIL), **standing(photos), "items": service.items_of(actor, inspection)}


@routes.place(
    "/inspections/<uuid:inspection_id>/photos/<sha256>",
    "inspection:record",
    query=UploadQuery,
    upload=PHOTO,
    prepare=uploaded_for("inspection_id"),
    answer=PhotosOut,
    refuses=(409,),
)
def put_photo(actor: Actor, inspection_id: UUID, picture: Picture | None) -> dict[str, Any]:
    """上传清单中的一张照片（原始字节）；可任意顺序、可重传，也可用 offset 分段续传（位置不符回答 409）。"""
    return standing(service.receive_photo(actor, inspection_id, picture))


def _plain(inspection: Inspection, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(inspection, name) for name in names}
