"""Where anyone reports without an account, and the enterprise admits or discards what came in."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, Routes
from app.core.paging import page_of
from app.evidence.photos import Picture
from app.evidence.uploads import PHOTO
from app.public_reports import schemas as wire
from app.public_reports import service, visiting

routes = Routes("public_reports")


@routes.create(
    "/scan/<token>/reports",
    PUBLIC,
    within=ANYWHERE,
    body=wire.PublicReportIn,
    answer=wire.PublicReceiptOut,
    prepare=visiting.let_report,
    refuses=(404, 409, 429),
)
def submit(token: str, body: dict[str, Any]) -> dict[str, Any]:
    """扫码上报隐患，不留姓名；先报清单，照片随后上传。同一编号、同一 secret、同一内容可放心重试，得到同一回执码。

    不保存网络地址和设备信息；照片只留画面，不留文件自带的时间、地点和机型。
    """
    return service.submit(token, body.pop("id"), **body)


@routes.place(
    "/reports/photos/<sha256>",
    PUBLIC,
    within=ANYWHERE,
    upload=PHOTO,
    receipt=True,
    prepare=visiting.sent_photo,
    answer=wire.ArrivedOut,
    refuses=(404, 429),
)
def put_photo(receipt: str, sha256: str, picture: Picture) -> dict[str, int]:
    """上传举报清单中的一张照片（原始字节），凭回执码；可任意顺序、可重传。"""
    return service.receive_photo(receipt, sha256, picture)


@routes.read("/reports/status", PUBLIC, within=ANYWHERE, receipt=True, answer=wire.FollowedOut, refuses=(404, 429))
def follow(receipt: str) -> dict[str, Any]:
    """凭回执码查看举报办到哪一步；回执码连续输错会被要求等待。"""
    visiting.with_receipt(receipt)
    return service.status(receipt)


@routes.read("/public-reports", service.HANDLE, query=wire.PublicReportQuery, answer=wire.PublicReportOut, paged=True)
def list_reports(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出收到的举报，最新的在前；没有举报人的任何信息。"""
    page = page_of(service.list_reports(actor, **query), **paging)
    return {**page, "items": service.shown(actor, page["items"])}


@routes.act("/public-reports/<uuid:report_id>/admission", service.HANDLE, answer=wire.PublicReportOut, refuses=(409,))
def admit(actor: Actor, report_id: UUID) -> dict[str, Any]:
    """受理一条举报：成为一项来源为群众举报的隐患，带上已收到的照片。"""
    return service.shown(actor, [service.admit(actor, report_id)])[0]


@routes.act(
    "/public-reports/<uuid:report_id>/discard",
    service.HANDLE,
    body=wire.DiscardIn,
    answer=wire.PublicReportOut,
    refuses=(409,),
)
def discard(actor: Actor, report_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """不予受理一条举报，写明理由；计入不予受理数，监管人员可见。"""
    return service.shown(actor, [service.discard(actor, report_id, **body)])[0]
