"""The database: one session, portable column types, and the doors through which it is entered.

`reading()` ends in a rollback, so a read cannot write. `writing()` commits what its block leaves, or nothing.
`asking()` is for the wrapper alone: who acts, before a write begins. Nothing else in the product commits.
"""

import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    Uuid,
    cast,
    event,
    func,
    insert,
    select,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An instant: aware UTC in code whatever the database gives back; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal kept by its text, so that no database rounds it."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


def one_of(enum: type[StrEnum], name: str) -> SqlEnum:
    """A column of one of the enum's values, held to them by a check in the database too."""
    return SqlEnum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: Instant,
            date: Date,
            Decimal: Exact,
            uuid.UUID: Uuid,
            dict[str, Any]: Json,
            list[Any]: Json,
            list[str]: Json,
        },
    )


class Owned:
    """A row of an enterprise: its key is the enterprise and the id, so an id made by a client meets no other's."""

    enterprise_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def session() -> Session:
    """The session of this request or command."""
    return db.session()


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that leaves nothing behind."""
    current = session()
    try:
        yield current
    finally:
        current.close()  # rolls back, and lets go of what was read without forgetting it


@contextmanager
def reading_one_moment() -> Iterator[Session]:
    """The same, all of it as things stood at one moment, whatever is written meanwhile: for what compares tables."""
    with reading() as current:
        if current.get_bind().dialect.name == "postgresql":
            current.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield current


@contextmanager
def asking() -> Iterator[Session]:
    """Queries that each stand alone and leave nothing behind: who acts, before the body is read and a write begins.

    What is added here is never flushed. On PostgreSQL there is no transaction to begin and roll back around them.
    """
    current = session()
    if current.get_bind().dialect.name == "postgresql":
        current.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    try:
        with current.no_autoflush:
            yield current
    finally:
        current.close()


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that leaves everything its block did, or nothing; then what waits for the commit is done."""
    current = session()
    if current.in_transaction():
        raise RuntimeError("a transaction is open: one write does not begin inside another")
    current.connection(execution_options={"writing": True})
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        current.info.pop("after_commit", None)
        raise
    finally:
        current.info.pop("ledgers", None)
    for act in current.info.pop("after_commit", []):
        act()


def after_commit(act: Callable[[], None]) -> None:
    """Do this once the present transaction stands; never when it falls."""
    session().info.setdefault("after_commit", []).append(act)


def insert_once(model: type[Any], values: dict[str, Any]) -> bool:
    """Insert the row unless its key exists; true when it is new. One statement, so two at once cannot both be first."""
    current = session()
    dialect = current.get_bind().dialect.name
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(model).values(**values)
    return bool(current.execute(statement.on_conflict_do_nothing().returning(1)).first())


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows of one table, by column name and all with the same columns, in one statement."""
    if rows:
        session().execute(insert(model.metadata.tables[model.__tablename__]), rows)


def insert_new(model: type[Base], rows: list[dict[str, Any]]) -> set[uuid.UUID]:
    """Insert the rows no key of which is taken, by column name; gives the ids of those that are new. One statement."""
    if not rows:
        return set()
    current, table = session(), model.metadata.tables[model.__tablename__]
    dialect = current.get_bind().dialect.name
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    return set(current.scalars(statement.on_conflict_do_nothing().returning(table.c.id), rows))


AT_ONCE = 5000  # ids one statement names


def batched(values: Collection[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size` values each, for statements that name them."""
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch


def holds(column: Any, value: str) -> ColumnElement[bool]:
    """The condition that a column of a list of texts holds this one."""
    if session().get_bind().dialect.name == "postgresql":
        return cast(column, postgresql.JSONB).contains([value])
    each = func.json_each(column).table_valued("value")
    return select(each.c.value).where(each.c.value == value).exists()


def wall_around(enterprise_id: Any, *, dialect: str) -> list[Any]:
    """Columns for the query that finds who acts: on PostgreSQL they close this transaction to other enterprises' rows.

    `enterprise_id` is the column of the account's own enterprise; null leaves the transaction open.
    """
    if dialect != "postgresql":
        return []
    return [func.set_config("dual.enterprise", func.coalesce(cast(enterprise_id, String), ""), True)]


def prepare_engine(engine: Engine) -> None:
    """Make SQLite keep every acknowledged row through a power cut, check foreign keys and lock writers in turn."""
    if engine.dialect.name != "sqlite":
        # Many rows cross the wire as one INSERT with many VALUES; without this psycopg sends one INSERT a row.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        return

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
