"""the second wall: rows of one enterprise are invisible to another's people, whatever a query forgets

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WALLED = (
    "actions", "assessments", "checklists", "control_measures", "enterprise_levels", "enterprise_profiles", "events",
    "evidence", "floor_plans", "hazard_sources", "hidden_hazards", "inspection_items", "inspections", "ledgers",
    "level_raises", "org_units", "personal_values", "photos", "risk_points", "risk_zones", "tags",
)  # fmt: skip

# Set for each transaction once it is known who acts (accounts.service.actor_of); empty where nobody's enterprise
# narrows it: a scan before sign-in, a regulator within his scope, a command.
WITHIN = (
    "coalesce(nullif(current_setting('dual.enterprise', true), ''), enterprise_id::text) = enterprise_id::text"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in WALLED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY wall ON {table} USING ({WITHIN}) WITH CHECK ({WITHIN})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in WALLED:
        op.execute(f"DROP POLICY wall ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
