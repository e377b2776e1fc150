"""Where hidden hazards are reported, moved and looked up."""

from typing import Any
from uuid import UUID

from app.accounts.service import names_of
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.endpoint import ANYWHERE, Routes
from app.core.paging import page_of, page_of_list
from app.evidence.photos import Picture
from app.evidence.schemas import PhotosOut, UploadQuery, standing
from app.evidence.uploads import PHOTO, uploaded_for
from app.hidden_hazards import assigning, escalating, major, moves, refused_moves, searching, service
from app.hidden_hazards.deadlines import dated
from app.hidden_hazards.major_schemas import ClauseOut, ClausesOut, CriteriaQuery
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.schemas import (
    FLAGS,
    AssignmentsIn,
    AssignmentsOut,
    EscalationOut,
    HiddenHazardIn,
    HiddenHazardOut,
    HiddenHazardQuery,
    RefusedMoveOut,
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
    """列出隐患，最新的在前；每项带有当前可进行的操作。mine 列出“我的隐患”。"""
    flags = {name: True for name in FLAGS if name in query}
    page = page_of(searching.list_hazards(actor, **{**query, **flags}), **paging)
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
    """推动隐患闭环的一步：定级、指派、提交整改、验收等；状态或版本不符时回答 409 和可进行的操作，内容原样留存。"""
    move_id, action, version, client_at = (body.pop(name) for name in ("id", "action", "version", "client_at"))
    asked = {"action": action, "version": version, "client_at": client_at, "move_id": move_id}
    hazard = moves.move(actor, hazard_id, **asked, facts=dated(body))
    return with_receipt(actor, hazard, move_id, body_hash, body["photos"])


@routes.create(
    "/hidden-hazards/assignments",
    "hidden-hazard:handle",
    body=AssignmentsIn,
    answer=AssignmentsOut,
    once=True,
    refuses=(409,),
)
def assign_together(actor: Actor, body: dict[str, Any], body_hash: str) -> dict[str, Any]:
    """把多项一般隐患一次指派给同一人；要么全部指派，要么都不指派，errors 指明是哪几项。"""
    action_id = body.pop("id")
    hazards = assigning.assign_together(actor, action_id, **dated(body))
    return {"items": service.shown(actor, hazards), "receipt": receipt_of(actor, action_id, body_hash, [])}


@routes.read("/hidden-hazards/<uuid:hazard_id>/refused-moves", "point:see", answer=RefusedMoveOut, paged=True)
def list_refused_moves(actor: Actor, hazard_id: UUID, paging: dict[str, int]) -> dict[str, Any]:
    """列出一项隐患未生效的操作：到达时状态或版本已变，内容按提交的原样留存。"""
    page = page_of(refused_moves.list_refused(actor, hazard_id), **paging)
    names = names_of({one.actor_id for one in page["items"]})
    columns = ("id", "action", "actor_id", "version", "state", "why", "facts", "client_at", "at")
    return {
        **page,
        "items": [
            {**{name: getattr(one, name) for name in columns}, "actor_name": names.get(one.actor_id, "")}
            for one in page["items"]
        ],
    }


@routes.place(
    "/hidden-hazards/<uuid:hazard_id>/photos/<sha256>",
    "hidden-hazard:move",
    query=UploadQuery,
    upload=PHOTO,
    prepare=uploaded_for("hazard_id"),
    answer=PhotosOut,
    refuses=(409,),
)
def put_photo(actor: Actor, hazard_id: UUID, picture: Picture | None) -> dict[str, Any]:
    """上传清单中的一张照片（原始字节）；可任意顺序、可重传，也可用 offset 分段续传（位置不符回答 409）。"""
    return standing(service.receive_photo(actor, hazard_id, picture))


@routes.read("/hidden-hazards/<uuid:hazard_id>/escalations", "point:see", answer=EscalationOut, paged=True)
def list_escalations(actor: Actor, hazard_id: UUID, paging: dict[str, int]) -> dict[str, Any]:
    """列出一项隐患逾期后逐级上报的各步，先后为序；期限延长后重新起算。"""
    return page_of(escalating.list_escalations(actor, hazard_id), **paging)


@routes.read("/hidden-hazards/<uuid:hazard_id>/criteria", "hidden-hazard:handle", answer=ClausesOut)
def offer_criteria(actor: Actor, hazard_id: UUID) -> dict[str, Any]:
    """定级时可引用的重大隐患判定条款：发现之日适用、与描述相符的，最接近的在前；其余见 GET /major-criteria。"""
    return {"items": major.offered(service.get_hazard(actor, hazard_id))}


@routes.read("/major-criteria", "point:see", within=ANYWHERE, query=CriteriaQuery, answer=ClauseOut, paged=True)
def list_criteria(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出现行的重大隐患判定条款，可按行业、专题和描述查找；内容为转述，引用前请核对原文。"""
    return page_of_list(major.list_criteria(actor, **query), **paging)


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
    receipt = receipt_of(actor, action_id, body_hash, photos)
    return {**service.shown(actor, [hazard])[0], "receipt": receipt}


def receipt_of(actor: Actor, action_id: UUID, body_hash: str, photos: list[dict[str, Any]]) -> dict[str, Any]:
    """The proof that an action was kept, given within the transaction that keeps it."""
    return {
        "id": action_id,
        "sequence": events.lock_ledger(actor.enterprise).seq,
        "body_hash": body_hash,
        "photos": [photo["sha256"] for photo in photos],
        "received_at": now(),
    }
