"""codes that are bound and replaced, prints that can be checked, briefings

Revision ID: 0005
Revises: 0004
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from app.migrations import wall

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

MADE = ('prints', 'print_orders', 'briefing_signatures', 'briefings')
WALLED = tuple(sorted(MADE))
STATES = ('waiting', 'running', 'done', 'failed', 'cancelled')
KINDS = (
    'warning_card', 'emergency_card', 'notice_board', 'post_cards', 'four_colour_map', 'risk_ledger', 'check_ledger',
    'hazard_ledger', 'yearly_plan', 'closure_certificate', 'rectification_notice', 'labels',
)
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
OWNER = 'CONSTRAINT fk_jobs_owner_id FOREIGN KEY (owner_id) REFERENCES users (id)'
TAG_KEYS = ', CONSTRAINT uq_tags_enterprise_id_serial UNIQUE (enterprise_id, serial)'


def upgrade() -> None:
    # What was widened stays when the migration is undone, and is there when it is done again.
    if 'cancel_asked_at' not in {column['name'] for column in sa.inspect(op.get_bind()).get_columns('jobs')}:
        _add_columns()
        _widen()
    op.create_table('briefings',
    sa.Column('point_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.Enum('new_card', 'level_confirmed', 'major_closed', name='briefing_cause', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('cause_key', sa.String(length=100), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('told', JSON, nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'point_id'], ['risk_points.enterprise_id', 'risk_points.id'], name=op.f('fk_briefings_enterprise_id_point_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_briefings')),
    sa.UniqueConstraint('enterprise_id', 'point_id', 'cause_key', 'version', name=op.f('uq_briefings_enterprise_id_point_id_cause_key_version'))
    )
    op.create_index('ix_briefings_asked', 'briefings', ['enterprise_id', 'asked_at'])
    op.create_table('briefing_signatures',
    sa.Column('briefing_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('organisation', sa.String(length=100), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('photo_sha256', sa.String(length=64), nullable=True),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'briefing_id'], ['briefings.enterprise_id', 'briefings.id'], name=op.f('fk_briefing_signatures_enterprise_id_briefing_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_briefing_signatures')),
    sa.UniqueConstraint('enterprise_id', 'briefing_id', 'person_id', name=op.f('uq_briefing_signatures_enterprise_id_briefing_id_person_id'))
    )
    op.create_index('ix_briefing_signatures_person', 'briefing_signatures', ['enterprise_id', 'person_id', 'signed_at'])
    op.create_table('print_orders',
    sa.Column('kind', sa.Enum(*KINDS, name='print_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('asked', JSON, nullable=False),
    sa.Column('subjects', JSON, nullable=False),
    sa.Column('documents', sa.Integer(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('warnings', JSON, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprises.id'], name=op.f('fk_print_orders_enterprise_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_print_orders'))
    )
    op.create_index('ix_print_orders_owner', 'print_orders', ['enterprise_id', 'owner_id', 'created_at'])
    op.create_table('prints',
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum(*KINDS, name='printed_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.String(length=64), nullable=False),
    sa.Column('token', sa.String(length=26), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('printed_by', sa.Uuid(), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('enterprise_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id', 'order_id'], ['print_orders.enterprise_id', 'print_orders.id'], name=op.f('fk_prints_enterprise_id_order_id')),
    sa.PrimaryKeyConstraint('enterprise_id', 'id', name=op.f('pk_prints')),
    sa.UniqueConstraint('enterprise_id', 'order_id', 'subject', name=op.f('uq_prints_enterprise_id_order_id_subject')),
    sa.UniqueConstraint('token', name=op.f('uq_prints_token'))
    )
    op.create_index('ix_prints_subject', 'prints', ['enterprise_id', 'kind', 'subject', 'printed_at'])
    wall.raise_around(*WALLED)


def _add_columns() -> None:
    """New columns in plain SQL that both databases read: making a table anew would lose its checks on SQLite."""
    on_sqlite = op.get_bind().dialect.name == 'sqlite'
    instant, uuid = ('DATETIME', 'CHAR(32)') if on_sqlite else ('TIMESTAMP WITH TIME ZONE', 'UUID')
    for table, column, kind in (
        ('floor_plans', 'floor', "VARCHAR(20) DEFAULT '' NOT NULL"),
        ('floor_plans', 'millimetres_per_unit', 'INTEGER'),
        ('jobs', 'cancel_asked_at', instant),
        ('tags', 'serial', 'VARCHAR(20)'),
        ('tags', 'roll_id', uuid),
        ('tags', 'bound_by', uuid),
        ('tags', 'bound_at', instant),
        ('tags', 'replaced_by_id', uuid),
        ('tags', 'good_until', instant),
        ('tags', 'worn_at', instant),
        ('tags', 'worn_note', "VARCHAR(200) DEFAULT '' NOT NULL"),
        ('tags', 'old_address_at', instant),
    ):
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} {kind}')


def _check(column: str, values: tuple[str, ...]) -> str:
    return f"CHECK ({column} IN ({', '.join(repr(value) for value in values)}))"


def _widen() -> None:
    """A job may be cancelled and may be an office's, and a tag may be blank: it has no point yet, but a serial number of its own."""
    if op.get_bind().dialect.name == 'sqlite':
        _rewrite('jobs', (r"(ck_jobs_job_state) CHECK \([^)]*\)\)", rf"\1 {_check('state', STATES)}"),
                 (r"CONSTRAINT fk_jobs_enterprise_id_owner_id FOREIGN KEY\([^)]*\) REFERENCES users \([^)]*\)", OWNER))
        _rewrite('tags', (r"point_id CHAR\(32\) NOT NULL", "point_id CHAR(32)"), (r"\)\s*\Z", f"{TAG_KEYS})"))
        return
    op.execute('ALTER TABLE jobs DROP CONSTRAINT ck_jobs_job_state')
    op.execute(f"ALTER TABLE jobs ADD CONSTRAINT ck_jobs_job_state {_check('state', STATES)}")
    op.execute('ALTER TABLE jobs DROP CONSTRAINT fk_jobs_enterprise_id_owner_id')
    op.execute(f'ALTER TABLE jobs ADD {OWNER}')
    op.execute('ALTER TABLE tags ALTER COLUMN point_id DROP NOT NULL')
    op.execute(f"ALTER TABLE tags ADD {TAG_KEYS.removeprefix(', ')}")


