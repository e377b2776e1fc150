"""What the migrations make is what the models say, and the role that serves owns none of it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.core.db import db, reading, writing
from app.migrations.migrate import upgrade
from tests.conftest import DATABASE
from tests.world import World


def test_the_migrated_schema_is_that_of_the_models(template: Settings) -> None:
    engine = create_engine(template.owner_database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        differences = compare_metadata(context, db.metadata)
    engine.dispose()
    assert differences == []


def test_every_table_of_the_models_was_made_with_its_constraints(template: Settings) -> None:
    engine = create_engine(template.owner_database)
    there = inspect(engine)
    assert set(there.get_table_names()) - {"alembic_version"} == set(db.metadata.tables)
    for table in db.metadata.sorted_tables:
        assert len(there.get_foreign_keys(table.name)) == len(table.foreign_key_constraints), table.name
        assert there.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key.columns]
        checks = {check["name"] for check in there.get_check_constraints(table.name)}
        named = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert checks >= named, table.name
    engine.dispose()


def test_keys_between_what_enterprises_own_name_the_enterprise_too() -> None:
    """So an id can never point across: each such key carries the enterprise on both sides."""
    owned = {table.name for table in db.metadata.sorted_tables if "enterprise_id" in table.primary_key.columns}
    for table in db.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if table.name in owned and key.referred_table.name in owned:
                assert "enterprise_id" in key.column_keys, (table.name, key.column_keys)


def test_migrating_again_changes_nothing(template: Settings) -> None:
    upgrade(template)
    upgrade(template)


def test_the_serving_role_owns_nothing_and_makes_nothing(world: World) -> None:
    if DATABASE != "postgresql":
        assert world.app.config["SETTINGS"].owner_database_url == ""
        return
    with reading() as session:
        owned = session.execute(
            text(
                "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
            )
        ).scalar_one()
        role = session.execute(
            text("SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
    assert owned == 0
    assert tuple(role) == (False, False, False, False)
    for statement in (
        "UPDATE events SET kind = 'x'",
        "DELETE FROM events",
        "TRUNCATE events CASCADE",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TABLE events",
        "CREATE TABLE mine (id int)",
        "SELECT * FROM alembic_version",
        "ALTER TABLE risk_points DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(statement))


def test_the_database_itself_refuses_a_state_that_is_none(world: World) -> None:
    hazard = world.plant.report()
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(text("UPDATE hidden_hazards SET state = 'gone' WHERE code = :code"), {"code": hazard["code"]})


def test_a_key_across_enterprises_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(
            text("UPDATE risk_points SET zone_id = :zone WHERE id = :point"),
            {"zone": _stored(world.other.zone.id), "point": _stored(world.plant.point.id)},
        )


def _stored(value: object) -> str:
    return str(value) if DATABASE == "postgresql" else str(value).replace("-", "")
