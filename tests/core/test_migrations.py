"""What the migrations make is what the models say, and the role that serves owns none of it."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Enum, MetaData, Table, create_engine, insert, inspect, text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.core.db import db, reading, writing
from app.migrations.migrate import alembic, upgrade
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


def test_every_value_of_an_enum_is_allowed_by_its_check(template: Settings) -> None:
    """A new member without a migration would only fail where it is first written."""
    engine = create_engine(template.owner_database)
    there = inspect(engine)
    compared = 0
    for table in db.metadata.sorted_tables:
        checks = {check["name"]: check["sqltext"] for check in there.get_check_constraints(table.name)}
        for column in table.columns:
            if isinstance(column.type, Enum):
                allowed = set(re.findall(r"'([a-z_0-9]+)'", checks[f"ck_{table.name}_{column.type.name}"]))
                assert allowed == set(column.type.enums), (table.name, column.name)
                compared += 1
    engine.dispose()
    assert compared > 40


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


def test_a_database_of_before_comes_up_to_date_with_its_rows(tmp_path: Path) -> None:
    """Rows made before a migration get what it adds, and nothing of theirs is lost."""
    settings = Settings(instance=tmp_path)
    command.upgrade(alembic(settings), "0002")
    made = rows_of_before(settings)
    upgrade(settings)
    engine = create_engine(settings.owner_database)
    with engine.connect() as connection:
        codes = connection.scalars(text("SELECT code FROM hazard_sources ORDER BY created_at")).all()
        counters = connection.scalar(text("SELECT counters FROM ledgers"))
        point = connection.execute(text("SELECT status, assessed_on, name FROM risk_points")).one()
        raised = connection.execute(text("SELECT kind, reason FROM level_raises")).one()
        judged = connection.execute(text("SELECT occasion, assessed_on, dimensions FROM assessments")).all()
        checks = {check["name"] for check in inspect(connection).get_check_constraints("risk_zones")}
    engine.dispose()
    assert codes == ["WX-00001", "WX-00002"]
    assert json.loads(counters) == {"FX": 7, "WX": 2}
    assert tuple(point) == ("draft", "2026-01-02", made["name"])
    assert tuple(raised) == ("major", "存在未销号的重大隐患")
    assert [tuple(row) for row in judged] == [("first", "2026-01-02", "{}"), ("first", "2026-03-04", "{}")]
    assert "ck_risk_zones_zone_kind" in checks


def rows_of_before(settings: Settings) -> dict[str, Any]:
    """One enterprise with a point of two assessed sources, as the tables stood at 0002."""
    engine = create_engine(settings.owner_database)
    tables = MetaData()
    tables.reflect(engine)
    own, ids = "e" * 32, {name: f"{place:032x}" for place, name in enumerate(("unit", "user", "zone", "point"), 1)}
    row = {"enterprise_id": own, "code": "FX-0007", "name": "液氨储罐", "path": "x/"}
    levels = {"inherent_level": None, "residual_level": "red"}
    story: list[tuple[str, dict[str, Any]]] = [
        ("regions", {"code": "21", "name": "某省"}),
        ("enterprises", {**row, "id": own, "region_code": "21"}),
        ("ledgers", {**row, "counters": {"FX": 7}}),
        ("org_units", {**row, "id": ids["unit"], "kind": "team"}),
        ("users", {**row, "id": ids["user"], "role": "leader", "unit_id": ids["unit"]}),
        ("risk_zones", {**row, "id": ids["zone"], "kind": "area"}),
        ("risk_points", {**row, "id": ids["point"], "zone_id": ids["zone"], "unit_id": ids["unit"],
                         "responsible_id": ids["user"], "category": "place", **levels}),
        ("level_raises", {**row, "id": "9" * 32, "point_id": ids["point"], "because": "hidden_hazard:1",
                          "level": "red", "reason": "存在未销号的重大隐患"}),
    ]  # fmt: skip
    for place, day in enumerate(("2026-01-02", "2026-03-04")):
        source = f"{place + 20:032x}"
        moment = datetime.fromisoformat(f"{day}T04:00:00")
        story += [
            ("hazard_sources", {**row, "id": source, "point_id": ids["point"], "factor_class": "things",
                                "created_at": moment, **levels}),
            ("assessments", {**row, "id": f"{place + 30:032x}", "source_id": source, "basis": "residual",
                             "level": "red", "assessor_id": ids["user"], "assessed_at": moment}),
        ]  # fmt: skip
    with engine.begin() as connection:
        for name, given in story:
            connection.execute(insert(tables.tables[name]).values(filled(tables.tables[name], given)))
    engine.dispose()
    return row


def filled(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """Values for a row: what is given, and something of its type for every other column that must have a value."""
    fillers = {int: 0, str: "x", datetime: datetime(2026, 1, 1), object: {}}  # noqa: DTZ001 - as SQLite keeps them
    return {
        column.name: given[column.name] if column.name in given else fillers[column.type.python_type]
        for column in table.columns
        if column.name in given or not column.nullable
    }
