"""Findings, reviews and contexts survive the way through the columns without loss."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, create_engine, insert, select

from cxr_viewer.core.candidates import MAXIMUM_SHRINK, SCORE_FLOOR, Thresholds
from cxr_viewer.core.findings import (
    DisplayWindow,
    Finding,
    FindingState,
    FindingUid,
    Origin,
    ReadingContext,
    ReadingNote,
    Review,
    ReviewOutcome,
)
from cxr_viewer.core.geometry import Box
from cxr_viewer.store import rows, schema

numbers = st.floats(-1e6, 1e6)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
digests = st.text("0123456789abcdef", min_size=1)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
counts = st.integers(0, 2**31)
origins = st.builds(Origin, digests, counts, boxes, boxes, numbers, counts, counts)
states = st.sampled_from(FindingState)
all_findings = st.builds(Finding, words.map(FindingUid), states, boxes, st.none() | origins, words, words, words)
shrinks = st.none() | st.floats(0, MAXIMUM_SHRINK)
thresholds = st.builds(Thresholds, st.floats(SCORE_FLOOR, 1), st.floats(0, 0.5), shrinks)
windows = st.builds(DisplayWindow, words, st.none() | numbers, st.none() | numbers, st.booleans())
visible = st.sampled_from([None, False, True])
contexts = st.builds(ReadingContext, st.just("") | digests, st.none() | thresholds, st.none() | windows, visible)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    """Return a connection to empty tables without constraints between them."""
    path: Path = tmp_path_factory.mktemp("rows") / "rows.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    schema.METADATA.create_all(engine)
    return engine.connect()


def through(connection: Connection, table: Table, columns: dict[str, object]) -> rows.Row:
    """Write one row and read it back."""
    row_id = connection.execute(insert(table), columns).lastrowid
    row = connection.execute(select(table).where(table.c.id == row_id)).mappings().one()
    connection.rollback()
    return row


OF_GESTURE = {"gesture_id": 1, "instance_key": "k", "reader": "ada"}


@given(finding=all_findings)
def test_any_finding_comes_back_equal(connection: Connection, finding: Finding) -> None:
    columns = OF_GESTURE | rows.finding_columns(finding.uid, finding)
    assert rows.finding_of(through(connection, schema.FINDING_REVISION, columns)) == finding


def test_a_finding_that_was_undone_comes_back_as_none(connection: Connection) -> None:
    columns = OF_GESTURE | rows.finding_columns(FindingUid("u"), None)
    assert rows.finding_of(through(connection, schema.FINDING_REVISION, columns)) is None


@given(context=contexts)
def test_any_reading_context_comes_back_equal(connection: Connection, context: ReadingContext) -> None:
    columns = {
        "instance_key": "k",
        "reader": "ada",
        "kind": "edit",
        "name": "Move opacity",
        "made_at": "2024",
        "app_version": "1",
        **rows.context_columns(context),
    }
    assert rows.context_of(through(connection, schema.GESTURE, columns)) == context


@given(note=st.builds(ReadingNote, words, st.booleans()))
def test_any_note_comes_back_equal(connection: Connection, note: ReadingNote) -> None:
    columns = OF_GESTURE | rows.note_columns(note)
    assert rows.note_of(through(connection, schema.NOTE_REVISION, columns)) == note


@given(origin=origins)
def test_any_shown_detection_comes_back_equal(connection: Connection, origin: Origin) -> None:
    columns = OF_GESTURE | rows.origin_columns(origin)
    assert rows.origin_of(through(connection, schema.SHOWN_DETECTION, columns)) == origin


@given(st.datetimes(timezones=st.timezones()))
def test_times_come_back_as_the_same_moment(time: datetime) -> None:
    try:
        moment = time.astimezone(UTC)
    except OverflowError:
        return  # the first and last hours of the calendar have no UTC
    assert rows.time_of(rows.time_text(time)) == moment


@given(st.lists(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)), max_size=5))
def test_texts_of_times_sort_as_times_do(times: list[datetime]) -> None:
    moments = [time.replace(tzinfo=UTC) for time in times]
    assert sorted(rows.time_text(time) for time in moments) == [rows.time_text(time) for time in sorted(moments)]


def test_times_are_stored_in_utc() -> None:
    zone = timezone(timedelta(hours=2))
    assert rows.time_text(datetime(2024, 1, 1, 1, tzinfo=zone)) == "2023-12-31T23:00:00.000000+00:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        rows.time_text(datetime(2024, 1, 1))


def test_a_withdrawn_review_has_no_columns() -> None:
    assert rows.review_columns(None) == {}
    review = Review(ReviewOutcome.OPACITY, "ada", datetime(2024, 1, 1, tzinfo=UTC), comment="seen")
    assert rows.review_columns(review)["outcome"] == "opacity"
