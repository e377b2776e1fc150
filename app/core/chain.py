"""What a check of an enterprise's ledger finds: breaks of the chain, and personal values not as committed to.

Whether a room's own rows agree with the events is for the room to say (its `proof.py`); all of them tell of findings.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.canonical import available, digest
from app.core.db import session
from app.core.events import Event, PersonalValue, broken_at

AT_ONCE = 1000  # rows held while they are compared


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the ledger says: what it is of (a human code, an event's number), and what differs."""

    of: str
    what: str

    def __str__(self) -> str:
        return f"{self.of}：{self.what}"


def broken_links(enterprise_id: UUID) -> Iterator[Finding]:
    """Where the chain breaks, and the algorithms it names that this machine cannot compute."""
    named = select(Event.algorithm).where(Event.enterprise_id == enterprise_id).distinct()
    lacking = [name for name in session().scalars(named) if not available(name)]
    if lacking:
        yield Finding("事件链", f"用了本机没有的算法 {'、'.join(lacking)}，请在有这些算法的机器上核对")
        return
    at = broken_at(enterprise_id)
    if at is not None:
        yield Finding(f"第 {at} 号事件", "与前面的事件不连续，或内容已被改动；自此处起断裂")


def lost_commitments(enterprise_id: UUID) -> Iterator[Finding]:
    """The personal values that exist and are not those their events committed to; an erased one is no finding."""
    statement = (
        select(
            Event.seq, Event.algorithm, Event.commitments, PersonalValue.name, PersonalValue.salt, PersonalValue.value
        )
        .join(PersonalValue, (PersonalValue.enterprise_id == Event.enterprise_id) & (PersonalValue.seq == Event.seq))
        .where(Event.enterprise_id == enterprise_id)
        .order_by(Event.seq, PersonalValue.name)
    )
    with closing(session().execute(statement.execution_options(yield_per=AT_ONCE))) as rows:
        for row in rows:
            if not available(row.algorithm):
                continue  # told of as a broken link
            if row.commitments.get(row.name) != digest([row.salt, row.value], row.algorithm):
                yield Finding(f"第 {row.seq} 号事件", f"个人信息“{row.name}”与事件中的承诺值不符")


def batches_of(statement: Any, *key: Any, size: int = AT_ONCE) -> Iterator[list[Any]]:
    """The rows of a select in lists of at most `size`, each list a query of its own that begins behind the last key.

    The select names the columns of `key`, which together are unique. So several queries may take turns on one
    connection, in constant memory.
    """
    ordered = statement.order_by(*key).limit(size)
    last: Any = None
    while True:
        rows = session().execute(ordered if last is None else ordered.where(_behind(key, last))).all()
        if not rows:
            return
        yield list(rows)
        if len(rows) < size:
            return
        last = [getattr(rows[-1], column.key) for column in key]


def compared(expected: Iterable[tuple[str, Any]], found: dict[str, Any], *, by: str) -> Iterator[str]:
    """What differs, field by field: as the events say it and as the row does."""
    for name, value in expected:
        if found[name] != value:
            yield f"{name} 在表中为 {_said(found[name])}，按{by}应为 {_said(value)}"


def _said(value: Any) -> str:
    text = "空" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _behind(key: tuple[Any, ...], last: list[Any]) -> Any:
    column, value = key[0], last[0]
    if len(key) == 1:
        return column > value
    return (column > value) | ((column == value) & _behind(key[1:], last[1:]))
