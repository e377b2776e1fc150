"""The pages of tags: a blank one is bound where it was stuck, a worn one is reported. Signed in by cookie."""

from typing import Any

from flask import Response

from app.core.actor import Actor
from app.core.endpoint import Routes
from app.tags.telling import KEEP
from app.web import binding, wearing
from app.web.forms import Lenient

routes = Routes("tag_pages", cookie=True)


@routes.read("/bind", KEEP, query=binding.BindQuery, media_type="text/html")
def show_binding(actor: Actor, query: dict[str, Any]) -> Response:
    """为刚扫的空白码选择风险点的页面。"""
    return binding.form_page(binding.blank(actor, scan=query["scan"], text=query["text"]))


@routes.act(
    "/bind",
    KEEP,
    query=Lenient,
    prepare=binding.submitted,
    once=True,
    render=binding.receipt_page,
    media_type="text/html",
)
def bind(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """把空白码绑定到选中的风险点，给出回执；同一张表提交两次只算一次。"""
    return binding.recorded(actor, token=body["token"], point_id=body["point_id"])


@routes.read("/worn", "inspection:record", query=binding.BindQuery, media_type="text/html")
def show_wear(actor: Actor, query: dict[str, Any]) -> Response:
    """报告刚扫的码磨损、难扫的页面。"""
    return wearing.form_page(actor, scan=query["scan"])


@routes.act(
    "/worn",
    "inspection:record",
    query=Lenient,
    prepare=wearing.submitted,
    once=True,
    render=wearing.receipt_page,
    media_type="text/html",
)
def report_wear(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """报告二维码磨损，给出回执；同一张表提交两次只算一次。"""
    return wearing.recorded(actor, token=body["token"], note=body["note"])
