"""Schema version 1: gestures with finding and review revisions, instances, the reader's place.

Revision ID: 0001

A frozen copy of ``store.schema`` as it was then: later changes of the schema must not change this file.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BOX = ("x1", "y1", "x2", "y2")
_OF_INSTANCE = ("instance.instance_key",)
_OF_GESTURE = ("gesture.id",)


def upgrade() -> None:
    """Create everything."""
    _create_instance()
    _create_gesture()
    _create_finding_revision()
    _create_review_revision()
    _create_place()
    for view in (_CURRENT_FINDING, _CURRENT_REVIEW):
        op.execute(view)
    for table in ("gesture", "finding_revision", "review_revision"):
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _create_instance() -> None:
    op.create_table(
        "instance",
        sa.Column("instance_key", sa.Text, primary_key=True),
        sa.Column("rows", sa.Integer),
        sa.Column("columns", sa.Integer),
        sa.Column("path", sa.Text),
        sa.Column("sop_instance_uid", sa.Text),
        sa.Column("study_instance_uid", sa.Text),
    )


def _create_gesture() -> None:
    op.create_table(
        "gesture",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("instance_key", sa.Text, sa.ForeignKey(*_OF_INSTANCE), nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("target_id", sa.Integer, sa.ForeignKey(*_OF_GESTURE)),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("app_version", sa.Text, nullable=False),
        sa.Column("bundle_digest", sa.Text, nullable=False),
        sa.Column("score_threshold", sa.Float),
        sa.Column("overlap_threshold", sa.Float),
        sa.Column("size_threshold", sa.Float),
        sa.CheckConstraint("kind IN ('edit', 'undo', 'redo', 'sign', 'withdraw')", name="gesture_kind"),
        sa.CheckConstraint("(kind IN ('undo', 'redo')) = (target_id IS NOT NULL)", name="gesture_target"),
        sqlite_autoincrement=True,
    )
    op.create_index("gesture_of_instance", "gesture", ["instance_key", "reader", "id"])


def _create_finding_revision() -> None:
    op.create_table(
        "finding_revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("gesture_id", sa.Integer, sa.ForeignKey(*_OF_GESTURE), nullable=False),
        sa.Column("instance_key", sa.Text, sa.ForeignKey(*_OF_INSTANCE), nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("finding_uid", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        *(sa.Column(name, sa.Float) for name in _BOX),
        sa.Column("reason", sa.Text),
        sa.Column("origin_bundle_digest", sa.Text),
        sa.Column("origin_anchor_index", sa.Integer),
        *(sa.Column(f"shown_{name}", sa.Float) for name in _BOX),
        *(sa.Column(f"mean_{name}", sa.Float) for name in _BOX),
        sa.Column("origin_score", sa.Float),
        sa.Column("origin_members_agreeing", sa.Integer),
        sa.Column("origin_members", sa.Integer),
        sa.CheckConstraint("state IN ('accepted', 'adjusted', 'added', 'rejected', 'removed')", name="finding_state"),
        sa.CheckConstraint("(state IS NULL) = (x1 IS NULL)", name="finding_box"),
        sqlite_autoincrement=True,
    )
    op.create_index("finding_revision_latest", "finding_revision", ["instance_key", "reader", "finding_uid", "id"])
    op.create_index("finding_revision_of_gesture", "finding_revision", ["gesture_id"])


def _create_review_revision() -> None:
    op.create_table(
        "review_revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("gesture_id", sa.Integer, sa.ForeignKey(*_OF_GESTURE), nullable=False),
        sa.Column("instance_key", sa.Text, sa.ForeignKey(*_OF_INSTANCE), nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("signed_at", sa.Text),
        sa.Column("comment", sa.Text),
        sa.CheckConstraint("outcome IN ('opacity', 'no_opacity', 'unreadable')", name="review_outcome"),
        sa.CheckConstraint("(outcome IS NULL) = (signed_at IS NULL)", name="review_signed_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("review_revision_latest", "review_revision", ["instance_key", "reader", "id"])
    op.create_index("review_revision_of_gesture", "review_revision", ["gesture_id"])


def _create_place() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("opened_paths", sa.Text, nullable=False),
        sa.Column("instance_key", sa.Text),
        sa.Column("path", sa.Text),
        sa.Column("zoom", sa.Float),
        sa.Column("centre_x", sa.Float),
        sa.Column("centre_y", sa.Float),
        sa.Column("selected_finding_uid", sa.Text),
        sa.CheckConstraint("id = 1", name="place_single"),
    )


_CURRENT_FINDING = """CREATE VIEW current_finding AS
SELECT revision.*, (
    SELECT min(id) FROM finding_revision AS earliest
    WHERE earliest.instance_key = revision.instance_key AND earliest.reader = revision.reader
        AND earliest.finding_uid = revision.finding_uid
) AS first_revision_id
FROM finding_revision AS revision
WHERE revision.state IS NOT NULL AND revision.id = (
    SELECT max(id) FROM finding_revision AS latest
    WHERE latest.instance_key = revision.instance_key AND latest.reader = revision.reader
        AND latest.finding_uid = revision.finding_uid
)"""

_CURRENT_REVIEW = """CREATE VIEW current_review AS
SELECT revision.* FROM review_revision AS revision
WHERE revision.outcome IS NOT NULL AND revision.id = (
    SELECT max(id) FROM review_revision AS latest
    WHERE latest.instance_key = revision.instance_key AND latest.reader = revision.reader
)"""
