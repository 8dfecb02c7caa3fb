"""Tables of the journal: gestures and revisions are only ever appended, current state is a view over them.

A gesture is one thing the reader did: it groups the revisions that belong together and is undone as a whole. Undo and
redo are gestures too, so the same rows are history, audit trail and undo stack.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

SCHEMA_VERSION = 3
"""``PRAGMA user_version`` of a store that this program writes; migration 000N leads to version N."""

APPLICATION_ID = 0x43585256
"""``PRAGMA application_id``: "CXRV", so that a database of another program is not taken for a store."""

METADATA = MetaData()


def _box(prefix: str) -> list[Column[float]]:
    return [Column(f"{prefix}{name}", Float) for name in ("x1", "y1", "x2", "y2")]


INSTANCE = Table(
    "instance",
    METADATA,
    Column("instance_key", Text, primary_key=True),
    Column("rows", Integer),
    Column("columns", Integer),
    Column("path", Text),
    Column("sop_instance_uid", Text),
    Column("study_instance_uid", Text),
)
"""What is known of an instance; last path seen. The only rows besides ``place`` that are ever overwritten."""

GESTURE = Table(
    "gesture",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("instance_key", Text, ForeignKey("instance.instance_key"), nullable=False),
    Column("reader", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("target_id", Integer, ForeignKey("gesture.id")),
    Column("made_at", Text, nullable=False),
    Column("app_version", Text, nullable=False),
    Column("bundle_digest", Text, nullable=False),
    Column("score_threshold", Float),
    Column("overlap_threshold", Float),
    Column("size_threshold", Float),
    Column("window_name", Text),
    Column("window_centre", Float),
    Column("window_width", Float),
    Column("window_inverted", Integer),
    Column("model_visible", Integer),
    CheckConstraint("kind IN ('edit', 'undo', 'redo', 'sign', 'withdraw')", name="gesture_kind"),
    CheckConstraint("(kind IN ('undo', 'redo')) = (target_id IS NOT NULL)", name="gesture_target"),
    Index("gesture_of_instance", "instance_key", "reader", "id"),
    sqlite_autoincrement=True,
)
"""One thing the reader did, with the model, the sliders and the window in force.

``size_threshold`` NULL beside a score: mean. ``window_name`` NULL: the window is not known; ``window_centre`` NULL
beside a name: a VOI LUT. ``model_visible`` NULL: not known, else whether the model's boxes were on the screen.
"""

FINDING_REVISION = Table(
    "finding_revision",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("gesture_id", Integer, ForeignKey("gesture.id"), nullable=False),
    Column("instance_key", Text, ForeignKey("instance.instance_key"), nullable=False),
    Column("reader", Text, nullable=False),
    Column("finding_uid", Text, nullable=False),
    Column("state", Text),
    *_box(""),
    Column("reason", Text),
    Column("origin_bundle_digest", Text),
    Column("origin_anchor_index", Integer),
    *_box("shown_"),
    *_box("mean_"),
    Column("origin_score", Float),
    Column("origin_members_agreeing", Integer),
    Column("origin_members", Integer),
    Column("label", Text),
    Column("comment", Text),
    CheckConstraint("state IN ('accepted', 'adjusted', 'added', 'rejected', 'removed')", name="finding_state"),
    CheckConstraint("(state IS NULL) = (x1 IS NULL)", name="finding_box"),
    Index("finding_revision_latest", "instance_key", "reader", "finding_uid", "id"),
    Index("finding_revision_of_gesture", "gesture_id"),
    sqlite_autoincrement=True,
)
"""A finding as it stands after a gesture; state NULL: it does not exist (its making was undone)."""

REVIEW_REVISION = Table(
    "review_revision",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("gesture_id", Integer, ForeignKey("gesture.id"), nullable=False),
    Column("instance_key", Text, ForeignKey("instance.instance_key"), nullable=False),
    Column("reader", Text, nullable=False),
    Column("outcome", Text),
    Column("signed_at", Text),
    Column("comment", Text),
    CheckConstraint("outcome IN ('opacity', 'no_opacity', 'unreadable')", name="review_outcome"),
    CheckConstraint("(outcome IS NULL) = (signed_at IS NULL)", name="review_signed_at"),
    Index("review_revision_latest", "instance_key", "reader", "id"),
    Index("review_revision_of_gesture", "gesture_id"),
    sqlite_autoincrement=True,
)
"""A review as it stands after a gesture; outcome NULL: the sign-off was withdrawn."""

NOTE_REVISION = Table(
    "note_revision",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("gesture_id", Integer, ForeignKey("gesture.id"), nullable=False),
    Column("instance_key", Text, ForeignKey("instance.instance_key"), nullable=False),
    Column("reader", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("needs_second_read", Integer, nullable=False),
    Index("note_revision_latest", "instance_key", "reader", "id"),
    Index("note_revision_of_gesture", "gesture_id"),
    sqlite_autoincrement=True,
)
"""What a reader says of an instance as a whole, as it stands after a gesture."""

SHOWN_DETECTION = Table(
    "shown_detection",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("gesture_id", Integer, ForeignKey("gesture.id"), nullable=False),
    Column("instance_key", Text, ForeignKey("instance.instance_key"), nullable=False),
    Column("reader", Text, nullable=False),
    Column("origin_bundle_digest", Text, nullable=False),
    Column("origin_anchor_index", Integer, nullable=False),
    *_box("shown_"),
    *_box("mean_"),
    Column("origin_score", Float, nullable=False),
    Column("origin_members_agreeing", Integer, nullable=False),
    Column("origin_members", Integer, nullable=False),
    Index("shown_detection_of_gesture", "gesture_id"),
    sqlite_autoincrement=True,
)
"""A detection that was shown to the reader and left without a judgement when a sign-off was made."""

PLACE = Table(
    "place",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("opened_paths", Text, nullable=False),
    Column("instance_key", Text),
    Column("path", Text),
    Column("zoom", Float),
    Column("centre_x", Float),
    Column("centre_y", Float),
    Column("selected_finding_uid", Text),
    CheckConstraint("id = 1", name="place_single"),
)
"""Where the reader was: one row, overwritten."""

ERASURE = Table(
    "erasure",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("erased_at", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("instances", Integer, nullable=False),
    Column("gestures", Integer, nullable=False),
    Column("app_version", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""That a patient was erased: when, by whom, how much; nothing of whom."""

APPEND_ONLY = (GESTURE, FINDING_REVISION, REVIEW_REVISION, NOTE_REVISION, SHOWN_DETECTION, ERASURE)

TRIGGERS = {
    f"{table}_no_{event.lower()}": f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in (each.name for each in APPEND_ONLY)
    for event in ("UPDATE", "DELETE")
}
"""Name and statement of each; only an erasure takes them away, within its transaction."""

VIEWS = [
    """CREATE VIEW current_finding AS
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
)""",
    """CREATE VIEW current_review AS
SELECT revision.* FROM review_revision AS revision
WHERE revision.outcome IS NOT NULL AND revision.id = (
    SELECT max(id) FROM review_revision AS latest
    WHERE latest.instance_key = revision.instance_key AND latest.reader = revision.reader
)""",
]

STAMP = [
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    f"INSERT INTO alembic_version VALUES ('{SCHEMA_VERSION:04d}')",
]
"""Marks a store that was created anew as one that all migrations have been through, without loading Alembic."""
