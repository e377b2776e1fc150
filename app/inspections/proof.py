"""Whether inspections and checklists are what was recorded: each one's event carries the digest of its content."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.canonical import digest
from app.core.chain import Finding, batches_of
from app.core.clock import local_text
from app.core.db import session
from app.core.events import Event
from app.inspections.content import content_of, content_of_checklist
from app.inspections.models import Checklist, Inspection, InspectionItem

AT_ONCE = 200  # inspections whose items are looked at together


def findings(enterprise_id: UUID) -> Iterator[Finding]:
    """Where the rows of inspections and checklists are not what their events say."""
    yield from _inspections(enterprise_id)
    yield from _checklists(enterprise_id)
    yield from _lost(enterprise_id, "inspection.recorded", Inspection, "排查记录")
    yield from _lost(enterprise_id, "checklist.published", Checklist, "排查清单")


def _inspections(enterprise_id: UUID) -> Iterator[Finding]:
    table = Inspection.__table__
    rows = select(*table.columns).where(table.c.enterprise_id == enterprise_id)
    for batch in batches_of(rows, table.c.id, size=AT_ONCE):
        ids = [row.id for row in batch]
        said, items = _said(enterprise_id, "inspection.recorded", ids), _items(enterprise_id, ids)
        for row in batch:
            of = f"排查记录 {row.id}（{local_text(row.received_at)}）"
            yield from _judged(of, said.get(row.id), digest(content_of(row, items[row.id])))


def _checklists(enterprise_id: UUID) -> Iterator[Finding]:
    table = Checklist.__table__
    rows = select(*table.columns).where(table.c.enterprise_id == enterprise_id)
    for batch in batches_of(rows, table.c.id, size=AT_ONCE):
        said = _said(enterprise_id, "checklist.published", [row.id for row in batch])
        for row in batch:
            of = f"排查清单 {row.id}（第 {row.version} 版）"
            yield from _judged(of, said.get(row.id), digest(content_of_checklist(row)))


def _judged(of: str, data: dict[str, Any] | None, content: str) -> Iterator[Finding]:
    """An event of before the content was digested says nothing of it."""
    if data is None:
        yield Finding(of, "表中有这份记录，却没有它的事件")
    elif data.get("content", content) != content:
        yield Finding(of, "内容与事件中的摘要不符，记录在提交之后被改动过")


def _said(enterprise_id: UUID, kind: str, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = session().execute(
        select(Event.subject_id, Event.data).where(
            Event.enterprise_id == enterprise_id, Event.subject_id.in_(ids), Event.kind == kind
        )
    )
    return {row.subject_id: row.data for row in rows}


def _items(enterprise_id: UUID, ids: list[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    columns = InspectionItem.__table__.columns
    rows = select(*columns).where(columns.enterprise_id == enterprise_id, columns.inspection_id.in_(ids))
    for row in session().execute(rows):
        found[row.inspection_id].append(row)
    return found


def _lost(enterprise_id: UUID, kind: str, model: type[Any], named: str) -> Iterator[Finding]:
    there = select(model.id).where(model.enterprise_id == enterprise_id, model.id == Event.subject_id).exists()
    told = select(Event.seq, Event.subject_id).where(Event.enterprise_id == enterprise_id, Event.kind == kind, ~there)
    for event in session().execute(told.order_by(Event.seq)):
        yield Finding(f"{named} {event.subject_id}", f"第 {event.seq} 号事件记下了它，表中却没有")
