"""The ways out of an enterprise: set up, tried, switched off; and what became of each delivery on them.

A secret goes in and never comes out; since a robot's address is a secret too, only its origin is ever shown.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import reading, session
from app.core.errors import Conflict, Invalid, invalid_field
from app.core.ids import new_id
from app.core.rows import own
from app.enterprises.models import Enterprise
from app.messages.addresses import AddressRefused, allowed, is_mail_address
from app.messages.formats import Outcome
from app.messages.models import Channel, ChannelKind, Delivery, DeliveryState
from app.messages.sending import Sender
from app.messages.service import delivery_of

MOST_CHANNELS = 20
LEAST_SECRET = 16  # characters a webhook is signed with
SWITCHED_OFF = "渠道已停用，不再发送。"
WITHOUT_SECRET = {
    ChannelKind.WECOM: "企业微信机器人的密钥在地址的 key 中，这里不填。",
    ChannelKind.MAIL: "邮件没有签名密钥，这里不填。",
}


def list_channels(actor: Actor) -> Select[Channel]:
    """The channels of the enterprise, oldest first."""
    return select(Channel).where(Channel.enterprise_id == actor.enterprise).order_by(Channel.created_at, Channel.id)


def add_channel(actor: Actor, sender: Sender, **described: Any) -> Channel:
    """Set up a way out. Raises Invalid for an address or a secret its kind does not take, Conflict for too many."""
    count = select(func.count()).select_from(Channel).where(Channel.enterprise_id == actor.enterprise)
    if session().execute(count).scalar_one() >= MOST_CHANNELS:
        detail = f"一家企业最多 {MOST_CHANNELS} 个渠道，请修改已有的渠道，不用的可以停用后改作他用。"
        raise Conflict(detail, code="too_many_channels")
    channel = Channel(enterprise_id=actor.enterprise, id=new_id(), created_at=now(), **described)
    _check(channel, sender)
    session().add(channel)
    events.append(actor.enterprise, "channel.added", channel.id, actor_id=actor.id, data=_told(channel))
    return channel


def change_channel(
    actor: Actor, sender: Sender, channel_id: UUID, *, disabled: bool | None = None, **changes: Any
) -> Channel:
    """Change a channel; switching it off gives up what still waits on it. Raises as `add_channel` does."""
    channel = own(actor, Channel, channel_id)
    if not changes and disabled is None:
        raise Invalid("没有要修改的内容，请至少给出一个字段。")
    for name, value in changes.items():
        setattr(channel, name, value)
    _check(channel, sender)
    if disabled is not None:
        channel.disabled_at = (channel.disabled_at or now()) if disabled else None
    if disabled:
        _give_up_waiting(channel)
    data = {"changed": sorted(changes), **_told(channel), "disabled": channel.disabled_at is not None}
    events.append(actor.enterprise, "channel.changed", channel.id, actor_id=actor.id, data=data)
    return channel


def try_channel(actor: Actor, sender: Sender, channel_id: UUID) -> Outcome:
    """Send a trial message at once, outside any transaction; nothing of it is kept."""
    with reading() as current:
        channel = own(actor, Channel, channel_id)
        code = current.get_one(Enterprise, actor.enterprise).code
    at = now()
    told = {
        "kind": "channel.test", "key": f"channel.test:{new_id()}", "title": "双重预防：测试消息", "data": {},
        "text": "收到这条消息，说明渠道已接通。", "at": at.isoformat().replace("+00:00", "Z"),
        "subject": {"kind": "channel", "id": str(channel.id)},
    }  # fmt: skip
    payload = delivery_of(channel, code, told, at=at)["payload"]
    return sender.send(channel.kind, channel.address, channel.secret, payload, at=at)


def record_trial(actor: Actor, channel_id: UUID, outcome: Outcome) -> Channel:
    """Say how a trial went. Raises Conflict with the problem when nothing arrived."""
    channel = own(actor, Channel, channel_id)
    if outcome.problem:
        raise Conflict(f"测试消息没有送达：{outcome.problem}请核对渠道后重试。", code="not_delivered")
    events.append(actor.enterprise, "channel.tested", channel.id, actor_id=actor.id, data=_told(channel))
    return channel


def list_deliveries(
    actor: Actor, *, state: DeliveryState | None = None, channel_id: UUID | None = None
) -> Select[Delivery]:
    """The deliveries of the enterprise, newest first."""
    statement = select(Delivery).where(Delivery.enterprise_id == actor.enterprise)
    if channel_id:
        statement = statement.where(Delivery.channel_id == channel_id)
    if state is DeliveryState.WAITING:
        statement = statement.where(Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None))
    elif state is DeliveryState.DELIVERED:
        statement = statement.where(Delivery.delivered_at.is_not(None))
    elif state is DeliveryState.GIVEN_UP:
        statement = statement.where(Delivery.given_up_at.is_not(None))
    return statement.order_by(Delivery.created_at.desc(), Delivery.id.desc())


def with_channels(actor: Actor, deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """Deliveries, each with its channel: one query."""
    ids = {delivery.channel_id for delivery in deliveries}
    found = session().scalars(select(Channel).where(Channel.enterprise_id == actor.enterprise, Channel.id.in_(ids)))
    channels = {channel.id: channel for channel in found}
    return [{"delivery": delivery, "channel": channels[delivery.channel_id]} for delivery in deliveries]


def retry(actor: Actor, delivery_id: UUID) -> Delivery:
    """Let a delivery that was given up wait again. Raises Conflict for any other, or when its channel is off."""
    delivery = own(actor, Delivery, delivery_id)
    if delivery.state is not DeliveryState.GIVEN_UP:
        detail = f"这条消息“{delivery.state.label}”，不需要手动重发；未送达的会自动重试。"
        raise Conflict(detail, code="not_given_up")
    if own(actor, Channel, delivery.channel_id).disabled_at:
        raise Conflict("渠道已停用，请先启用渠道再重发。", code="channel_disabled")
    delivery.given_up_at, delivery.attempts, delivery.next_at = None, 0, now()
    events.append(actor.enterprise, "delivery.retried", delivery.id, actor_id=actor.id, data={"key": delivery.key})
    return delivery


def _check(channel: Channel, sender: Sender) -> None:
    if channel.kind is ChannelKind.MAIL:
        if not is_mail_address(channel.address):
            raise invalid_field("/address", "应为一个邮件地址，例如 safety@example.com。")
    else:
        try:
            allowed(channel.address, internal=sender.internal)
        except AddressRefused as refused:
            raise invalid_field("/address", str(refused), code="address_refused") from None
    if channel.kind is ChannelKind.WEBHOOK and len(channel.secret) < LEAST_SECRET:
        raise invalid_field("/secret", f"Webhook 的签名密钥至少 {LEAST_SECRET} 个字符，请用随机生成的文字。")
    if channel.secret and channel.kind in WITHOUT_SECRET:
        raise invalid_field("/secret", WITHOUT_SECRET[channel.kind])


def _told(channel: Channel) -> dict[str, Any]:
    """What an event says of a channel: never its secret, nor the whole of its address."""
    return {"name": channel.name, "kind": channel.kind, "address": channel.shown_address, "kinds": channel.kinds}


def _give_up_waiting(channel: Channel) -> None:
    session().execute(
        update(Delivery)
        .where(
            Delivery.enterprise_id == channel.enterprise_id,
            Delivery.channel_id == channel.id,
            Delivery.delivered_at.is_(None),
            Delivery.given_up_at.is_(None),
        )
        .values(given_up_at=now(), problem=SWITCHED_OFF)
        .execution_options(synchronize_session=False)
    )
