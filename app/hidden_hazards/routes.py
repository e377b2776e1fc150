"""Where hidden hazards are reported, moved and looked up."""

from typing import Any
from uuid import UUID

from app.accounts.service import names_of
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.evidence.photos import Picture
from app.evidence.schemas import PhotosOut, standing
from app.evidence.uploads import PHOTO, uploaded_for
from app.hidden_hazards import moves, service
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.schemas import (
    HiddenHazardIn,
    HiddenHazardOut,
    HiddenHazardQuery,
    TimelineOut,
    TransitionIn,
)

routes = Routes("hidden_hazards")


@routes.create(
    "/hidden-hazards",
    "hidden-hazard:report",
    body=HiddenHazardIn,
    answer=HiddenHazardOut,
    once=True,
    refuses=(409,),
)
def report(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """上报一项隐患。编号（id）由客户端生成，重复提交得到同一回答；照片随后按清单上传。"""
    hazard = service.report(actor, body.pop("id"), **body)
    return with_receipt(actor, hazard, hazard.id, body_hash, body["photos"])


@routes.read("/hidden-hazards", "point:see", query=HiddenHazardQuery, answer=HiddenHazardOut, paged=True)
def list_hazards(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出隐患，最新的在前；每项带有当前可进行的操作。"""
    page = page_of(service.list_hazards(actor, **{**query, "overdue": "overdue" in query}), **paging)
    return {**page, "items": service.shown(actor, page["items"])}


@routes.read("/hidden-hazards/<uuid:hazard_id>", "point:see", answer=HiddenHazardOut)
def show_hazard(actor: Actor, hazard_id: UUID) -> dict[str, Any]:
    """查看一项隐患及其照片和可进行的操作。"""
    return service.shown(actor, [service.get_hazard(actor, hazard_id)])[0]


@routes.create(
    "/hidden-hazards/<uuid:hazard_id>/transitions",
    "hidden-hazard:move",
    body=TransitionIn,
    answer=HiddenHazardOut,
    once=True,
    refuses=(409,),
)
def move(actor: Actor, hazard_id: UUID, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """推动隐患闭环的一步：定级、指派、提交整改、验收等；状态或版本不符时回答 409 和可进行的操作。"""
    move_id, action, version, client_at = (body.pop(name) for name in ("id", "action", "version", "client_at"))
    hazard = moves.move(actor, hazard_id, action=action, version=version, client_at=client_at, facts=body)
    return with_receipt(actor, hazard, move_id, body_hash, body["photos"])


@routes.place(
    "/hidden-hazards/<uuid:hazard_id>/photos/<sha256>",
    "hidden-hazard:move",
    upload=PHOTO,
    prepare=uploaded_for("hazard_id"),
    answer=PhotosOut,
)
def put_photo(actor: Actor, hazard_id: UUID, picture: Picture) -> dict[str, Any]:
    """上传清单中的一张照片（原始字节）；可任意顺序、可重传。"""
    return standing(service.receive_photo(actor, hazard_id, picture))


@routes.read("/hidden-hazards/<uuid:hazard_id>/timeline", "point:see", answer=TimelineOut)
def show_timeline(actor: Actor, hazard_id: UUID) -> dict[str, Any]:
    """一项隐患从发现到销号的全过程。"""
    service.get_hazard(actor, hazard_id)
    return {"items": timeline_of(actor.enterprise, hazard_id)}


def timeline_of(enterprise_id: UUID, subject_id: UUID) -> list[dict[str, Any]]:
    """The events of a subject with the names of who acted."""
    happened = events.timeline(enterprise_id, subject_id)
    names = names_of({event.actor_id for event in happened if event.actor_id})
    fields = ("seq", "kind", "actor_id", "at", "client_at", "data", "hash")
    return [
        {**{name: getattr(event, name) for name in fields}, "actor_name": names.get(event.actor_id or UUID(int=0), "")}
        for event in happened
    ]


def with_receipt(
    actor: Actor, hazard: HiddenHazard, action_id: UUID, body_hash: str, photos: list[dict[str, Any]]
) -> dict[str, Any]:
    """A hidden hazard as it now stands, with the receipt of what was done to it."""
    receipt = {
        "id": action_id,
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "body_hash": body_hash,
        "photos": [photo["sha256"] for photo in photos],
        "received_at": now(),
    }
    return {**service.shown(actor, [hazard])[0], "receipt": receipt}
