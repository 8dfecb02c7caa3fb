"""Schema version 2: labels and comments, notes of the reader, the window in force, detections left unjudged.

Revision ID: 0002

A frozen copy of what ``store.schema`` added then: later changes of the schema must not change this file. Columns are
added at the end of tables that stand, so that no row is copied and no append-only table is ever without its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BOX = ("x1", "y1", "x2", "y2")
_OF_INSTANCE = ("instance.instance_key",)
_OF_GESTURE = ("gesture.id",)


def upgrade() -> None:
    """Add columns and tables; what earlier versions did not know is NULL."""
    for name, kind in (
        ("window_name", sa.Text),
        ("window_centre", sa.Float),
        ("window_width", sa.Float),
        ("window_inverted", sa.Integer),
        ("model_visible", sa.Integer),
    ):
        op.add_column("gesture", sa.Column(name, kind))
    for name in ("label", "comment"):
        op.add_column("finding_revision", sa.Column(name, sa.Text))
    _create_note_revision()
    _create_shown_detection()
    for table in ("note_revision", "shown_detection"):
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _whose() -> tuple[sa.Column[int], sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("gesture_id", sa.Integer, sa.ForeignKey(*_OF_GESTURE), nullable=False),
        sa.Column("instance_key", sa.Text, sa.ForeignKey(*_OF_INSTANCE), nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
    )


def _create_note_revision() -> None:
    op.create_table(
        "note_revision",
        sa.Column("id", sa.Integer, primary_key=True),
        *_whose(),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("needs_second_read", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("note_revision_latest", "note_revision", ["instance_key", "reader", "id"])
    op.create_index("note_revision_of_gesture", "note_revision", ["gesture_id"])


def _create_shown_detection() -> None:
    op.create_table(
        "shown_detection",
        sa.Column("id", sa.Integer, primary_key=True),
        *_whose(),
        sa.Column("origin_bundle_digest", sa.Text, nullable=False),
        sa.Column("origin_anchor_index", sa.Integer, nullable=False),
        *(sa.Column(f"shown_{name}", sa.Float) for name in _BOX),
        *(sa.Column(f"mean_{name}", sa.Float) for name in _BOX),
        sa.Column("origin_score", sa.Float, nullable=False),
        sa.Column("origin_members_agreeing", sa.Integer, nullable=False),
        sa.Column("origin_members", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("shown_detection_of_gesture", "shown_detection", ["gesture_id"])
