"""Where tags are issued, printed as codes and labels, and scanned."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, File, Routes
from app.core.errors import invalid_field
from app.core.paging import page_of
from app.enterprises.service import own_enterprise
from app.risks.points import get_point, must_be_in_use
from app.tags import service
from app.tags.card import PostedCard, card_of
from app.tags.models import Tag
from app.tags.schemas import LabelsIn, RevokeIn, ScanOut, SymbolQuery, TagIn, TagOut, TagQuery
from qr import STOCKS, Label, label_sheet, png, svg, symbol

routes = Routes("tags")


@routes.read("/tags", "tag:keep", query=TagQuery, answer=TagOut, paged=True)
def list_tags(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出二维码，最新的在前。"""
    return page_of(service.list_tags(actor, **query), **paging)


@routes.create("/tags", "tag:keep", body=TagIn, answer=TagOut, refuses=(409,))
def issue(actor: Actor, body: dict[str, Any]) -> Tag:
    """为风险点签发一个二维码。"""
    return service.issue(actor, **body)


@routes.act("/tags/<uuid:tag_id>/revocation", "tag:keep", body=RevokeIn, answer=TagOut, refuses=(409,))
def revoke(actor: Actor, tag_id: UUID, body: dict[str, Any]) -> Tag:
    """作废一个二维码；扫到它的人会看到提示。"""
    return service.revoke(actor, tag_id, **body)


@routes.read(
    "/risk-points/<uuid:point_id>/qr",
    "tag:keep",
    query=SymbolQuery,
    media_type=("image/png", "image/svg+xml"),
    refuses=(409,),
)
def show_symbol(actor: Actor, point_id: UUID, query: dict[str, Any]) -> File:
    """风险点的二维码图片：PNG，或矢量的 SVG。"""
    point = get_point(actor, point_id)
    must_be_in_use(point)
    code = symbol(service.address_of(service.good_tag(actor, point_id)))
    if query["format"] == "svg":
        return File(svg(code), "image/svg+xml", f"{point.code}.svg")
    return File(png(code), "image/png", f"{point.code}.png")


@routes.act("/qr-labels", "tag:keep", body=LabelsIn, media_type="application/pdf")
def print_labels(actor: Actor, body: dict[str, Any]) -> File:
    """为所选风险点打印二维码标签（PDF，真实毫米尺寸）；没有二维码的先签发。"""
    stock, start, copies = STOCKS[body.pop("stock")], body.pop("start"), body.pop("copies")
    points = service.points_to_label(actor, **body)
    if start > stock.columns * stock.rows:
        raise invalid_field("/start", f"这种标签纸每张只有 {stock.columns * stock.rows} 格。")
    tags = service.ensure_issued(actor, points)
    enterprise = own_enterprise(actor).name
    labels = [
        Label(
            text=service.address_of(tags[point.id]),
            code=point.code,
            name=point.name,
            level=point.shown_level,
            enterprise=enterprise,
        )
        for point in points
    ]
    return File(label_sheet(labels, stock, start=start, copies=copies), "application/pdf", "labels.pdf")


@routes.read("/scan/<token>", PUBLIC, within=ANYWHERE, answer=ScanOut, refuses=(404, 409))
def scan(token: str) -> PostedCard:
    """扫码所见：风险点的告知内容。不需要登录，也不多说一句；风险点已停用或并入其他风险点时回答 409，指明并入何处。"""
    return card_of(service.find(token))
