"""Where tags are issued, printed as codes and labels, and scanned."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, File, Routes
from app.core.errors import Invalid, invalid_field
from app.core.installation import settings
from app.core.paging import page_of
from app.risks.points import must_be_in_use, workable_point
from app.tags import listing, service
from app.tags import schemas as wire
from app.tags.card import PostedCard, card_of
from app.tags.label_schemas import CalibrationQuery, LabelsIn
from app.tags.labelling import CHOICES, chosen_tags, labels_of, must_stay_on, placing, stock_of
from app.tags.models import Tag
from app.tags.telling import KEEP
from qr import calibration_page, label_sheet, old_addresses, png, svg, symbol, token_in

routes = Routes("tags")
MOST_AT_ONCE = 1000  # labels drawn while their request waits


@routes.read("/tags", KEEP, query=wire.TagQuery, answer=wire.TagOut, paged=True)
def list_tags(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出二维码，最新的在前；attention=true 是要去看一看的：磨损、从未扫过、很久没有扫过、印着旧地址。"""
    page = page_of(listing.list_tags(actor, **query), **paging)
    return {**page, "items": listing.shown(actor, page["items"])}


@routes.create("/tags", KEEP, body=wire.TagIn, answer=wire.TagOut, refuses=(409,))
def issue(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """为风险点签发一个二维码。"""
    return _shown(actor, service.issue(actor, **body))


@routes.create("/tag-rolls", KEEP, body=wire.RollIn, answer=wire.RollOut, once=True)
def issue_roll(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """签发一卷空白码，先印好，到现场扫码绑定风险点；各张有连续的序号。"""
    return service.issue_roll(actor, body["id"], count=body["count"])


@routes.create(
    "/tags/<uuid:tag_id>/replacement", KEEP, body=wire.ReplaceIn, answer=wire.TagOut, once=True, refuses=(409,)
)
def replace(actor: Actor, tag_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """换新：为同一风险点签发新码；旧码在宽限期内仍可用，扫到的人会看到这是旧码，过后作废。"""
    return _shown(actor, service.replace(actor, tag_id, reason=body["reason"], grace_days=body["grace_days"]))


@routes.act("/tags/<uuid:tag_id>/revocation", KEEP, body=wire.RevokeIn, answer=wire.TagOut, refuses=(409,))
def revoke(actor: Actor, tag_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """作废一个二维码；扫到它的人会看到提示。"""
    return _shown(actor, service.revoke(actor, tag_id, **body))


@routes.act("/tags/<uuid:tag_id>/worn-clearance", KEEP, answer=wire.TagOut, refuses=(409,))
def clear_worn(actor: Actor, tag_id: UUID) -> dict[str, Any]:
    """消除磨损的报告：到现场看过，还能用。"""
    return _shown(actor, service.clear_worn(actor, tag_id))


def _shown(actor: Actor, tag: Tag) -> dict[str, Any]:
    return listing.shown(actor, [tag])[0]


@routes.read(
    "/risk-points/<uuid:point_id>/qr",
    "tag:keep",
    query=wire.SymbolQuery,
    media_type=("image/png", "image/svg+xml"),
    refuses=(409,),
)
def show_symbol(actor: Actor, point_id: UUID, query: dict[str, Any]) -> File:
    """风险点的二维码图片：PNG，或矢量的 SVG。"""
    point = workable_point(actor, point_id)
    must_be_in_use(point)
    code = symbol(service.address_of(service.good_tag(actor, point_id)))
    if query["format"] == "svg":
        return File(svg(code), "image/svg+xml", f"{point.code}.svg")
    return File(png(code), "image/png", f"{point.code}.png")


@routes.act("/qr-labels", "tag:keep", body=LabelsIn, media_type="application/pdf")
def print_labels(actor: Actor, body: dict[str, Any]) -> File:
    """为所选风险点打印二维码标签（PDF，真实毫米尺寸），没有二维码的先签发；或打印一卷空白码。"""
    sheet = placing(body)
    tags = chosen_tags(actor, roll_id=body["roll_id"], **{name: body[name] for name in CHOICES})
    if len(tags) * sheet["copies"] > MOST_AT_ONCE:
        said = f"一次最多直接打印 {MOST_AT_ONCE} 张标签；更多的请下打印单（POST /print-orders，种类 labels）。"
        raise Invalid(said, code="too_many_documents")
    must_stay_on(sheet, len(tags))
    return File(label_sheet(labels_of(actor, tags).values(), **sheet), "application/pdf", "labels.pdf")


@routes.read("/qr-labels/calibration", "tag:keep", query=CalibrationQuery, media_type="application/pdf")
def show_calibration(actor: Actor, query: dict[str, Any]) -> File:
    """标签纸的校准页（PDF）：打在标签纸上，从标尺读出偏移，打印标签时照填。"""
    stock = stock_of({"stock": query.pop("stock"), "free": query})
    return File(calibration_page(stock), "application/pdf", "calibration.pdf")


@routes.act("/scan", PUBLIC, within=ANYWHERE, body=wire.ScannedIn, answer=wire.ScannedOut, reads=True)
def read_text(body: dict[str, Any]) -> dict[str, str]:
    """从扫码器读到的文字里取出二维码的令牌；现行和旧的地址都认。只认写法，不说这个码是否签发过。"""
    token = token_in(body["text"], old_addresses(settings().old_addresses))
    if token is None:
        raise invalid_field("/text", "这不是本系统的二维码，请扫风险点上的二维码。")
    return {"token": token}


@routes.read("/scan/<token>", PUBLIC, within=ANYWHERE, answer=wire.ScanOut, refuses=(404, 409))
def scan(token: str) -> PostedCard:
    """扫码所见：风险点的告知内容。不需要登录，也不多说一句；风险点已停用或并入其他风险点时回答 409，指明并入何处。

    还没有绑定风险点的空白码回答 409（tag_blank）；宽限期内的旧码带 old_tag。
    """
    return card_of(service.find(token))


@routes.act("/scan/<token>/binding", KEEP, body=wire.BindIn, answer=wire.TagOut, once=True, refuses=(404, 409))
def bind(actor: Actor, token: str, body: dict[str, Any]) -> dict[str, Any]:
    """在现场把扫到的空白码绑定到风险点；一个风险点可以有几个码，一个码只绑定一次。"""
    return _shown(actor, service.bind(actor, token, point_id=body["point_id"]))


@routes.act(
    "/scan/<token>/worn", "inspection:record", body=wire.WornIn, answer=wire.WornOut, once=True, refuses=(404, 409)
)
def report_worn(actor: Actor, token: str, body: dict[str, Any]) -> Tag:
    """报告扫到的码已磨损、难扫；管码的人会收到消息，直到换新或看过消除。"""
    return service.report_worn(actor, token, note=body["note"])
