"""Photos that come in pieces over a bad line: what has come so far is kept until the rest follows.

A part lies in a file of its own, named by the enterprise, the subject and the hash announced; it never grows past the
size announced. It is no evidence and no photo: only the whole, checked, becomes one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from app.core.clock import now
from app.core.errors import Conflict, invalid_field
from app.core.installation import store

KEPT_DAYS = 7


def received(enterprise_id: UUID, subject_id: UUID, sha256: str) -> int:
    """How many bytes of a photo have come so far."""
    try:
        return _path(enterprise_id, subject_id, sha256).stat().st_size
    except FileNotFoundError:
        return 0


def append(
    enterprise_id: UUID, subject_id: UUID, sha256: str, pieces: Iterator[bytes], *, offset: int, size: int
) -> int:
    """Write what comes after the first `offset` bytes; how many there are then. What came before a break stays.

    Raises Conflict with the right offset for a wrong one, Invalid for more bytes than announced, StoreFull.
    """
    path = _path(enterprise_id, subject_id, sha256)
    store().must_have_room(size - offset)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        there = os.fstat(file.fileno()).st_size
        if there != offset:
            raise _wrong_offset(there)
        for piece in pieces:
            there = _add(file, piece, there)
            if there > size:
                path.unlink(missing_ok=True)
                raise invalid_field("/size", f"收到的字节多于清单所列的 {size} 字节，已作废，请从头重传。")
        os.fsync(file.fileno())
        return there


def _add(file: BinaryIO, piece: bytes, there: int) -> int:
    """Add one piece at its place; of two that send at once, the slower is told what is there.

    The lock is held for the piece alone: a phone whose line broke unnoticed does not wait for its own dead request.
    """
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        found = os.fstat(file.fileno()).st_size
        if found != there:
            raise _wrong_offset(found)
        file.write(piece)
        file.flush()
        return there + len(piece)
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def whole(enterprise_id: UUID, subject_id: UUID, sha256: str) -> bytes:
    """All that has come of a photo."""
    try:
        return _path(enterprise_id, subject_id, sha256).read_bytes()
    except FileNotFoundError:
        raise _wrong_offset(0) from None


def throw_away(enterprise_id: UUID, subject_id: UUID, sha256: str) -> None:
    """Forget what has come of a photo: it is whole and stored, or it is not what was announced."""
    _path(enterprise_id, subject_id, sha256).unlink(missing_ok=True)


def settle_parts() -> int:
    """Remove the parts nothing was added to for a week; how many."""
    until = now().timestamp() - KEPT_DAYS * 86_400
    removed = 0
    for path in _folder().glob("*/*"):
        with suppress(FileNotFoundError):  # it became whole, or another process tidies too
            if path.stat().st_mtime < until:
                path.unlink()
                removed += 1
    return removed


def _wrong_offset(there: int) -> Conflict:
    return Conflict(
        f"服务器已收到这张照片的 {there} 字节，请从第 {there} 字节接着传。",
        code="wrong_offset",
        facts={"received_bytes": there},
    )


def _path(enterprise_id: UUID, subject_id: UUID, sha256: str) -> Path:
    return _folder() / enterprise_id.hex / f"{subject_id.hex}-{sha256}"


def _folder() -> Path:
    return store().folder / "parts"
