"""How Alembic reaches the database: as its owner, who then grants the serving role its rights."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.types import TypeDecorator

from app.config import Settings
from app.core.db import db, prepare_engine


def run() -> None:
    """Migrate as the owner; on PostgreSQL the serving role then gets rows, and owns nothing."""
    settings: Settings = context.config.attributes.get("settings") or Settings.from_environment()
    engine = create_engine(settings.owner_database)
    prepare_engine(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # a table made anew is dropped first, while others point at it
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=plainly,
        )
        with context.begin_transaction():
            context.run_migrations()
            if engine.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise RuntimeError("迁移后有行指向不存在的行，已全部撤回，请联系开发者。")
            server = make_url(settings.served_database).username
            if engine.dialect.name == "postgresql" and settings.owner_database_url and server:
                role = engine.dialect.identifier_preparer.quote(server)
                for grant in GRANTS:
                    connection.execute(text(grant.format(role=role)))
        connection.commit()
    engine.dispose()


def plainly(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write the product's own column types as what they are stored as, so that old migrations need no product code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "REVOKE UPDATE, DELETE ON events, security_facts FROM {role}",
    "REVOKE ALL ON alembic_version FROM {role}",
)

run()
