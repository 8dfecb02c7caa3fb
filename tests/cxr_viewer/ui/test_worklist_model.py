"""Rows, filters and the order of reading."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.studies import Instance, InstanceKey, UnreadableFile
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY, StateFilter, WorklistFilter, WorklistModel

SIGNED = InstanceState(Progress.SIGNED, ReviewOutcome.NO_OPACITY)


def _entry(name: str, **elements: object) -> WorklistEntry:
    instance = Instance(path=Path(name), rows=300, columns=260, **elements)  # type: ignore[arg-type]
    return WorklistEntry.of_instance(instance, InstanceKey(name))


@pytest.fixture
def model(qtbot: QtBot) -> WorklistModel:
    made = WorklistModel()
    made.append([_entry("a"), _entry("b"), WorklistEntry.of_unreadable(UnreadableFile(Path("c"), "empty file"))])
    made.append([_entry("d", patient_name="Müller^Änne", study_date="20240102"), _entry("b")])
    return made


def _names(rows: WorklistFilter) -> list[str]:
    return [rows.index(row, 0).data(ENTRY).path.name for row in range(rows.rowCount())]


def test_model_keeps_the_rules_of_qt(model: WorklistModel, qtmodeltester: ModelTester) -> None:
    check: Callable[[QAbstractItemModel], None] = qtmodeltester.check
    check(model)
    check(WorklistFilter(model))


def test_a_file_is_listed_once(model: WorklistModel) -> None:
    assert [entry.path.name for entry in model.entries] == ["a", "b", "c", "d"]


def test_unreadable_rows_are_passed_over(model: WorklistModel) -> None:
    rows = WorklistFilter(model)
    following = rows.neighbour(Path("b"), 1)
    assert following
    assert following.path == Path("d")
    assert rows.neighbour(Path("d"), 1) is None
    assert rows.neighbour(Path("a"), -1) is None
    first = rows.neighbour(None, 1)
    assert first
    assert first.path == Path("a")


def test_filter_follows_the_states_and_keeps_the_row_on_the_screen(model: WorklistModel) -> None:
    rows = WorklistFilter(model)
    rows.set_state(StateFilter.UNREAD)
    rows.set_shown(Path("a"))
    model.set_state(InstanceKey("a"), SIGNED)
    model.set_state(InstanceKey("b"), SIGNED)
    assert _names(rows) == ["a", "d"], "the row on the screen does not vanish under the reader"
    rows.set_shown(Path("d"))
    assert _names(rows) == ["d"]
    rows.set_state(StateFilter.SIGNED)
    assert _names(rows) == ["a", "b", "d"]


def test_search_looks_at_name_date_and_file(model: WorklistModel) -> None:
    rows = WorklistFilter(model)
    for words, names in (("änne", ["d"]), ("2024-01", ["d"]), ("müller 2025", []), ("", ["a", "b", "c", "d"])):
        rows.set_words(words)
        assert _names(rows) == names


def test_next_unread_goes_round(model: WorklistModel) -> None:
    rows = WorklistFilter(model)
    model.set_state(InstanceKey("d"), SIGNED)
    found = rows.next_unread(Path("b"))
    assert found
    assert found.path == Path("a")
    model.set_state(InstanceKey("a"), SIGNED)
    assert rows.next_unread(Path("b")) is None
