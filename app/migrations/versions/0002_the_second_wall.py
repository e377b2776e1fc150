"""the second wall: rows of one enterprise are invisible to another's people, whatever a query forgets

Revision ID: 0002
Revises: 0001
"""

from app.migrations import wall

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WALLED = (
    "actions", "assessments", "checklists", "control_measures", "enterprise_levels", "enterprise_profiles", "events",
    "evidence", "floor_plans", "hazard_sources", "hidden_hazards", "inspection_items", "inspections", "ledgers",
    "level_raises", "org_units", "personal_values", "photos", "risk_points", "risk_zones", "tags",
)  # fmt: skip

def upgrade() -> None:
    wall.raise_around(*WALLED)


def downgrade() -> None:
    wall.take_down(*WALLED)
