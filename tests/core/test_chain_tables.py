"""The tables are what the events make of them: whoever changes a row, or a photo's byte, is found out, and where."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from click.testing import Result
from sqlalchemy import JSON, Boolean, Column, Enum, Integer, Table, Uuid, delete, insert, select, update
from sqlalchemy.orm import Session

from app.commands import checks
from app.core import chain, events
from app.core.db import Exact, Instant, db, reading
from app.core.ids import new_id
from app.core.installation import store
from app.evidence import proof as photos_proof
from app.hidden_hazards import proof as hidden_hazards_proof
from app.inspections import proof as inspections_proof
from tests.sizes import TAMPERS
from tests.tampering import owner, told
from tests.world import World

pytestmark = pytest.mark.deep

TABLES = db.metadata.tables
CHANGED = {  # the columns each row is proven by
    "hidden_hazards": set(hidden_hazards_proof.PROVEN) - {"point_id", "previous_id"},
    "inspections": {"client_at", "received_at", "checklist_version", "failed", "note", "latitude", "accuracy_metres"},
    "inspection_items": {"result", "note", "reading", "hidden_hazard_id"},
    "checklists": {"items"},
    "evidence": {"sha256", "size", "purpose", "item_key"},
    "photos": {"size"},
    "personal_values": {"value", "salt"},
}  # fmt: skip
REMOVED = ("inspection_items", "evidence")
DOUBLED = ("hidden_hazards", "inspections", "evidence", "inspection_items")


@pytest.fixture
def as_owner(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session of the database's owner, in which the checks look too, once the plant has its history."""
    told(world)
    with owner(world) as session:
        for module in (chain, events, photos_proof, hidden_hazards_proof, inspections_proof):
            monkeypatch.setattr(module, "session", lambda: session)
        yield session


def another(session: Session, column: Column[Any], row: Any, chance: random.Random) -> Any:
    """A value a column could have, and has not."""
    kind, value = column.type, getattr(row, column.name)
    if isinstance(kind, Enum):
        return chance.choice([one for one in kind.enum_class if one != value])
    if isinstance(kind, Boolean):
        return not value
    if isinstance(kind, Integer):
        return (value or 0) + chance.choice((1, 7))
    if isinstance(kind, Instant):
        return value + timedelta(microseconds=chance.choice((1, 10**7))) if value else events.now()
    if isinstance(kind, Uuid):
        return None if value else one_of_those(session, column, row, chance)
    if isinstance(kind, JSON):
        return [{"forged": chance.random()}]
    if isinstance(kind, Exact):
        return (value or 0) + 1
    return f"{value[:-1]}{'0' if value[-1] != '0' else '1'}" if value else "x"


def one_of_those(session: Session, column: Column[Any], row: Any, chance: random.Random) -> UUID:
    """An id the column may hold: of the same enterprise, where it must name something."""
    named = [key.column.table for key in column.foreign_keys if key.column.name == "id"]
    if not named:
        return new_id()
    ids = select(named[0].c.id).where(named[0].c.enterprise_id == row.enterprise_id).order_by(named[0].c.id)
    return chance.choice(list(session.scalars(ids)))


def change(session: Session, table: Table, row: Any, chance: random.Random) -> str:
    """Overwrite one column of one row."""
    column = table.columns[chance.choice(sorted(CHANGED[table.name]))]
    value = another(session, column, row, chance)
    session.execute(update(table).where(_same(table, row)).values({column.name: value}))
    return f"{table.name}.{column.name}"


def double(session: Session, table: Table, row: Any) -> str:
    """Slip in a row like another."""
    like = {**row._mapping, **({"id": new_id()} if "id" in table.columns else {"key": "f" * 32})}
    like |= {"code": f"YH-2026-{new_id().hex[-6:]}"} if table.name == "hidden_hazards" else {}
    like |= {"sha256": "f" * 64} if table.name == "evidence" else {}
    session.execute(insert(table).values(like))
    return f"another of {table.name}"


def remove(session: Session, table: Table, row: Any) -> str:
    """Take a row away."""
    session.execute(delete(table).where(_same(table, row)))
    return f"without one of {table.name}"


