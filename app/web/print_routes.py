"""The addresses of the print shop's pages, and of the page a print's check code leads to."""

from typing import Any
from uuid import UUID

from flask import Response

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, File, Routes
from app.printing.routes import MEDIA_TYPES, fetch
from app.web import paper, print_shop
from app.web.forms import Lenient

routes = Routes("print_pages", cookie=True)


@routes.read("/p/<token>", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/html")
def check_paper(token: str) -> Response:
    """查验一张打印件是否现行。不需要登录，不设 Cookie。"""
    return paper.check_page(token)


@routes.read("/P/<token>", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/html")
def check_paper_as_printed(token: str) -> Response:
    """同上；印出的查验码地址全为大写。"""
    return paper.check_page(token)


@routes.read("/print-shop", "print:make", query=Lenient, media_type="text/html")
def show_print_shop(actor: Actor) -> Response:
    """打印页：墙上过期的、要打印什么、我的打印单。"""
    return print_shop.shop_page(actor)


@routes.act(
    "/print-shop",
    "print:make",
    query=Lenient,
    prepare=print_shop.submitted,
    once=True,
    render=print_shop.back,
    media_type="text/html",
)
def order_print(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """下单打印，回到打印页；同一张表提交两次只算一次。"""
    return print_shop.ordered(actor, body)


@routes.read("/print-shop/<uuid:print_order_id>/file", "print:make", query=Lenient, media_type=MEDIA_TYPES)
def open_print(actor: Actor, print_order_id: UUID) -> File:
    """打好的文件。"""
    made: File = fetch(actor, print_order_id)
    return made


@routes.act(
    "/print-shop/<uuid:print_order_id>/cancellation",
    "print:make",
    query=Lenient,
    prepare=print_shop.confirmed,
    status=303,
    media_type="text/html",
)
def cancel_print(actor: Actor, print_order_id: UUID) -> Response:
    """取消还没打好的打印单，回到打印页。"""
    return print_shop.cancelled(actor, print_order_id)
