"""Schema version 3: the traces of erasures.

Revision ID: 0003

A frozen copy of what ``store.schema`` added then: later changes of the schema must not change this file.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nothing was erased before there was one."""
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("erased_at", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("instances", sa.Integer, nullable=False),
        sa.Column("gestures", sa.Integer, nullable=False),
        sa.Column("app_version", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER erasure_no_{event.lower()} BEFORE {event} ON erasure "
            "BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END"
        )