def tampered(session: Session, enterprise_id: UUID, turn: int, chance: random.Random) -> str:
    """One tamper of a random row."""
    way = ("change", "change", "change", "double", "remove")[turn % 5]
    name = chance.choice({"change": sorted(CHANGED), "double": DOUBLED, "remove": REMOVED}[way])
    table = TABLES[name]
    rows = session.execute(select(table).where(table.c.enterprise_id == enterprise_id)).all()
    row = chance.choice(rows)
    if way == "change":
        return change(session, table, row, chance)
    return (double if way == "double" else remove)(session, table, row)


def test_every_change_of_a_row_is_found(world: World, as_owner: Session) -> None:
    enterprise_id, chance = world.plant.enterprise.id, random.Random(11)
    assert found(enterprise_id) == []
    for turn in range(TAMPERS):
        what = tampered(as_owner, enterprise_id, turn, chance)
        assert found(enterprise_id), what
        as_owner.rollback()
    assert found(enterprise_id) == []


def test_what_differs_is_named_by_code_and_column(world: World, as_owner: Session) -> None:
    enterprise_id = world.plant.enterprise.id
    hazards = TABLES["hidden_hazards"]
    row = as_owner.execute(
        select(hazards).where(hazards.c.enterprise_id == enterprise_id).order_by(hazards.c.code)
    ).first()
    as_owner.execute(update(hazards).where(_same(hazards, row)).values(rejections=3, description="已整改"))
    (one, other) = found(enterprise_id)
    assert {one.of, other.of} == {f"隐患 {row.code}"}
    assert one.what.startswith("description 在表中为 已整改，按事件应为 2#罐区东侧")
    assert other.what == "rejections 在表中为 3，按事件应为 0"
    as_owner.rollback()


def test_a_hidden_hazard_taken_away_is_missed(world: World, as_owner: Session) -> None:
    rows, named = TABLES["hidden_hazards"], TABLES["evidence"]
    hazard = as_owner.execute(select(rows).where(rows.c.id.in_(select(named.c.subject_id)))).first()
    as_owner.execute(delete(rows).where(_same(rows, hazard)))
    (finding,) = found(world.plant.enterprise.id)
    assert finding.of == f"隐患 {hazard.code}"
    assert finding.what.endswith("上报了它，表中却没有")
    as_owner.rollback()


def test_a_byte_of_a_photo_is_found_when_the_files_are_read(world: World) -> None:
    enterprise_id = told(world)
    plant = world.plant
    with reading() as session:
        sha256 = session.scalars(select(TABLES["photos"].c.sha256)).first()
    path = store().path(enterprise_id.hex, sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with reading():
        assert list(checks.findings(plant.enterprise)) == []
        (finding,) = checks.findings(plant.enterprise, photos=True)
    assert (finding.of, finding.what) == (f"照片 {sha256}", "文件的内容被改动过")
    path.unlink()
    answer = ask(world, "--photos", "--enterprise", plant.enterprise.code)
    assert answer.exit_code == 1
    assert f"照片 {sha256}：文件不在存储里" in answer.output


def test_the_command_says_what_holds_and_names_the_head(world: World) -> None:
    told(world)
    answer = ask(world)
    assert answer.exit_code == 0, answer.output
    assert [line.partition("：")[2][:2] for line in answer.output.splitlines()] == ["完整", "完整"]
    with reading() as session:
        head = session.get_one(events.Ledger, world.plant.enterprise.id)
    assert f"链首 {head.seq}:{head.hash}" in answer.output
    assert "没有代码为 NOBODY 的企业" in ask(world, "--enterprise", "NOBODY").output


def found(enterprise_id: UUID) -> list[chain.Finding]:
    """What every proof but the chain's own finds."""
    return [finding for proof in checks.PROOFS for finding in proof(enterprise_id)]


def ask(world: World, *options: str) -> Result:
    """The command `flask verify-chain`."""
    return world.app.test_cli_runner().invoke(args=["verify-chain", *options])


def _same(table: Table, row: Any) -> Any:
    keys = [column == getattr(row, column.name) for column in table.primary_key.columns]
    return keys[0] if len(keys) == 1 else keys[0] & _all(keys[1:])


def _all(conditions: list[Any]) -> Any:
    first, *rest = conditions
    return first & _all(rest) if rest else first
