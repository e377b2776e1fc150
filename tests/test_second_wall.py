"""On PostgreSQL a query that forgets its enterprise still sees no other's rows. SQLite has no such wall."""

import re

import pytest
from sqlalchemy import select, text

from app.accounts import service as accounts
from app.core.db import db, reading
from app.migrations.migrate import VERSIONS
from app.risks.models import RiskPoint
from tests.conftest import DATABASE
from tests.world import Person, World

OPEN_TO_ALL = {"users"}  # an office's people act in an enterprise and are named in its timeline


def owned_tables() -> set[str]:
    return {table.name for table in db.metadata.sorted_tables if "enterprise_id" in table.columns} - OPEN_TO_ALL


def enterprises_seen_by(person: Person) -> int:
    with reading() as session:
        accounts.actor_of(person.id, person.sign_in_id)
        return len(set(session.scalars(select(RiskPoint.enterprise_id))))


@pytest.mark.usefixtures("app")
def test_the_migrations_put_every_table_of_enterprises_behind_the_wall() -> None:
    texts = [path.read_text(encoding="utf-8") for path in VERSIONS.glob("*.py")]
    walling = "".join(text for text in texts if "raise_around(" in text)
    assert owned_tables() <= set(re.findall(r"""["'](\w+)["']""", walling))


if DATABASE == "postgresql":

    @pytest.mark.usefixtures("app")
    def test_the_wall_stands_in_the_database() -> None:
        with reading() as session:
            walled = session.scalars(text("SELECT tablename FROM pg_policies WHERE policyname = 'wall'"))
            assert set(walled) == owned_tables()

    def test_a_query_without_its_enterprise_sees_only_the_actors_rows(world: World) -> None:
        assert enterprises_seen_by(world.plant.worker) == 1

    def test_an_office_is_held_by_its_scope_and_not_by_the_wall(world: World) -> None:
        assert enterprises_seen_by(world.regulator) == 2
