"""On PostgreSQL a query that forgets its enterprise still sees no other's rows."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.accounts import service as accounts
from app.core.db import db, reading
from app.migrations.migrate import VERSIONS
from app.risks.models import RiskPoint
from tests.conftest import DATABASE
from tests.world import World

OPEN_TO_ALL = {"users"}  # an office's people act in an enterprise and are named in its timeline


def owned_tables() -> set[str]:
    return {table.name for table in db.metadata.sorted_tables if "enterprise_id" in table.columns} - OPEN_TO_ALL


@pytest.mark.usefixtures("app")
def test_the_migrations_put_every_table_of_enterprises_behind_the_wall() -> None:
    written = "".join(
        path.read_text(encoding="utf-8") for path in Path(VERSIONS).glob("*.py") if "wall" in path.read_text()
    )
    assert owned_tables() <= set(re.findall(r'"(\w+)"', written))


@pytest.mark.usefixtures("app")
def test_the_wall_stands_in_the_database() -> None:
    policies = "SELECT tablename FROM pg_policies WHERE policyname = 'wall'"
    with reading() as session:
        walled = set(session.scalars(text(policies))) if DATABASE == "postgresql" else owned_tables()
    assert walled == owned_tables()


def test_a_query_without_its_enterprise_sees_only_the_actors_rows_on_postgresql(world: World) -> None:
    person = world.plant.worker
    with reading() as session:
        accounts.actor_of(person.id, person.sign_in_id)
        seen = set(session.scalars(select(RiskPoint.enterprise_id)))
    both = {world.plant.enterprise.id, world.other.enterprise.id}
    assert seen == ({world.plant.enterprise.id} if DATABASE == "postgresql" else both)


def test_an_office_is_held_by_its_scope_and_not_by_the_wall(world: World) -> None:
    with reading() as session:
        accounts.actor_of(world.regulator.id, world.regulator.sign_in_id)
        assert len(set(session.scalars(select(RiskPoint.enterprise_id)))) == 2
