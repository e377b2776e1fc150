"""The pages and their addresses. A page obeys the same wrapper as the API; its sign-in is a cookie."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from app.accounts import sign_in, tokens
from app.accounts.policy import Role
from app.accounts.service import actor_of
from app.core.actor import Actor
from app.core.clock import local_text
from app.core.endpoint import ANYWHERE, PUBLIC, SIGNED_IN, File, Routes
from app.core.errors import Unauthenticated
from app.core.paging import page_of
from app.enterprises.service import own_enterprise
from app.evidence.photos import Picture
from app.hidden_hazards.searching import list_hazards
from app.hidden_hazards.terms import State
from app.messages.service import mark_all_read
from app.tags.card import PostedCard, card_of
from app.tags.service import find
from app.web import (
    accepting,
    briefed,
    checking,
    entrance,
    following,
    my_work,
    old_addresses,
    public_reporting,
    rectifying,
    scanned,
)
from app.web.forms import Lenient, from_our_page, local_path, read_form
from app.web.pages import asset_answer, onward, page
from app.web.posted import posted

routes = Routes("web", cookie=True)


class ScanQuery(Lenient):
    report = fields.String(load_default="")


class CheckQuery(Lenient):
    scan = fields.String(load_default="")


class SignInQuery(Lenient):
    next = fields.String(load_default="/")
    unsaved = fields.String(load_default="")


@routes.read("/pages.css", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/css")
def style() -> Response:
    """页面样式。"""
    return asset_answer("pages.css", "text/css")


@routes.read("/pages.js", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/javascript")
def script() -> Response:
    """页面脚本；没有它页面照常可用。"""
    return asset_answer("pages.js", "text/javascript")


@routes.read("/", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/html")
def home() -> Response:
    """首页；登录后列出等我整改的隐患。"""
    try:
        claims = tokens.presented(cookie=True)
        actor = actor_of(claims.user_id, claims.sign_in_id)
    except Unauthenticated:
        return page("home.html", actor=None)
    hazards = submitted = enterprise = None
    if actor.home:
        enterprise = own_enterprise(actor)
        hazards, submitted = (
            page_of(list_hazards(actor, rectifier_id=actor.id, state=state), page=1, page_size=50)
            for state in (State.RECTIFYING, State.PENDING_ACCEPTANCE)
        )
    role = Role(actor.role).label
    return page(
        "home.html",
        actor=actor,
        role=role,
        csrf=claims.csrf,
        enterprise=enterprise,
        hazards=hazards,
        submitted=submitted,
        waiting_for=lambda hazard: rectifying.waiting_for(hazard, actor),
        local_text=local_text,
    )


@routes.read("/q/<token>", PUBLIC, within=ANYWHERE, query=ScanQuery, media_type="text/html")
def scan(token: str, query: dict[str, Any]) -> Response:
    """扫码所见：风险点告知页。不需要登录，不设 Cookie。"""
    old_addresses.arrived()
    return _scanned(token, query)


@routes.read("/Q/<token>", PUBLIC, within=ANYWHERE, query=ScanQuery, media_type="text/html")
def scan_as_printed(token: str, query: dict[str, Any]) -> Response:
    """同上；印出的二维码地址全为大写。"""
    return onward(f"/q/{token}", status=302) if old_addresses.arrived() else _scanned(token, query)


def _scanned(token: str, query: dict[str, Any]) -> Response:
    tag = find(token)
    if tag.point_id is None:
        return page("blank.html", status=409, scan=scanned.proof_of(tag))
    # The page names no token, so its link to the form is a query to itself.
    if query["report"]:
        return onward(f"/q/{token}/report")
    return page("scan.html", posted=posted(card_of(tag)), scan=scanned.proof_of(tag))


@routes.read("/q/<token>/report", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/html")
def show_report(token: str) -> Response:
    """不用登录的隐患上报页。不问姓名，不设 Cookie，不用脚本。"""
    return public_reporting.form_page(public_reporting.blank(token))


@routes.act(
    "/q/<token>/report",
    PUBLIC,
    within=ANYWHERE,
    query=Lenient,
    prepare=public_reporting.submitted,
    render=public_reporting.receipt_page,
    media_type="text/html",
)
def report(token: str, card: PostedCard, body: dict[str, Any], sent: list[tuple[str, Picture]]) -> dict[str, Any]:
    """提交不留名的上报，给出回执码；同一张表提交两次只算一次。"""
    return public_reporting.recorded(token, card, body, sent)


@routes.read("/report-status", PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/html")
def show_report_status() -> Response:
    """凭回执码查看举报结果的页面。"""
    return following.form_page()


@routes.act("/report-status", PUBLIC, within=ANYWHERE, query=Lenient, reads=True, media_type="text/html")
def follow_report() -> Response:
    """举报办到哪一步；回执码不进地址栏。"""
    return following.followed_page()


@routes.read("/my", SIGNED_IN, within=ANYWHERE, query=Lenient, media_type="text/html")
def show_my_work(actor: Actor) -> Response:
    """我的工作：要查的、要改的、要验收的，和未读消息。"""
    return my_work.work_page(actor)


@routes.act(
    "/my/read",
    SIGNED_IN,
    within=ANYWHERE,
    query=Lenient,
    prepare=my_work.messages_seen,
    status=303,
    media_type="text/html",
)
def take_messages_for_read(actor: Actor, up_to: datetime) -> Response:
    """把页面上的消息标为已读，回到我的工作。"""
    mark_all_read(actor, up_to=up_to)
    return onward("/my")


@routes.read("/sign-in", PUBLIC, within=ANYWHERE, query=SignInQuery, media_type="text/html")
def show_sign_in(query: dict[str, Any]) -> Response:
    """登录页。"""
    return entrance.form_page(next_page=local_path(query["next"]), unsaved=query["unsaved"] == "1")


@routes.act(
    "/sign-in", PUBLIC, within=ANYWHERE, query=Lenient, prepare=entrance.attempted, status=303, media_type="text/html"
)
def log_in_on_page(account: dict[str, Any], next_page: str) -> Response:
    """登录，然后回到要去的页面。"""
    return entrance.let_in(account["user_id"], sign_in.open_sign_in(**account), next_page=next_page)


def _confirmed(**_: Any) -> dict[str, Any]:
    from_our_page(read_form())
    return {}


@routes.act(
    "/sign-out", SIGNED_IN, within=ANYWHERE, query=Lenient, prepare=_confirmed, status=303, media_type="text/html"
)
def log_out_on_page(actor: Actor) -> Response:
    """退出登录。"""
    sign_in.sign_out(actor)
    return entrance.let_out()


@routes.read("/check/<uuid:point_id>", "inspection:record", query=CheckQuery, media_type="text/html")
def show_check(actor: Actor, point_id: UUID, query: dict[str, Any]) -> Response:
    """风险点的检查页；从扫码页进来的，带着扫码的时间。"""
    return checking.form_page(checking.blank(actor, point_id, scan=query["scan"]))


@routes.act(
    "/check/<uuid:point_id>",
    "inspection:record",
    query=Lenient,
    prepare=checking.submitted,
    once=True,
    render=checking.receipt_page,
    media_type="text/html",
)
def check(
    actor: Actor, sheet: checking.Sheet, body: dict[str, Any], results: list[dict[str, Any]], pictures: list[Picture]
) -> dict[str, Any]:
    """提交检查，给出回执；同一张表提交两次只算一次。"""
    return checking.recorded(actor, sheet, body, results, pictures)


@routes.read("/rectify/<uuid:hazard_id>", "hidden-hazard:rectify", query=Lenient, media_type="text/html")
def show_rectification(actor: Actor, hazard_id: UUID) -> Response:
    """提交整改的页面；不到整改的时候，说明在等什么。"""
    return rectifying.form_page(rectifying.blank(actor, hazard_id))


@routes.act(
    "/rectify/<uuid:hazard_id>",
    "hidden-hazard:rectify",
    query=Lenient,
    prepare=rectifying.submitted,
    once=True,
    render=rectifying.receipt_page,
    media_type="text/html",
)
def rectify(actor: Actor, hazard_id: UUID, body: dict[str, Any], pictures: list[Picture]) -> dict[str, Any]:
    """提交整改，给出回执；同一张表提交两次只算一次。"""
    return rectifying.recorded(actor, hazard_id, body, pictures)


@routes.read("/accept/<uuid:hazard_id>", "hidden-hazard:handle", query=Lenient, media_type="text/html")
def show_acceptance(actor: Actor, hazard_id: UUID) -> Response:
    """验收隐患的页面；不到验收的时候，说明原因。"""
    return accepting.form_page(accepting.blank(actor, hazard_id))


@routes.read("/accept/<uuid:hazard_id>/photos/<sha256>", "hidden-hazard:handle", query=Lenient, media_type="image/jpeg")
def show_acceptance_photo(actor: Actor, hazard_id: UUID, sha256: str) -> File:
    """验收页上的一张照片，带水印。"""
    return File(accepting.picture(actor, hazard_id, sha256), "image/jpeg", f"{sha256[:12]}.jpg")


@routes.act(
    "/accept/<uuid:hazard_id>",
    "hidden-hazard:handle",
    query=Lenient,
    prepare=accepting.submitted,
    once=True,
    render=accepting.receipt_page,
    media_type="text/html",
)
def accept(actor: Actor, hazard_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """验收通过或退回整改，给出回执；同一张表提交两次只算一次。"""
    return accepting.recorded(actor, hazard_id, body)


@routes.read("/briefings/<uuid:briefing_id>", SIGNED_IN, query=Lenient, media_type="text/html")
def show_briefing_to_sign(actor: Actor, briefing_id: UUID) -> Response:
    """请我签收的一份告知：看清内容，确认知晓。"""
    return briefed.form_page(actor, briefing_id)


@routes.act(
    "/briefings/<uuid:briefing_id>",
    SIGNED_IN,
    query=Lenient,
    prepare=briefed.submitted,
    once=True,
    render=briefed.receipt_page,
    media_type="text/html",
)
def sign_briefing(actor: Actor, briefing_id: UUID) -> dict[str, Any]:
    """签收一份告知，给出回执和下一份；同一张表提交两次只算一次。"""
    return briefed.recorded(actor, briefing_id)
