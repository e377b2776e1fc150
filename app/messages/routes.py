"""Where people read what they were told, and an enterprise sets up its channels to the outside."""

from typing import Any, cast
from uuid import UUID

from flask import current_app

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, SIGNED_IN, Routes
from app.core.paging import page_of
from app.messages import channels, service
from app.messages import schemas as wire
from app.messages.formats import Outcome
from app.messages.models import Channel
from app.messages.sending import Sender

routes = Routes("messages")


@routes.read(
    "/messages", SIGNED_IN, within=ANYWHERE, query=wire.InboxQuery, answer=wire.MessageOut, paged=True
)  # fmt: skip
def list_messages(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """本人的消息，最新的在前；unread=true 只列未读。"""
    page = page_of(service.inbox(actor, unread="unread" in query), **paging)
    return {**page, "items": service.with_enterprises(page["items"])}


@routes.read("/messages/unread-count", SIGNED_IN, within=ANYWHERE, answer=wire.UnreadOut)
def count_unread(actor: Actor) -> dict[str, int]:
    """本人的未读消息有多少条。"""
    return {"unread": service.unread_count(actor)}


@routes.act("/messages/<uuid:message_id>/read", SIGNED_IN, within=ANYWHERE, answer=wire.MessageOut)
def mark_read(actor: Actor, message_id: UUID) -> dict[str, Any]:
    """把本人的一条消息记为已读；重复调用不改变已读时间。"""
    return service.with_enterprises([service.mark_read(actor, message_id)])[0]


@routes.act("/messages/read-all", SIGNED_IN, within=ANYWHERE, body=wire.ReadAllIn, answer=wire.UnreadOut)
def mark_all_read(actor: Actor, body: dict[str, Any]) -> dict[str, int]:
    """把本人截至某一时刻的消息都记为已读；回答还剩多少条未读。"""
    service.mark_all_read(actor, up_to=body["up_to"])
    return {"unread": service.unread_count(actor)}


@routes.read("/channels", "channel:keep", answer=wire.ChannelOut, paged=True)
def list_channels(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出本企业向外发送消息的渠道；密钥和完整地址不再显示。"""
    return page_of(channels.list_channels(actor), **paging)


@routes.create("/channels", "channel:keep", body=wire.ChannelIn, answer=wire.ChannelOut, refuses=(409,))
def add_channel(actor: Actor, body: dict[str, Any]) -> Channel:
    """增加一个渠道：Webhook、企业微信机器人、钉钉机器人或邮件。地址须为 https，不能指向内部网络。"""
    return channels.add_channel(actor, _sender(), **body)


@routes.change("/channels/<uuid:channel_id>", "channel:keep", body=wire.ChannelPatch, answer=wire.ChannelOut)
def change_channel(actor: Actor, channel_id: UUID, body: dict[str, Any]) -> Channel:
    """修改、停用或启用一个渠道，未给出的不变；停用时还没有送达的消息不再发送。"""
    return channels.change_channel(actor, _sender(), channel_id, **body)


def _trial(actor: Actor, channel_id: UUID, **_: Any) -> dict[str, Outcome]:
    """The slow work of a test: it leaves before any transaction begins."""
    return {"outcome": channels.try_channel(actor, _sender(), channel_id)}


@routes.act(
    "/channels/<uuid:channel_id>/test", "channel:keep", prepare=_trial, answer=wire.ChannelOut, refuses=(409,)
)  # fmt: skip
def send_trial(actor: Actor, channel_id: UUID, outcome: Outcome) -> Channel:
    """立即发送一条测试消息；没有送达时回答 409 和原因。"""
    return channels.record_trial(actor, channel_id, outcome)


@routes.read("/deliveries", "channel:keep", query=wire.DeliveryQuery, answer=wire.DeliveryOut, paged=True)
def list_deliveries(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出向外发送的消息及其状态，最新的在前；没有送达的带有原因和下一次尝试的时间。"""
    page = page_of(channels.list_deliveries(actor, **query), **paging)
    return {**page, "items": channels.with_channels(actor, page["items"])}


@routes.act("/deliveries/<uuid:delivery_id>/retry", "channel:keep", answer=wire.DeliveryOut, refuses=(409,))
def retry_delivery(actor: Actor, delivery_id: UUID) -> dict[str, Any]:
    """重新发送一条已放弃的消息；接收方可按 X-Dual-Key 识别重复。"""
    return channels.with_channels(actor, [channels.retry(actor, delivery_id)])[0]


def _sender() -> Sender:
    return cast(Sender, current_app.extensions["sender"])
