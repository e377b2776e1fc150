"""The database's history, as Alembic migrations: run by the owner, never by the role that serves."""
