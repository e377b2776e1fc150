"""How the rows of hidden hazards are proven: each event of one carries the columns it changed, so they can be rebuilt.

An event's `row` holds every column that is another than before, as plain JSON; folding a hidden hazard's events gives
its row. What names a person from outside (`PERSONAL`) stands there as a salted commitment instead, to be erasable.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.actor import Actor
from app.core.canonical import canonical
from app.core.chain import Finding, batches_of, compared
from app.core.db import session
from app.core.events import Event, PersonalValue
from app.hidden_hazards.models import HiddenHazard

KEYS = ("enterprise_id", "id")
PROVEN = tuple(column.key for column in HiddenHazard.__table__.columns if column.key not in KEYS)
PERSONAL = ("entrusted", "listing")
REPORTED = "hidden_hazard.reported"
AT_ONCE = 200  # hidden hazards whose events are folded together


def row_of(hazard: Any) -> dict[str, Any]:
    """The columns of a hidden hazard as plain JSON."""
    row: dict[str, Any] = json.loads(_text({name: getattr(hazard, name) for name in PROVEN}))
    return row


def record(
    actor: Actor,
    hazard: HiddenHazard,
    kind: str,
    *,
    before: Mapping[str, Any],
    data: Mapping[str, Any],
    client_at: datetime | None = None,
) -> int:
    """Append an event of a hidden hazard with the columns that are not as they were `before` (`row_of`; empty: none).

    Every change of a hidden hazard is recorded so; the row must be as it is to stay.
    """
    if not before:
        _settle_defaults(hazard)
    changed = {name: value for name, value in row_of(hazard).items() if value != before.get(name)}
    personal = {name: _text(changed.pop(name)) for name in PERSONAL if changed.get(name) is not None}
    said = _impersonal(data)
    return events.append(
        actor.enterprise, kind, hazard.id, actor_id=actor.id, data={**said, "row": changed}, client_at=client_at,
        personal=personal,
    )  # fmt: skip


def findings(enterprise_id: UUID) -> Iterator[Finding]:
    """Where the rows of hidden hazards are not what their events make of them."""
    columns = [column for column in HiddenHazard.__table__.columns if column.key != "enterprise_id"]
    rows = select(*columns).where(HiddenHazard.enterprise_id == enterprise_id)
    for batch in batches_of(rows, HiddenHazard.__table__.c.id, size=AT_ONCE):
        told = _events_of(enterprise_id, [row.id for row in batch])
        values = _personal_of(enterprise_id, told)
        for row in batch:
            yield from (Finding(f"隐患 {row.code}", what) for what in _differing(row, told[row.id], values))
    gone = ~select(HiddenHazard.id).where(
        HiddenHazard.enterprise_id == enterprise_id, HiddenHazard.id == Event.subject_id
    ).exists()  # fmt: skip
    lost = select(Event.seq, Event.data).where(Event.enterprise_id == enterprise_id, Event.kind == REPORTED, gone)
    for event in session().execute(lost.order_by(Event.seq)):
        yield Finding(f"隐患 {event.data.get('code', '')}", f"第 {event.seq} 号事件上报了它，表中却没有")


def folded(told: Sequence[Any], values: Mapping[tuple[int, str], str]) -> dict[str, Any]:
    """The columns as a hidden hazard's events leave them, oldest first; one they cannot tell is not among them.

    `values` are the personal values by event and name; an erased one cannot be told. Events of before columns were
    carried tell the code, where it came from, and the state.
    """
    row: dict[str, Any] = {}
    for event in told:
        data = event.data
        if "row" in data:
            row = {**(row or dict.fromkeys(PROVEN)), **data["row"]}
        elif event.kind == REPORTED:
            row |= {name: data.get(name) for name in ("code", "source", "point_id", "origin")} | {"state": "reported"}
        elif "from" in data and data.get("to"):
            row["state"] = data["to"]
        for name in event.commitments:
            row.pop(name, None)
            if (event.seq, name) in values:
                row[name] = json.loads(values[event.seq, name])
    return row


def _settle_defaults(hazard: HiddenHazard) -> None:
    """Give a new hidden hazard the defaults it would get when it is written: they are columns as any other."""
    for column in HiddenHazard.__table__.columns:
        default: Any = column.default
        if default is not None and getattr(hazard, column.key) is None:
            setattr(hazard, column.key, default.arg(None) if default.is_callable else default.arg)


def _differing(row: Any, told: Sequence[Any], values: Mapping[tuple[int, str], str]) -> Iterator[str]:
    expected = folded(told, values)
    if not expected:
        yield "表中有这项隐患，却没有上报它的事件"
    yield from compared(expected.items(), row_of(row), by="事件")


def _events_of(enterprise_id: UUID, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    told: dict[UUID, list[Any]] = defaultdict(list)
    rows = session().execute(
        select(Event.subject_id, Event.seq, Event.kind, Event.data, Event.commitments)
        .where(
            Event.enterprise_id == enterprise_id,
            Event.subject_id.in_(ids),
            Event.kind.startswith("hidden_hazard.", autoescape=True),
        )
        .order_by(Event.seq)
    )
    for row in rows:
        told[row.subject_id].append(row)
    return told


def _personal_of(enterprise_id: UUID, told: Mapping[UUID, Sequence[Any]]) -> dict[tuple[int, str], str]:
    """The personal values of these events that still exist, by the event's number and the value's name."""
    committed = [event.seq for those in told.values() for event in those if event.commitments]
    if not committed:
        return {}
    rows = session().execute(
        select(PersonalValue.seq, PersonalValue.name, PersonalValue.value).where(
            PersonalValue.enterprise_id == enterprise_id, PersonalValue.seq.in_(committed)
        )
    )
    return {(row.seq, row.name): row.value for row in rows}


def _impersonal(data: Mapping[str, Any]) -> dict[str, Any]:
    """What an event says of a move, and of what was before it, without what may be erased one day."""
    return {
        name: _impersonal(value) if name == "was" else value for name, value in data.items() if name not in PERSONAL
    }


def _text(value: Any) -> str:
    return canonical(value).decode()
