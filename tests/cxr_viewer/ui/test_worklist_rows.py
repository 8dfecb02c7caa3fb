"""Order, filter and the way of reading through them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.studies import Instance, InstanceKey, UnreadableFile
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY, WorklistModel
from cxr_viewer.ui.worklist_order import Order, SortKey
from cxr_viewer.ui.worklist_query import parse
from cxr_viewer.ui.worklist_rows import StateFilter, WorklistRows

SIGNED = InstanceState(Progress.SIGNED, ReviewOutcome.NO_OPACITY)


def _entry(name: str, **elements: object) -> WorklistEntry:
    instance = Instance(path=Path(name), rows=300, columns=260, **elements)  # type: ignore[arg-type]
    return WorklistEntry.of_instance(instance, InstanceKey(name))


def _names(rows: WorklistRows) -> list[str]:
    return [rows.index(row, 0).data(ENTRY).path.name for row in range(rows.rowCount())]


def _search(rows: WorklistRows, text: str) -> None:
    rows.set_query(parse(text, date(2024, 1, 31)))


@pytest.fixture
def model(qtbot: QtBot) -> WorklistModel:
    made = WorklistModel()
    made.append([_entry("a"), _entry("b"), WorklistEntry.of_unreadable(UnreadableFile(Path("c"), "empty file"))])
    made.append([_entry("d", patient_name="Müller^Änne", study_date="20240102"), _entry("b")])
    return made


def test_rows_keep_the_rules_of_qt(model: WorklistModel, qtmodeltester: ModelTester) -> None:
    rows = WorklistRows(model)
    check: Callable[[QAbstractItemModel], None] = qtmodeltester.check
    check(rows)
    rows.sort_by(Order.by(SortKey.DATE))
    rows.set_state(StateFilter.UNREAD)
    model.append([_entry("e", study_date="20240105")])
    rows.set_shown(Path("b"))
    model.set_state(InstanceKey("a"), SIGNED)
    model.set_state(InstanceKey("b"), SIGNED)
    rows.set_shown(Path("d"))
    assert _names(rows) == ["e", "d"]


def test_unreadable_rows_are_passed_over(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    following = rows.neighbour(Path("b"), 1)
    assert following
    assert following.path == Path("d")
    assert rows.neighbour(Path("d"), 1) is None
    assert rows.neighbour(Path("a"), -1) is None
    first = rows.neighbour(None, 1)
    assert first
    assert first.path == Path("a")


def test_filter_follows_the_states_and_keeps_the_row_on_the_screen(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.set_state(StateFilter.UNREAD)
    rows.set_shown(Path("a"))
    model.set_state(InstanceKey("a"), SIGNED)
    model.set_state(InstanceKey("b"), SIGNED)
    assert _names(rows) == ["a", "d"], "the row on the screen does not vanish under the reader"
    rows.set_shown(Path("d"))
    assert _names(rows) == ["d"]
    rows.set_state(StateFilter.SIGNED)
    assert _names(rows) == ["a", "b", "d"]


def test_rows_that_a_second_read_is_asked_for_are_shown_whether_signed_or_not(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    model.set_state(InstanceKey("a"), replace(SIGNED, needs_second_read=True))
    model.set_state(InstanceKey("b"), InstanceState(needs_second_read=True))
    rows.set_state(StateFilter.SECOND_READ)
    assert _names(rows) == ["a", "b"]


def test_search_looks_at_name_date_and_file(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    for words, names in (("änne", ["d"]), ("2024-01", ["d"]), ("müller 2025", []), ("", ["a", "b", "c", "d"])):
        _search(rows, words)
        assert _names(rows) == names


def test_next_unread_goes_round(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    model.set_state(InstanceKey("d"), SIGNED)
    found = rows.unread(Path("b"), 1)
    assert found
    assert found.path == Path("a")
    model.set_state(InstanceKey("a"), SIGNED)
    assert rows.unread(Path("b"), 1) is None


def test_previous_unread_goes_round_the_other_way(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    found = rows.unread(Path("a"), -1)
    assert found
    assert found.path == Path("d")
    model.set_state(InstanceKey("d"), SIGNED)
    found = rows.unread(Path("a"), -1)
    assert found
    assert found.path == Path("b")


def test_a_sorted_row_stays_while_values_come_in_until_the_reader_sorts_again(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    model.set_answer(InstanceKey("b"), KnownAnswer(0.4))
    rows.sort_by(Order.by(SortKey.SCORE))
    assert _names(rows) == ["b", "a", "d", "c"]
    model.set_answer(InstanceKey("d"), KnownAnswer(0.9))
    model.set_answer(InstanceKey("a"), KnownAnswer(0.1))
    assert (_names(rows), rows.newer) == (["b", "a", "d", "c"], 2)
    following = rows.neighbour(Path("b"), 1)
    assert following
    assert following.path == Path("a"), "next is what stands below"
    rows.sort_by(rows.order)
    assert (_names(rows), rows.newer) == (["d", "b", "a", "c"], 0)


def test_a_value_that_comes_back_is_not_newer(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.sort_by(Order(SortKey.STATE))
    model.set_state(InstanceKey("a"), SIGNED)
    assert rows.newer == 1
    model.set_state(InstanceKey("a"), InstanceState())
    assert rows.newer == 0


def test_states_and_scores_are_no_news_for_an_order_by_date(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.sort_by(Order.by(SortKey.DATE))
    model.set_state(InstanceKey("a"), SIGNED)
    model.set_answer(InstanceKey("a"), KnownAnswer(0.9, Disagreement(0.5, 1, 2)))
    assert rows.newer == 0


def test_rows_found_later_go_to_their_place_at_once(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.sort_by(Order.by(SortKey.DATE))
    model.append([_entry("e", study_date="20250101"), _entry("f", study_date="20230101"), _entry("g")])
    assert _names(rows) == ["e", "d", "f", "a", "b", "g", "c"]


def test_another_folder_is_read_in_the_order_in_force(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.sort_by(Order.by(SortKey.DATE))
    model.clear()
    assert _names(rows) == []
    model.append([_entry("x", study_date="20200101"), _entry("y", study_date="20210101")])
    assert _names(rows) == ["y", "x"]


def test_a_search_leaves_the_row_on_the_screen_out_but_reading_goes_on_from_there(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    model.append([_entry("e", patient_name="Moss"), _entry("f"), _entry("g", patient_name="Moss")])
    rows.set_shown(Path("f"))
    _search(rows, "moss")
    assert _names(rows) == ["e", "g"]
    after, before = rows.neighbour(Path("f"), 1), rows.neighbour(Path("f"), -1)
    assert after
    assert before
    assert (after.path, before.path) == (Path("g"), Path("e"))


def test_a_condition_keeps_the_row_on_the_screen_as_a_state_does(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.set_shown(Path("b"))
    _search(rows, "date:2024")
    assert _names(rows) == ["b", "d"]
    rows.set_shown(Path("d"))
    assert _names(rows) == ["d"]


def test_rows_enter_a_score_filter_when_their_score_comes(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    rows.sort_by(Order.by(SortKey.DATE))
    _search(rows, "score:>0.5")
    for name in ("b", "d", "a"):
        model.set_answer(InstanceKey(name), KnownAnswer(0.9))
    assert _names(rows) == ["d", "a", "b"]


def test_rows_ahead_are_those_below_and_then_those_above(model: WorklistModel) -> None:
    rows = WorklistRows(model)
    assert [entry.path.name for entry in rows.following(Path("b"))] == ["c", "d", "a", "b"]
    assert [entry.path.name for entry in rows.following(None)] == ["a", "b", "c", "d"]
