"""The journal's questions, as SQL."""

from sqlalchemy import text

_CONTEXT = (
    "gesture.bundle_digest, gesture.score_threshold, gesture.overlap_threshold, gesture.size_threshold, "
    "gesture.window_name, gesture.window_centre, gesture.window_width, gesture.window_inverted, gesture.model_visible"
)

LATEST_REVISION = text(
    "SELECT * FROM finding_revision WHERE instance_key = :instance_key AND reader = :reader "
    "AND finding_uid = :finding_uid ORDER BY id DESC LIMIT 1"
)

CURRENT_FINDINGS = text(
    "SELECT * FROM current_finding WHERE instance_key = :instance_key AND reader = :reader ORDER BY first_revision_id"
)

CURRENT_REVIEW = text(
    f"SELECT review.*, {_CONTEXT} FROM current_review AS review JOIN gesture ON gesture.id = review.gesture_id "
    "WHERE review.instance_key = :instance_key AND review.reader = :reader"
)

IS_SIGNED = text("SELECT 1 FROM current_review WHERE instance_key = :instance_key AND reader = :reader")

GESTURES = text(
    "SELECT * FROM gesture WHERE instance_key = :instance_key AND (:reader IS NULL OR reader = :reader) ORDER BY id"
)

GESTURE = text("SELECT * FROM gesture WHERE id = :id")

FINDING_REVISIONS = text(
    "SELECT * FROM finding_revision WHERE instance_key = :instance_key AND (:reader IS NULL OR reader = :reader) "
    "ORDER BY id"
)

REVIEW_REVISIONS = text(
    f"SELECT review.*, {_CONTEXT} FROM review_revision AS review JOIN gesture ON gesture.id = review.gesture_id "
    "WHERE review.instance_key = :instance_key AND (:reader IS NULL OR review.reader = :reader) ORDER BY review.id"
)

NOTE_REVISIONS = text(
    "SELECT * FROM note_revision WHERE instance_key = :instance_key AND (:reader IS NULL OR reader = :reader) "
    "ORDER BY id"
)

CURRENT_NOTE = text(
    "SELECT * FROM note_revision WHERE instance_key = :instance_key AND reader = :reader ORDER BY id DESC LIMIT 1"
)

FINDINGS_OF_OTHERS = text(
    """SELECT finding.* FROM current_finding AS finding
WHERE finding.instance_key = :instance_key AND finding.reader <> :reader
    AND finding.state IN ('accepted', 'adjusted', 'added')
    AND (EXISTS (SELECT 1 FROM current_review AS review
            WHERE review.instance_key = finding.instance_key AND review.reader = finding.reader)
        OR EXISTS (SELECT 1 FROM gesture WHERE gesture.id = finding.gesture_id AND gesture.name = :import_gesture))
    AND EXISTS (SELECT 1 FROM current_review AS own
        WHERE own.instance_key = finding.instance_key AND own.reader = :reader)
ORDER BY finding.reader, finding.first_revision_id"""
)
"""Opacities that others signed or that came in with their file; none before the reader's own signature stands."""

SHOWN_DETECTIONS = text("SELECT * FROM shown_detection WHERE gesture_id = :gesture_id ORDER BY id")

STATES = text(
    """SELECT wanted.value AS instance_key,
    (SELECT outcome FROM current_review AS review
        WHERE review.instance_key = wanted.value AND review.reader = :reader) AS outcome,
    (SELECT count(*) FROM current_finding AS finding
        WHERE finding.instance_key = wanted.value AND finding.reader = :reader
            AND finding.state IN ('accepted', 'adjusted', 'added')) AS opacities,
    EXISTS (SELECT 1 FROM gesture WHERE gesture.instance_key = wanted.value AND gesture.reader = :reader) AS is_begun,
    EXISTS (SELECT 1 FROM note_revision AS note
        WHERE note.instance_key = wanted.value AND note.reader = :reader AND note.needs_second_read
            AND note.id = (SELECT max(id) FROM note_revision AS latest
                WHERE latest.instance_key = note.instance_key AND latest.reader = note.reader)) AS asks,
    EXISTS (SELECT 1 FROM note_revision AS note
        WHERE note.instance_key = wanted.value AND note.reader <> :reader AND note.needs_second_read
            AND note.id = (SELECT max(id) FROM note_revision AS latest
                WHERE latest.instance_key = note.instance_key AND latest.reader = note.reader)) AS is_asked
FROM json_each(:instance_keys) AS wanted
WHERE EXISTS (SELECT 1 FROM gesture WHERE gesture.instance_key = wanted.value)"""
)
"""Only instances that a reader has touched are answered: most of an archive is unread."""

_SIGNED = "(:reader IS NULL OR review.reader = :reader) AND (:since IS NULL OR review.signed_at >= :since)"

SIGNED_REVIEWS = text(
    f"""SELECT review.*, {_CONTEXT}, instance.rows, instance.columns, instance.path, instance.sop_instance_uid,
    instance.study_instance_uid,
    (SELECT earliest.made_at FROM gesture AS earliest
        WHERE earliest.instance_key = review.instance_key AND earliest.reader = review.reader
        ORDER BY earliest.id LIMIT 1) AS begun_at
FROM current_review AS review
JOIN gesture ON gesture.id = review.gesture_id
JOIN instance ON instance.instance_key = review.instance_key
WHERE {_SIGNED} ORDER BY review.id"""
)

SIGNED_FINDINGS = text(
    f"""SELECT revision.*, review.id AS review_id, gesture.made_at, {_CONTEXT},
    (SELECT min(id) FROM finding_revision AS earliest
        WHERE earliest.instance_key = revision.instance_key AND earliest.reader = revision.reader
            AND earliest.finding_uid = revision.finding_uid) AS first_revision_id
FROM current_review AS review
JOIN finding_revision AS revision
    ON revision.instance_key = review.instance_key AND revision.reader = review.reader
JOIN gesture ON gesture.id = revision.gesture_id
WHERE {_SIGNED} AND revision.state IS NOT NULL AND revision.id = (
    SELECT max(id) FROM finding_revision AS latest
    WHERE latest.instance_key = revision.instance_key AND latest.reader = revision.reader
        AND latest.finding_uid = revision.finding_uid AND latest.gesture_id <= review.gesture_id
) ORDER BY review.id, first_revision_id"""
)
"""Findings as they stood when the review was signed, whatever was appended later."""

SIGNED_SHOWN_DETECTIONS = text(
    f"""SELECT shown.*, review.id AS review_id
FROM current_review AS review JOIN shown_detection AS shown ON shown.gesture_id = review.gesture_id
WHERE {_SIGNED} ORDER BY shown.id"""
)
"""Detections that were shown and not judged when the review was signed."""

INSTANCE = text("SELECT * FROM instance WHERE instance_key = :instance_key")

PLACE = text("SELECT * FROM place")
