"""The record of an instance is a fold over the journal's gestures."""

import gc
import weakref
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core import findings as edits
from cxr_viewer.core.findings import ReadingContext, Review, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.history import Change
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import KnownInstance
from cxr_viewer.ui import undo_steps
from cxr_viewer.ui.instance_record import InstanceRecord
from tests.cxr_viewer.ui.readings import KEY

NO_MODEL = ReadingContext()


@pytest.fixture
def journal(tmp_path: Path, qtbot: QtBot) -> Journal:
    made = Journal.open(tmp_path / "journal.sqlite")
    made.remember_instance(KnownInstance(KEY, 300, 260))
    return made


def test_one_gesture_may_change_several_findings_and_is_undone_as_one(journal: Journal) -> None:
    record = InstanceRecord(journal, KEY, "ada")
    added = [edits.add(Box(0, 0, 10 * n, 10 * n)) for n in (1, 2)]
    record.perform("Draw opacity", [Change(None, finding) for finding in added], NO_MODEL)
    assert record.findings == tuple(added)
    record.undo(NO_MODEL)
    assert record.findings == ()
    record.redo(NO_MODEL)
    assert set(record.findings) == set(added)
    journal.close()


def test_a_new_record_is_as_the_old_one_was_left(journal: Journal) -> None:
    record = InstanceRecord(journal, KEY, "ada")
    record.perform(undo_steps.verdict_step(ReviewOutcome.OPACITY), [], NO_MODEL)
    finding = edits.add(Box(0, 0, 10, 10))
    record.perform(undo_steps.ADD, [Change(None, finding)], NO_MODEL)
    record.perform(undo_steps.MOVE, [Change(finding, edits.adjust(finding, Box(5, 5, 20, 20)))], NO_MODEL)
    record.undo(NO_MODEL)
    again = InstanceRecord(journal, KEY, "ada")
    assert (again.findings, again.steps) == (record.findings, record.steps)
    assert (again.undo_text, again.redo_text) == ("Draw opacity", "Move opacity")
    assert again.outcome is ReviewOutcome.OPACITY
    assert InstanceRecord(journal, KEY, "bob").findings == (), "every reader has findings of their own"
    journal.close()


def test_signed_verdict_goes_before_the_drafted_one(journal: Journal) -> None:
    record = InstanceRecord(journal, KEY, "ada")
    record.perform(undo_steps.verdict_step(ReviewOutcome.UNREADABLE), [], NO_MODEL)
    record.sign(Review(ReviewOutcome.UNREADABLE, "ada", edits.now()))
    assert record.outcome is ReviewOutcome.UNREADABLE
    record.undo(NO_MODEL)
    assert record.review is None
    assert InstanceRecord(journal, KEY, "ada").outcome is None
    journal.close()


def test_refused_write_changes_nothing(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    record = InstanceRecord(journal, KEY, "ada")

    def refuse(*_arguments: object) -> int:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Journal, "append_changes", refuse)
    with pytest.raises(StoreError):
        record.perform(undo_steps.ADD, [Change(None, edits.add(Box(0, 0, 9, 9)))], NO_MODEL)
    assert (record.findings, record.undo_text) == ((), "")
    journal.close()


def test_a_record_goes_with_its_last_reference_and_leaves_nothing_to_the_collector(journal: Journal) -> None:
    """A ring of record, stack and commands crashed the program when the collector came by."""
    gc.disable()
    try:
        record = InstanceRecord(journal, KEY, "ada")
        for size in (10, 20):
            record.perform("Draw opacity", [Change(None, edits.add(Box(0, 0, size, size)))], NO_MODEL)
        record.undo(NO_MODEL)
        watched = weakref.ref(record)
        del record
        assert watched() is None
    finally:
        gc.enable()
    again = InstanceRecord(journal, KEY, "ada")
    assert len(again.findings) == 1
    assert again.redo_text == "Draw opacity"
    del again
    gc.collect()
    journal.close()
