"""On PostgreSQL a query that forgets its enterprise still sees no other's rows."""

import pytest
from sqlalchemy import select, text

from app.accounts import service as accounts
from app.core.db import db, reading
from app.risks.models import RiskPoint
from tests.conftest import DATABASE
from tests.world import World

OPEN_TO_ALL = {"users"}  # an office's people act in an enterprise and are named in its timeline


@pytest.mark.usefixtures("app")
def test_every_table_of_enterprises_stands_behind_the_wall() -> None:
    owned = {table.name for table in db.metadata.sorted_tables if "enterprise_id" in table.columns} - OPEN_TO_ALL
    with reading() as session:
        if DATABASE == "sqlite":
            walled = {row[0] for row in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
        else:
            walled = set(session.scalars(text("SELECT tablename FROM pg_policies WHERE policyname = 'wall'")))
    assert owned <= walled


def test_a_query_without_its_enterprise_sees_only_the_actors(world: World) -> None:
    person = world.plant.worker
    with reading() as session:
        accounts.actor_of(person.id, person.sign_in_id)
        seen = set(session.scalars(select(RiskPoint.enterprise_id)))
    both = {world.plant.enterprise.id, world.other.enterprise.id}
    assert seen == ({world.plant.enterprise.id} if DATABASE == "postgresql" else both)


def test_a_scan_before_sign_in_and_an_office_see_through_their_own_rules_alone(world: World) -> None:
    with reading() as session:
        accounts.actor_of(world.regulator.id, world.regulator.sign_in_id)
        assert len(set(session.scalars(select(RiskPoint.enterprise_id)))) == 2
