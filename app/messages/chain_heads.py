"""The head of each enterprise's chain, sent outside once a day: who holds it can prove a later rewriting of it all."""

from functools import partial
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import reading, session
from app.core.events import lock_ledger
from app.core.ticking import each_enterprise
from app.messages.models import Channel, Delivery
from app.messages.service import tell

CHAIN_HEAD = "chain.head"


def send_chain_heads() -> int:
    """Tell the channels that carry it the head of the chain of the day; of how many enterprises.

    One read finds where it has not been told; each enterprise is then written in its own transaction.
    """
    key = f"{CHAIN_HEAD}:{today().isoformat()}"
    with reading():
        waiting = _without(key)
    return each_enterprise(waiting, partial(_tell_head, key=key))


def _tell_head(actor: Actor, *, key: str) -> None:
    ledger = lock_ledger(actor.enterprise)
    text = (
        f"截至第 {ledger.seq} 号事件，链首哈希为 {ledger.hash}。"
        "请妥善保存：日后核对事件链时，与之不符即说明此前的记录被改动过。"
    )
    head = {"seq": ledger.seq, "hash": ledger.hash}
    tell(
        actor, [], kind=CHAIN_HEAD, key=key, title="双重预防：当日事件链链首", text=text, data=head,
        subject_kind="enterprise", subject_id=actor.enterprise,
    )  # fmt: skip


def _without(key: str) -> list[UUID]:
    """The enterprises with a channel that carries chain heads and has not been given this one."""
    told = select(Delivery.id).where(
        Delivery.enterprise_id == Channel.enterprise_id, Delivery.channel_id == Channel.id, Delivery.key == key
    )
    channels = session().scalars(select(Channel).where(Channel.disabled_at.is_(None), ~told.exists()))
    return sorted({channel.enterprise_id for channel in channels if channel.carries(CHAIN_HEAD)})
