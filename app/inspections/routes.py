"""Where checklists are fetched and inspections recorded."""

from typing import Any
from uuid import UUID

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.evidence.photos import Picture
from app.evidence.schemas import PhotosOut, standing
from app.evidence.service import missing, photos_of
from app.evidence.uploads import PHOTO, uploaded_for
from app.inspections import service
from app.inspections.models import Checklist, Inspection
from app.inspections.schemas import (
    ChecklistOut,
    ChecklistQuery,
    InspectionAnswer,
    InspectionDetail,
    InspectionIn,
    InspectionOut,
    InspectionQuery,
)

routes = Routes("inspections")

SHOWN = (
    "id",
    "point_id",
    "checklist_version",
    "inspector_id",
    "client_at",
    "received_at",
    "failed",
    "note",
)


@routes.read("/checklists", "point:see", query=ChecklistQuery, answer=ChecklistOut, paged=True)
def list_checklists(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出各风险点的排查清单，含历次版本。"""
    return page_of(service.list_checklists(actor, **query), **paging)


@routes.read("/risk-points/<uuid:point_id>/checklist", "point:see", answer=ChecklistOut, refuses=(409,))
def show_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """风险点现行的排查清单。"""
    return service.current_checklist(actor, point_id)


@routes.create("/risk-points/<uuid:point_id>/checklist", "risk:identify", answer=ChecklistOut, refuses=(409,))
def publish_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """按现行管控措施生成并发布清单；内容未变时沿用现行版本。"""
    return service.publish_checklist(actor, point_id)


@routes.create(
    "/inspections", "inspection:record", body=InspectionIn, answer=InspectionAnswer, once=True, refuses=(409,)
)
def record(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """提交一次排查。编号（id）由客户端生成，重复提交得到同一回执；异常项立即成为隐患，照片随后按清单上传。"""
    inspection, hazards = service.record(actor, body.pop("id"), **body)
    receipt = {
        "id": inspection.id,
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "body_hash": body_hash,
        "photos": [photo["sha256"] for photo in body["photos"]],
        "received_at": now(),
    }
    return {
        **_plain(inspection),
        "complete": not (body["photos"] and missing(actor, inspection.id)),
        "hidden_hazards": list(hazards.values()),
        "receipt": receipt,
    }


@routes.read("/inspections", "point:see", query=InspectionQuery, answer=InspectionOut, paged=True)
def list_inspections(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出排查记录，最新的在前。"""
    return page_of(service.list_inspections(actor, **query), **paging)


@routes.read("/inspections/<uuid:inspection_id>", "point:see", answer=InspectionDetail)
def show_inspection(actor: Actor, inspection_id: UUID) -> dict[str, Any]:
    """查看一次排查的各项结果和照片。"""
    inspection = service.get_inspection(actor, inspection_id)
    photos = photos_of(actor, [inspection_id])[inspection_id]
    return {**_plain(inspection), **standing(photos), "items": service.items_of(actor, inspection_id)}


@routes.place(
    "/inspections/<uuid:inspection_id>/photos/<sha256>",
    "inspection:record",
    upload=PHOTO,
    prepare=uploaded_for("inspection_id"),
    answer=PhotosOut,
)
def put_photo(actor: Actor, inspection_id: UUID, picture: Picture) -> dict[str, Any]:
    """上传清单中的一张照片（原始字节）；可任意顺序、可重传。"""
    return standing(service.receive_photo(actor, inspection_id, picture))


def _plain(inspection: Inspection) -> dict[str, Any]:
    return {name: getattr(inspection, name) for name in SHOWN}
