"""Reading keeps its place while studies come in, are sorted and are filtered: what is in sight does not move."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.ui.worklist_delegate import WorklistDelegate
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_list import WorklistList
from cxr_viewer.ui.worklist_model import ENTRY, WorklistModel
from cxr_viewer.ui.worklist_order import Order, SortKey
from cxr_viewer.ui.worklist_query import parse
from cxr_viewer.ui.worklist_rows import StateFilter, WorklistRows
from tests.cxr_viewer.ui.desks import Desk
from tests.factories import dicom_file, radiograph


def _entry(number: int, day: str, name: str = "") -> WorklistEntry:
    path = Path(f"{number:03d}")
    instance = Instance(path=path, rows=300, columns=260, study_date=day, patient_name=name)
    return WorklistEntry.of_instance(instance, InstanceKey(path.name))


class Shelf:
    """A list of a hundred rows, newest first, four in sight, with the fiftieth on the screen."""

    def __init__(self, qtbot: QtBot) -> None:
        self.model = WorklistModel()
        self.rows = WorklistRows(self.model)
        self.panel = QWidget()
        qtbot.addWidget(self.panel)
        self.list = WorklistList(self.rows, self.panel)
        self.list.setItemDelegate(WorklistDelegate(self.list))
        self.list.resize(300, 420)
        self.panel.resize(300, 420)
        self.asked: list[Path] = []
        self.list.chosen.connect(lambda index: self.asked.append(index.data(ENTRY).path))
        self.model.append([_entry(number, f"2020{1 + number // 20:02d}{1 + number % 20:02d}") for number in range(100)])
        self.rows.sort_by(Order.by(SortKey.DATE))
        self.panel.show()
        self.shown = Path("050")
        self.rows.set_shown(self.shown)
        self.list.mark(self.shown)

    def top(self, path: Path) -> int:
        """Where a row is on the screen."""
        return self.list.visualRect(self.list.index_of(path)).top()

    def marked(self) -> Path:
        """The row that is marked."""
        entry: WorklistEntry = self.list.currentIndex().data(ENTRY)
        assert self.list.selectionModel().isSelected(self.list.currentIndex())
        return entry.path

    def in_sight(self) -> list[str]:
        """Names of the rows in sight."""
        return [entry.path.name for entry in self.list.entries_in_sight()][:5]


@pytest.fixture
def shelf(qtbot: QtBot) -> Shelf:
    return Shelf(qtbot)


def test_files_found_above_and_below_move_neither_mark_nor_what_is_in_sight(shelf: Shelf) -> None:
    top, in_sight = shelf.top(shelf.shown), shelf.in_sight()
    assert "050" in in_sight
    shelf.model.append([_entry(200 + number, "20240101") for number in range(30)])
    shelf.model.append([_entry(300 + number, "20100101") for number in range(30)])
    assert (shelf.marked(), shelf.top(shelf.shown), shelf.in_sight()) == (shelf.shown, top, in_sight)
    assert shelf.asked == [], "nothing was opened"


def test_what_the_reader_scrolled_to_stays_in_sight_while_files_are_found(shelf: Shelf) -> None:
    shelf.list.verticalScrollBar().setValue(1234)
    in_sight = shelf.in_sight()
    assert "050" not in in_sight
    first = Path(in_sight[0])
    top = shelf.top(first)
    shelf.model.append([_entry(200 + number, "20240101") for number in range(30)])
    assert (shelf.in_sight(), shelf.top(first)) == (in_sight, top)
    assert shelf.marked() == shelf.shown


def test_answers_that_let_rows_in_and_out_do_not_move_the_marked_row(shelf: Shelf) -> None:
    for number in range(30, 70):
        shelf.model.set_answer(InstanceKey(f"{number:03d}"), KnownAnswer(0.9))
    shelf.rows.set_query(parse("score:>0.5", date(2024, 1, 1)))
    assert shelf.rows.rowCount() == 40
    top = shelf.top(shelf.shown)
    for number in range(70, 85):
        shelf.model.set_answer(InstanceKey(f"{number:03d}"), KnownAnswer(0.9))
        shelf.model.set_answer(InstanceKey(f"{number - 40:03d}"), KnownAnswer(0.1))
    assert shelf.rows.rowCount() == 40
    assert (shelf.marked(), shelf.top(shelf.shown)) == (shelf.shown, top)


def test_sorting_and_filtering_keep_the_marked_row_where_it_is_on_the_screen(shelf: Shelf) -> None:
    top = shelf.top(shelf.shown)
    for order in (Order(SortKey.DATE), Order(), Order.by(SortKey.SCORE)):
        shelf.rows.sort_by(order)
        assert (shelf.marked(), shelf.top(shelf.shown)) == (shelf.shown, top)


def test_a_row_that_a_search_left_out_is_marked_and_in_sight_again_when_it_comes_back(shelf: Shelf) -> None:
    shelf.rows.set_query(parse("nobody", date(2024, 1, 1)))
    assert not shelf.list.currentIndex().isValid()
    shelf.rows.set_query(parse("", date(2024, 1, 1)))
    assert shelf.marked() == shelf.shown
    assert "050" in shelf.in_sight()


def test_a_state_filter_that_empties_the_list_keeps_the_row_on_the_screen(shelf: Shelf) -> None:
    shelf.rows.set_state(StateFilter.SIGNED)
    assert shelf.in_sight() == ["050"]
    shelf.rows.set_state(StateFilter.ALL)
    assert shelf.marked() == shelf.shown


def test_down_goes_to_the_row_below_also_after_rows_came_in(shelf: Shelf) -> None:
    shelf.model.append([_entry(200 + number, "20240101") for number in range(30)])
    QTest.keyClick(shelf.list, Qt.Key.Key_Down)
    assert shelf.asked == [Path("049")]


def test_the_folder_that_grows_while_it_is_read_never_moves_the_reader(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("sort_date")
    desk.trigger("next_instance")
    desk.wait_for_detections()
    desk.wait_until_quiet()
    listed, shown = workspace.window.worklist.list, workspace.flow.shown
    assert shown == ward / "1.dcm"
    top = listed.visualRect(listed.index_of(shown)).top()
    days = [f"{year}01{day:02d}" for year in (2024, 2001) for day in range(1, 21)]
    paths = [dicom_file(ward.parent / f"{day}.dcm", radiograph(300, 260), StudyDate=day) for day in days]
    found = [Instance(path=path, rows=300, columns=260, study_date=path.stem) for path in paths]
    workspace.indexer.found.emit([WorklistEntry.of_instance(instance) for instance in found])
    assert workspace.flow.shown == shown
    assert listed.currentIndex().data(ENTRY).path == shown
    assert listed.visualRect(listed.index_of(shown)).top() == top
    assert workspace.rows.index_of(shown).row() == 21, "twenty newer ones came in above"
    desk.trigger("next_instance")
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "2.dcm"
