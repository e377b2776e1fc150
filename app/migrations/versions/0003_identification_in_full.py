"""risk identification and grading in full: rules, tiers, plans, confirmations, reviews, changes, jobs

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from app.migrations import wall

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

WALLED = (
    "changes", "confirmations", "jobs", "reviews", "risk_rules", "special_control_plans", "tier_duties",
)  # fmt: skip
LEVELS = ("red", "orange", "yellow", "blue")
OCCASIONS = ("first", "periodic", "accident", "change", "standard", "profile", "copy", "import")


def upgrade() -> None:
    op.create_table('risk_rules',
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('settled', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprises.id'], name=op.f('fk_risk_rules_enterprise_id')),
    sa.PrimaryKeyConstraint('enterprise_id', name=op.f('pk_risk_rules'))
    )
    op.create_table('changes',
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('kind', sa.Enum('process', 'equipment', 'material', 'people', 'environment', 'accident', 'standard', name='change_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'recorded_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_changes_enterprise_id_recorded_by')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_changes')),
    sa.UniqueConstraint('enterprise_id', 'code', name=op.f('uq_changes_enterprise_id_code'))
    )
    op.create_table('jobs',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'failed', name='job_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('step', sa.String(length=60), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('asked', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('found', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=True),
    sa.Column('refusal', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'owner_id'], ['users.enterprise_id', 'users.id'], name=op.f('fk_jobs_enterprise_id_owner_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_jobs'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index('ix_jobs_state', ['state', 'created_at'], unique=False)

    op.create_table('confirmations',
    sa.Column('point_id', sa.Uuid(), nullable=False),
    sa.Column('inherent_level', sa.Enum('red', 'orange', 'yellow', 'blue', name='inherent_level', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('shown_level', sa.Enum('red', 'orange', 'yellow', 'blue', name='shown_level', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_by', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_by', sa.Uuid(), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'confirmed_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_confirmations_enterprise_id_confirmed_by')),
    sa.ForeignKeyConstraint(['enterprise_id', 'point_id'], ['risk_points.enterprise_id', 'risk_points.id'], name=op.f('fk_confirmations_enterprise_id_point_id')),
    sa.ForeignKeyConstraint(['enterprise_id', 'returned_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_confirmations_enterprise_id_returned_by')),
    sa.ForeignKeyConstraint(['enterprise_id', 'reviewed_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_confirmations_enterprise_id_reviewed_by')),
    sa.ForeignKeyConstraint(['enterprise_id', 'submitted_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_confirmations_enterprise_id_submitted_by')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_confirmations'))
    )
    with op.batch_alter_table('confirmations', schema=None) as batch_op:
        batch_op.create_index('ix_confirmations_point', ['enterprise_id', 'point_id'], unique=False)

    op.create_table('reviews',
    sa.Column('point_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('major_hazard', 'repeated_failure', 'change', 'accident', 'standard', name='review_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('because', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('change_id', sa.Uuid(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('outcome', sa.Enum('done', 'waived', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('conclusion', sa.Text(), nullable=False),
    sa.Column('closed_by', sa.Uuid(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'change_id'], ['changes.enterprise_id', 'changes.id'], name=op.f('fk_reviews_enterprise_id_change_id')),
    sa.ForeignKeyConstraint(['enterprise_id', 'closed_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_reviews_enterprise_id_closed_by')),
    sa.ForeignKeyConstraint(['enterprise_id', 'point_id'], ['risk_points.enterprise_id', 'risk_points.id'], name=op.f('fk_reviews_enterprise_id_point_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_reviews'))
    )
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.create_index('ix_reviews_because', ['enterprise_id', 'because'], unique=False)
        batch_op.create_index('ix_reviews_point', ['enterprise_id', 'point_id'], unique=False)

    op.create_table('special_control_plans',
    sa.Column('point_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('goal', sa.Text(), nullable=False),
    sa.Column('measures', sa.Text(), nullable=False),
    sa.Column('organisation', sa.Text(), nullable=False),
    sa.Column('resources', sa.Text(), nullable=False),
    sa.Column('schedule', sa.Text(), nullable=False),
    sa.Column('emergency', sa.Text(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('drafted_by', sa.Uuid(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_by', sa.Uuid(), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'drafted_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_special_control_plans_enterprise_id_drafted_by')),
    sa.ForeignKeyConstraint(['enterprise_id', 'point_id'], ['risk_points.enterprise_id', 'risk_points.id'], name=op.f('fk_special_control_plans_enterprise_id_point_id')),
    sa.ForeignKeyConstraint(['enterprise_id', 'signed_by'], ['users.enterprise_id', 'users.id'], name=op.f('fk_special_control_plans_enterprise_id_signed_by')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_special_control_plans')),
    sa.UniqueConstraint('enterprise_id', 'point_id', 'version', name=op.f('uq_special_control_plans_enterprise_id_point_id_version'))
    )
    op.create_table('tier_duties',
    sa.Column('point_id', sa.Uuid(), nullable=False),
    sa.Column('tier', sa.Enum('company', 'workshop', 'team', 'post', name='tier', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'person_id'], ['users.enterprise_id', 'users.id'], name=op.f('fk_tier_duties_enterprise_id_person_id')),
    sa.ForeignKeyConstraint(['enterprise_id', 'point_id'], ['risk_points.enterprise_id', 'risk_points.id'], name=op.f('fk_tier_duties_enterprise_id_point_id')),
    sa.ForeignKeyConstraint(['enterprise_id', 'unit_id'], ['org_units.enterprise_id', 'org_units.id'], name=op.f('fk_tier_duties_enterprise_id_unit_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_tier_duties')),
    sa.UniqueConstraint('enterprise_id', 'point_id', 'tier', name=op.f('uq_tier_duties_enterprise_id_point_id_tier'))
    )
    _add_columns()
    _fill()
    op.create_index('ix_assessments_in_force', 'assessments', ['enterprise_id', 'method', 'superseded_at'])
    op.create_index('ix_hazard_sources_code', 'hazard_sources', ['enterprise_id', 'code'], unique=True)
    with op.batch_alter_table('level_raises') as batch_op:
        batch_op.drop_constraint(op.f('ck_level_raises_level'), type_='check')
        batch_op.drop_column('level')
    with op.batch_alter_table('risk_zones') as batch_op:
        batch_op.alter_column('path', existing_type=sa.VARCHAR(length=700), type_=sa.Text(), existing_nullable=False)
    wall.raise_around(*WALLED)


def _add_columns() -> None:
    """New columns in plain SQL that both databases read: making a table anew would lose its checks on SQLite."""
    on_sqlite = op.get_bind().dialect.name == 'sqlite'
    instant, uuid = ('DATETIME', 'CHAR(32)') if on_sqlite else ('TIMESTAMP WITH TIME ZONE', 'UUID')
    json = 'JSON' if on_sqlite else 'JSONB'
    for table, column, kind in (
        ('assessments', 'dimensions', f"{json} DEFAULT '{{}}' NOT NULL"),
        ('assessments', 'occasion', _one_of('assessments', 'occasion', OCCASIONS, default='first')),
        ('assessments', 'assessed_on', "DATE DEFAULT '2026-01-01' NOT NULL"),
        ('hazard_sources', 'code', "VARCHAR(24) DEFAULT '' NOT NULL"),
        ('hazard_sources', 'assessed_on', 'DATE'),
        ('hazard_sources', 'retired_at', instant),
        ('level_raises', 'kind', _one_of('level_raises', 'raise_kind', ('major', 'overdue'), column='kind', default='major')),
        ('risk_points', 'status', _one_of('risk_points', 'status', ('draft', 'in_review', 'confirmed'), default='draft')),
        ('risk_points', 'held_inherent_level', _one_of('risk_points', 'held_inherent_level', LEVELS)),
        ('risk_points', 'held_level', _one_of('risk_points', 'held_level', LEVELS)),
        ('risk_points', 'assessed_on', 'DATE'),
        ('risk_points', 'reassess_by', 'DATE'),
        ('risk_points', 'copied_from_id', uuid),
        ('risk_points', 'merged_into_id', uuid),
        ('risk_points', 'retired_at', instant),
        ('risk_zones', 'copied_from_id', uuid),
        ('risk_zones', 'merged_into_id', uuid),
        ('risk_zones', 'retired_at', instant),
    ):
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} {kind}')


def _one_of(table: str, name: str, values: tuple[str, ...], *, column: str = '', default: str = '') -> str:
    listed = ', '.join(f"'{value}'" for value in values)
    given = f" DEFAULT '{default}' NOT NULL" if default else ''
    return f"VARCHAR(32){given} CONSTRAINT ck_{table}_{name} CHECK ({column or name} IN ({listed}))"


def _fill() -> None:
    """What rows of before get: drafts, first assessments, raises of major hidden hazards, and numbers of their own."""
    connection = op.get_bind()
    day = "date(assessed_at)" if connection.dialect.name == "sqlite" else "(assessed_at at time zone 'Asia/Shanghai')::date"
    for statement in (
        f"UPDATE assessments SET assessed_on = {day}",
        "UPDATE hazard_sources SET assessed_on = (SELECT min(assessed_on) FROM assessments a"
        " WHERE a.enterprise_id = hazard_sources.enterprise_id AND a.source_id = hazard_sources.id"
        " AND a.superseded_at IS NULL)",
        "UPDATE risk_points SET assessed_on = (SELECT CASE WHEN count(*) = count(s.assessed_on)"
        " THEN min(s.assessed_on) END FROM hazard_sources s"
        " WHERE s.enterprise_id = risk_points.enterprise_id AND s.point_id = risk_points.id)",
    ):
        connection.execute(sa.text(statement))
    sources = sa.table("hazard_sources", *map(sa.column, ("enterprise_id", "id", "created_at", "code")))
    ledgers = sa.table("ledgers", sa.column("enterprise_id"), sa.column("counters", sa.JSON))
    given: dict = {}
    rows = connection.execute(
        sa.select(sources.c.enterprise_id, sources.c.id).order_by(sources.c.enterprise_id, sources.c.created_at, sources.c.id)
    ).all()
    for enterprise_id, source_id in rows:
        given[enterprise_id] = given.get(enterprise_id, 0) + 1
        connection.execute(
            sources.update()
            .where(sources.c.enterprise_id == enterprise_id, sources.c.id == source_id)
            .values(code=f"WX-{given[enterprise_id]:05d}")
        )
    for enterprise_id, number in given.items():
        counters = connection.scalar(sa.select(ledgers.c.counters).where(ledgers.c.enterprise_id == enterprise_id))
        connection.execute(
            ledgers.update().where(ledgers.c.enterprise_id == enterprise_id).values(counters={**counters, "WX": number})
        )


def downgrade() -> None:
    wall.take_down(*WALLED)
    op.drop_index('ix_hazard_sources_code', 'hazard_sources')
    op.drop_index('ix_assessments_in_force', 'assessments')
    with op.batch_alter_table('level_raises') as batch_op:
        batch_op.add_column(sa.Column('level', sa.VARCHAR(length=32), nullable=False, server_default='red'))
    # On SQLite the new columns stay, which nothing of before reads: dropping them would lose the tables' checks.
    if op.get_bind().dialect.name == 'postgresql':
        for table, columns in {
            'level_raises': ('kind',),
            'risk_zones': ('retired_at', 'merged_into_id', 'copied_from_id'),
            'risk_points': (
                'retired_at', 'merged_into_id', 'copied_from_id', 'reassess_by', 'assessed_on', 'held_level',
                'held_inherent_level', 'status',
            ),
            'hazard_sources': ('retired_at', 'assessed_on', 'code'),
            'assessments': ('assessed_on', 'occasion', 'dimensions'),
        }.items():
            for column in columns:
                op.drop_column(table, column)

    op.drop_table('tier_duties')
    op.drop_table('special_control_plans')
    with op.batch_alter_table('reviews', schema=None) as batch_op:
        batch_op.drop_index('ix_reviews_point')
        batch_op.drop_index('ix_reviews_because')

    op.drop_table('reviews')
    with op.batch_alter_table('confirmations', schema=None) as batch_op:
        batch_op.drop_index('ix_confirmations_point')

    op.drop_table('confirmations')
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.drop_index('ix_jobs_state')

    op.drop_table('jobs')
    op.drop_table('changes')
    op.drop_table('risk_rules')
