"""Whether photos are those the events tell of: who named which, which arrived, and that the bytes are theirs."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.chain import AT_ONCE, Finding, batches_of
from app.core.db import session
from app.core.events import Event
from app.core.installation import store
from app.evidence.models import Evidence, Photo
from app.evidence.service import AS_NAMED, NAMED

KEPT = ("photo.received", "floor_plan.drawn")  # the events by which a photo is kept

Named = tuple[Any, ...]  # the subject, and a photo of it as AS_NAMED says


def findings(enterprise_id: UUID) -> Iterator[Finding]:
    """Where the rows of photos, and of who named them, are not what the events tell."""
    events, rows = _told(enterprise_id), select(Photo.sha256).where(Photo.enterprise_id == enterprise_id)
    for sha256 in session().scalars(events.except_(rows)):
        yield Finding(f"照片 {sha256}", "事件说已收到，表中却没有")
    for sha256 in session().scalars(rows.except_(events)):
        yield Finding(f"照片 {sha256}", "表中有这张照片，却没有收到它的事件")
    yield from _resized(enterprise_id)
    yield from _misnamed(enterprise_id)


def altered_files(enterprise_id: UUID) -> Iterator[Finding]:
    """The stored originals that are gone or no longer hash to their name; every byte is read."""
    kept = select(Photo.sha256, Photo.size).where(Photo.enterprise_id == enterprise_id)
    for batch in batches_of(kept, Photo.__table__.c.sha256):
        for photo in batch:
            what = _wrong_with(store().path(enterprise_id.hex, photo.sha256), photo)
            if what:
                yield Finding(f"照片 {photo.sha256}", what)


def manifest(enterprise_id: UUID) -> Iterator[Any]:
    """Every photo that was kept, with its size and each subject that names it with the purpose."""
    statement = (
        select(Photo.sha256, Photo.size, Evidence.subject_id, Evidence.purpose)
        .outerjoin(Evidence, (Evidence.enterprise_id == Photo.enterprise_id) & (Evidence.sha256 == Photo.sha256))
        .where(Photo.enterprise_id == enterprise_id)
        .order_by(Photo.sha256, Evidence.named_at, Evidence.id)
    )
    with closing(session().execute(statement.execution_options(yield_per=AT_ONCE))) as rows:
        yield from rows


def _told(enterprise_id: UUID) -> Any:
    """The hashes of the photos that events say were kept."""
    return select(Event.data["sha256"].as_string()).where(Event.enterprise_id == enterprise_id, Event.kind.in_(KEPT))


def _resized(enterprise_id: UUID) -> Iterator[Finding]:
    for batch in batches_of(_of_kind(enterprise_id, "photo.received"), Event.__table__.c.seq):
        sizes = {event.data["sha256"]: event.data["size"] for event in batch}
        rows = select(Photo.sha256, Photo.size).where(
            Photo.enterprise_id == enterprise_id, Photo.sha256.in_(sizes)
        )  # fmt: skip
        for photo in session().execute(rows):
            if photo.size != sizes[photo.sha256]:
                said = sizes[photo.sha256]
                yield Finding(f"照片 {photo.sha256}", f"大小在表中为 {photo.size} 字节，按事件应为 {said} 字节")


def _misnamed(enterprise_id: UUID) -> Iterator[Finding]:
    """The photos a subject names in the rows and not by its events, or the other way about."""
    for batch in batches_of(_of_kind(enterprise_id, NAMED), Event.__table__.c.seq):
        there = _named_in_rows(enterprise_id, {event.subject_id for event in batch})
        for event in batch:
            for photo in _named_by([event]) - there:
                yield Finding(f"照片 {photo[1]}", f"第 {event.seq} 号事件列出了它，{photo[0]} 的照片清单里却没有")
    first = session().scalar(
        select(func.min(Event.seq)).where(Event.enterprise_id == enterprise_id, Event.kind == NAMED)
    )
    subjects = select(Evidence.subject_id).where(Evidence.enterprise_id == enterprise_id).distinct()
    for batch in batches_of(subjects, Evidence.__table__.c.subject_id):
        ids = {row.subject_id for row in batch}
        rows = _of_kind(enterprise_id, NAMED).where(Event.subject_id.in_(ids))
        told = _named_by(session().execute(rows))
        for photo in sorted(_named_in_rows(enterprise_id, ids - _older(enterprise_id, ids, first)) - told, key=str):
            yield Finding(f"照片 {photo[1]}", f"在 {photo[0]} 的照片清单里，却没有列出它的事件")


def _named_by(events: Iterable[Any]) -> set[Named]:
    return {
        (event.subject_id, *(photo[name] for name in AS_NAMED)) for event in events for photo in event.data["photos"]
    }


def _named_in_rows(enterprise_id: UUID, ids: Collection[UUID]) -> set[Named]:
    columns = [Evidence.__table__.c[name] for name in ("subject_id", *AS_NAMED)]
    rows = select(*columns).where(Evidence.enterprise_id == enterprise_id, Evidence.subject_id.in_(ids))
    return {tuple(row) for row in session().execute(rows)}


def _older(enterprise_id: UUID, ids: Collection[UUID], first: int | None) -> set[UUID]:
    """The subjects that began before any event told which photos were named: nothing is known of theirs."""
    began = (
        select(Event.subject_id)
        .where(Event.enterprise_id == enterprise_id, Event.subject_id.in_(ids))
        .group_by(Event.subject_id)
    )
    return set(session().scalars(began.having(func.min(Event.seq) < first) if first else began))


def _of_kind(enterprise_id: UUID, kind: str) -> Any:
    return select(Event.seq, Event.subject_id, Event.data).where(
        Event.enterprise_id == enterprise_id, Event.kind == kind
    )


def _wrong_with(path: Path, photo: Any) -> str:
    if not path.exists():
        return "文件不在存储里"
    if path.stat().st_size != photo.size:
        return f"文件为 {path.stat().st_size} 字节，应为 {photo.size} 字节"
    with path.open("rb") as file:
        return "" if hashlib.file_digest(file, "sha256").hexdigest() == photo.sha256 else "文件的内容被改动过"
