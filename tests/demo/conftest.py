"""The demo, seeded once for all the tests that only look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.config import Settings
from app.core.db import db, session
from app.demo.content import Calendar
from app.demo.seed import seed
from app.demo.sign_ins import Credentials
from app.enterprises.models import Enterprise
from tests.conftest import emptied

TODAY = date(2026, 3, 2)  # a Monday: the days before are a weekend
MIDNIGHT = Calendar(TODAY).moment(0, 0)


@dataclass
class Demo:
    """The demo as it stands: its application, its installation, its sign-ins, and what it said while it was made."""

    app: Flask
    settings: Settings
    credentials: Credentials
    said: list[str]

    @property
    def began(self) -> datetime:
        return Calendar(TODAY).moment(85, 0)

    def enterprises(self) -> list[Enterprise]:
        return list(session().scalars(select(Enterprise).order_by(Enterprise.code)))


@pytest.fixture(scope="package")
def demo_once(template: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The seeded demo, in an open context."""
    yield from seeded(emptied(template, tmp_path_factory.mktemp("demo")))


@pytest.fixture
def demo(demo_once: Demo) -> Iterator[Demo]:
    """The seeded demo, for a test that leaves it as it is."""
    yield demo_once
    db.session.rollback()


def seeded(settings: Settings) -> Iterator[Demo]:
    """The demo in an installation of its own."""
    app, said = create_app(settings), []
    with app.app_context():
        yield Demo(app, settings, seed(settings, today=TODAY, say=said.append), said)
        db.session.remove()
        db.engine.dispose()


def sqlite_in(folder: Path) -> Settings:
    """Another installation beside the one of the tests, whichever database they run on."""
    return Settings(instance=folder, jwt_secret="of-a-second-demo-beside-the-first-one")