def _rewrite(table: str, *changes: tuple[str, str]) -> None:
    """Make a table anew on SQLite by its own text with each pattern replaced once: rows, checks and indexes stay."""
    connection = op.get_bind()
    written = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :type AND sql IS NOT NULL")
    made = connection.scalar(written, {'table': table, 'type': 'table'})
    indexes = connection.scalars(written, {'table': table, 'type': 'index'}).all()
    for pattern, put in changes:
        made, times = re.subn(pattern, put, made)
        if times != 1:
            raise RuntimeError(f'{table}: {pattern} stands {times} times')
    made = re.sub(rf'CREATE TABLE "?{table}"?', f'CREATE TABLE "{table}_new"', made, count=1)
    columns = ', '.join(f'"{row[1]}"' for row in connection.exec_driver_sql(f'PRAGMA table_info({table})'))
    for statement in (
        made,
        f'INSERT INTO {table}_new ({columns}) SELECT {columns} FROM {table}',
        f'DROP TABLE {table}',
        f'ALTER TABLE {table}_new RENAME TO {table}',
        *indexes,
    ):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    wall.take_down(*WALLED)
    # The new columns and the wider checks stay, which nothing of before reads; a blank tag has no place there.
    op.execute('DELETE FROM tags WHERE point_id IS NULL')
    for table in MADE:
        op.drop_table(table)
