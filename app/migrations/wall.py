"""The second wall: on PostgreSQL, rows of one enterprise are invisible to another's people, whatever a query forgets.

The setting is made for each transaction by the query that finds who acts (`core.db.wall_around`). It is empty where
nobody's enterprise narrows it: a scan before sign-in, a regulator within his scope, a command.
"""

from alembic import op

WITHIN = "coalesce(nullif(current_setting('dual.enterprise', true), ''), enterprise_id::text) = enterprise_id::text"


def raise_around(*tables: str) -> None:
    """Put tables with an enterprise_id behind the wall; a migration that makes such a table calls this."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY wall ON {table} USING ({WITHIN}) WITH CHECK ({WITHIN})")


def take_down(*tables: str) -> None:
    """Take tables out of the wall, where a migration is undone."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"DROP POLICY wall ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
