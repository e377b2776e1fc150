"""Where bytes lie: a folder, each file named by the hash of what it holds, so that none is ever replaced.

A stored file is on the disk, with its folder entry, before `keep` returns. Photos are refused before the disk is full:
what is left is for reports, which are rows.
"""

import os
import shutil
import tempfile
from pathlib import Path

from app.core.errors import StoreFull


class Store:
    """A folder of files named by hash, one branch an enterprise."""

    def __init__(self, folder: Path, *, min_free_bytes: int = 0) -> None:
        self.folder, self.min_free_bytes = folder, min_free_bytes

    def path(self, branch: str, name: str) -> Path:
        """Where a file lies or would lie; names are hashes made by the product, never a user's text."""
        return self.folder / branch / name[:2] / name

    def keep(self, branch: str, name: str, content: bytes) -> None:
        """Write the file once and wait for the disk; a file that is there stays as it is.

        Its folders are waited for even then: whoever put it there may not have come so far. Raises StoreFull.
        """
        target = self.path(branch, name)
        if not target.exists():
            self.must_have_room(len(content))
            self._write(target, content)
        for folder in (target.parent, target.parent.parent, self.folder):
            _sync_folder(folder)

    def read(self, branch: str, name: str) -> bytes:
        """The bytes of a stored file."""
        return self.path(branch, name).read_bytes()

    def forget(self, branch: str, name: str) -> None:
        """Remove a file that is wanted no more; one that is not there is no fault."""
        self.path(branch, name).unlink(missing_ok=True)

    def must_have_room(self, size: int) -> None:
        """Raise StoreFull when so many bytes more would leave less than the disk must keep free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.min_free_bytes and shutil.disk_usage(self.folder).free - size < self.min_free_bytes:
            raise StoreFull(
                "服务器存储空间不足，暂时不能接收照片；文字内容仍可上报。请稍后重传照片，并联系管理员清理磁盘。",
                facts={"retry_after": 600},
            )

    def _write(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
