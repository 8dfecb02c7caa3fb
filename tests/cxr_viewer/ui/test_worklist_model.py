"""Rows, filters and the order of reading."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.studies import Instance, InstanceKey, UnreadableFile
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel

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


def test_model_keeps_the_rules_of_qt(model: WorklistModel, qtmodeltester: ModelTester) -> None:
    check: Callable[[QAbstractItemModel], None] = qtmodeltester.check
    check(model)


def test_a_file_is_listed_once(model: WorklistModel) -> None:
    assert [entry.path.name for entry in model.entries] == ["a", "b", "c", "d"]


def test_every_row_of_an_instance_gets_its_state_and_answer(model: WorklistModel) -> None:
    model.append([_entry("copy")])
    model.set_decoded(Path("copy"), InstanceKey("a"), None)
    model.set_state(InstanceKey("a"), SIGNED)
    model.set_answer(InstanceKey("a"), KnownAnswer(0.5))
    model.set_state(InstanceKey("copy"), InstanceState())
    told = {entry.path.name: (entry.state, entry.top_score) for entry in model.entries}
    assert told["a"] == told["copy"] == (SIGNED, 0.5)
    assert told["b"] == (InstanceState(), None)
    model.clear_answers()
    assert {entry.top_score for entry in model.entries} == {None}
    model.add_answers({InstanceKey("a"): KnownAnswer(0.4), InstanceKey("b"): KnownAnswer(0.3)})
    assert [entry.top_score for entry in model.entries] == [0.4, 0.3, None, None, 0.4]
