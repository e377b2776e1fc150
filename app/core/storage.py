"""Where bytes lie: a folder, each file named by the hash of what it holds, so that none is ever replaced.

A stored file is on the disk, with its folder entry, before `keep` returns.
"""

import os
import tempfile
from pathlib import Path


class Store:
    """A folder of files named by hash, one branch an enterprise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, branch: str, name: str) -> Path:
        """Where a file lies or would lie; names are hashes made by the product, never a user's text."""
        return self.folder / branch / name[:2] / name

    def keep(self, branch: str, name: str, content: bytes) -> None:
        """Write the file once and wait for the disk; a file that is there stays as it is.

        Its folders are waited for even then: whoever put it there may not have come so far.
        """
        target = self.path(branch, name)
        if not target.exists():
            self._write(target, content)
        for folder in (target.parent, target.parent.parent, self.folder):
            _sync_folder(folder)

    def read(self, branch: str, name: str) -> bytes:
        """The bytes of a stored file."""
        return self.path(branch, name).read_bytes()

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
