"""Where people sign that they were told, and the enterprise sees who has."""

from typing import Any
from uuid import UUID

from app.briefings import schemas as wire
from app.briefings import signing
from app.core.actor import Actor
from app.core.endpoint import SIGNED_IN, Routes
from app.core.paging import page_of

routes = Routes("briefings")


@routes.read("/briefings", "briefing:see", query=wire.BriefingQuery, answer=wire.CountedBriefingOut, paged=True)
def list_briefings(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出告知及其签收人数，新的在前；部门（班组）负责人只见本部门的。"""
    query["unsigned"] = "unsigned" in query
    page = page_of(signing.list_briefings(actor, **query), **paging)
    return {**page, "items": signing.with_counts(actor, page["items"])}


@routes.read("/briefings/<uuid:briefing_id>", "briefing:see", answer=wire.BriefingInFullOut)
def show_briefing(actor: Actor, briefing_id: UUID) -> dict[str, Any]:
    """一份告知：当时告知的内容，请谁签收，谁在什么时候签收了。"""
    return signing.in_full(actor, signing.get_briefing(actor, briefing_id))


@routes.read("/my-briefings", SIGNED_IN, query=wire.MineQuery, answer=wire.MyBriefingOut, paged=True)
def list_mine(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """请我签收的告知，还没有签收的在前，新的在前；waiting=true 只列还没有签收的。"""
    page = page_of(signing.mine(actor, waiting="waiting" in query), **paging)
    return {**page, "items": signing.with_my_signature(actor, page["items"])}


@routes.act(
    "/briefings/<uuid:briefing_id>/signature",
    SIGNED_IN,
    body=wire.SignatureIn,
    answer=wire.MyBriefingOut,
    once=True,
    refuses=(403, 409),
)
def sign(actor: Actor, briefing_id: UUID) -> dict[str, Any]:
    """签收：本人确认已经知晓。只能由本人签收；再次签收不改变签收时间；已被新的一份取代的，回答 409 和新的编号。"""
    return signing.with_my_signature(actor, [signing.sign(actor, briefing_id)])[0]


@routes.create(
    "/briefings/<uuid:briefing_id>/paper-signatures",
    "briefing:keep",
    body=wire.PaperSignatureIn,
    answer=wire.SignatureOut,
    once=True,
    refuses=(409,),
)
def sign_on_paper(actor: Actor, briefing_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """登记纸质签收：承包商等没有账号的人在纸上签了字，由他人登记，不能登记本人的。"""
    signature = signing.sign_on_paper(
        actor, briefing_id, body["id"], name=body["name"], organisation=body["organisation"],
        signed_on=body["signed_on"],
    )  # fmt: skip
    return {"signature": signature, "name": signature.name}
