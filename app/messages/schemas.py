"""What crosses the wire of messages, channels and deliveries."""

from marshmallow import fields, validate

from app.core.fields import Choice, Flag, Id, Instant, ListOf, Schema, Text
from app.messages.models import ChannelKind, DeliveryState

KIND = validate.Regexp(
    r"\A[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*\Z",
    error="应为消息种类，例如 hidden_hazard.escalated；也可只写 hidden_hazard。",
)
KINDS = {"description": "只传送这些种类的消息；写 hidden_hazard 即包括 hidden_hazard.escalated 等；空为全部"}


class InboxQuery(Schema):
    unread = fields.String(validate=validate.OneOf(["true"], error="只能是 true。"))


class MessageOut(Schema):
    id = Id(attribute="message.id")
    enterprise_id = Id(attribute="enterprise.id")
    enterprise_name = fields.String(attribute="enterprise.name")
    kind = fields.String(attribute="message.kind", metadata={"example": "hidden_hazard.escalated"})
    title = fields.String(attribute="message.title")
    text = fields.String(attribute="message.text")
    subject_kind = fields.String(attribute="message.subject_kind", metadata={"example": "hidden_hazard"})
    subject_id = Id(attribute="message.subject_id", allow_none=True)
    at = Instant(attribute="message.at")
    read_at = Instant(attribute="message.read_at", allow_none=True)


class ReadAllIn(Schema):
    up_to = Instant(required=True, metadata={"description": "列表中最新一条的时间；之后到的仍为未读"})


class UnreadOut(Schema):
    unread = fields.Integer(metadata={"description": "未读条数"})


class ChannelIn(Schema):
    name = Text(60, required=True)
    kind = Choice(ChannelKind, required=True)
    address = Text(500, required=True, metadata={"description": "https 地址；邮件渠道填邮件地址"})
    secret = Text(200, least=0, load_default="", metadata={"description": "签名密钥；只进不出", "writeOnly": True})
    kinds = ListOf(Text(40, validate=KIND), most=50, load_default=list, metadata=KINDS)


class ChannelPatch(Schema):
    name = Text(60)
    address = Text(500)
    secret = Text(200, least=0, metadata={"writeOnly": True})
    kinds = ListOf(Text(40, validate=KIND), most=50, metadata=KINDS)
    disabled = Flag(metadata={"description": "停用时，还没有送达的消息不再发送"})


class ChannelOut(Schema):
    id = Id()
    name = fields.String()
    kind = Choice(ChannelKind)
    kind_label = fields.Function(lambda channel: channel.kind.label, metadata={"type": "string"})
    address = fields.String(attribute="shown_address", metadata={"description": "只显示到主机：其余部分也是密钥"})
    signed = Flag(metadata={"description": "是否设有签名密钥"})
    kinds = fields.List(fields.String())
    created_at = Instant()
    disabled_at = Instant(allow_none=True)


class DeliveryQuery(Schema):
    state = Choice(DeliveryState)
    channel_id = Id()


class DeliveryOut(Schema):
    id = Id(attribute="delivery.id")
    channel_id = Id(attribute="channel.id")
    channel_name = fields.String(attribute="channel.name")
    key = fields.String(attribute="delivery.key")
    kind = fields.Function(lambda row: row["delivery"].payload["kind"], metadata={"type": "string"})
    title = fields.Function(lambda row: row["delivery"].payload["title"], metadata={"type": "string"})
    state = Choice(DeliveryState, attribute="delivery.state")
    state_label = fields.Function(lambda row: row["delivery"].state.label, metadata={"type": "string"})
    attempts = fields.Integer(attribute="delivery.attempts")
    created_at = Instant(attribute="delivery.created_at")
    next_at = Instant(attribute="delivery.next_at", metadata={"description": "下一次尝试的时间，只对等待中的有意义"})
    delivered_at = Instant(attribute="delivery.delivered_at", allow_none=True)
    given_up_at = Instant(attribute="delivery.given_up_at", allow_none=True)
    problem = fields.String(attribute="delivery.problem", metadata={"description": "最近一次没有送达的原因"})
