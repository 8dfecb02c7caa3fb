"""Sorting, filtering, searching and going to what is unread, by keys, menus and buttons."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from cxr_viewer.ui.keys_dialog import KeysDialog
from cxr_viewer.ui.settings import WORKLIST_ORDER
from cxr_viewer.ui.worklist_menus import FILTER_ACTIONS, SORT_ACTIONS
from cxr_viewer.ui.worklist_model import ENTRY
from cxr_viewer.ui.worklist_order import Order, SortKey
from cxr_viewer.ui.worklist_rows import StateFilter
from tests.cxr_viewer.ui.desks import Desk, press
from tests.cxr_viewer.ui.driving import click_in_menu
from tests.factories import dicom_file, radiograph

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def wing(tmp_path: Path) -> Path:
    """A folder of five radiographs with different dates and views."""
    folder = tmp_path / "wing"
    for number, (day, view, name) in enumerate(
        (
            ("20240105", "PA", "Cole"),
            ("20240301", "AP", "Abel"),
            ("20231224", "PA", "Dunn"),
            ("20240301", "LL", "Abel"),
            ("20220101", "AP", "Bell"),
        )
    ):
        dicom_file(
            folder / f"{number}.dcm",
            radiograph(300, 260, seed=number),
            StudyDate=day,
            ViewPosition=view,
            PatientName=name,
        )
    return folder


def _shown(desk: Desk) -> str:
    assert desk.workspace
    rows = desk.workspace.rows
    return "".join(rows.index(row).data(ENTRY).path.stem for row in range(rows.rowCount()))


def _current(desk: Desk) -> str:
    assert desk.workspace
    entry = desk.workspace.window.worklist.list.currentIndex().data(ENTRY)
    return str(entry.path.stem) if entry else ""


@pytest.mark.drives(
    "sort_found",
    "sort_patient",
    "sort_date",
    "sort_view",
    "sort_state",
    "sort_score",
    "sort_ascending",
    "sort_descending",
)
def test_every_order_is_chosen_in_the_menu_and_the_marked_row_stays_marked(desk: Desk, wing: Path) -> None:
    workspace = desk.open(wing)
    press(workspace.window.image_view, Key.Key_D)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    for name, key in SORT_ACTIONS.items():
        if key is not SortKey.USEFUL:
            click_in_menu(workspace.window, "Worklist", "Sort by", name)
            assert workspace.rows.order == Order.by(key)
            assert workspace.window.named_actions[name].isChecked()
            assert _current(desk) == "1"
    click_in_menu(workspace.window, "Worklist", "Sort by", "sort_date")
    assert _shown(desk) == "13024"
    click_in_menu(workspace.window, "Worklist", "Sort by", "sort_ascending")
    assert _shown(desk) == "42013"
    click_in_menu(workspace.window, "Worklist", "Sort by", "sort_descending")
    assert _shown(desk) == "13024"
    press(workspace.window.image_view, Key.Key_D)
    desk.wait_for_detections()
    assert _current(desk) == "3", "next image is the next row"


@pytest.mark.drives("sort_useful", "sort_again")
def test_most_useful_has_a_key_and_rows_wait_until_sorted_again(desk: Desk, wing: Path) -> None:
    workspace = desk.open(wing)
    view = workspace.window.image_view
    press(view, Key.Key_U, CONTROL)
    assert workspace.rows.order.key is SortKey.USEFUL
    before = _shown(desk)
    press(view, Key.Key_2, CONTROL)
    press(view, Key.Key_Return, CONTROL)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    assert _shown(desk) == before
    assert workspace.rows.newer > 0
    press(view, Key.Key_F9)
    assert workspace.rows.newer == 0
    assert not workspace.window.named_actions["sort_again"].isEnabled()
    assert _shown(desk).index("0") > _shown(desk).index("1"), "signed rows come after unread ones"


def test_the_order_is_remembered(desk: Desk, wing: Path) -> None:
    desk.open(wing)
    desk.trigger("sort_date")
    desk.trigger("sort_ascending")
    desk.close()
    workspace = desk.open(wing)
    assert workspace.rows.order == Order(SortKey.DATE, is_descending=False)
    assert desk.supplies().settings.get(WORKLIST_ORDER) == "date ascending"
    assert workspace.flow.shown == wing / "0.dcm", "the image where the reader was is gone back to"
    assert _shown(desk) == "42013"


@pytest.mark.drives(
    "filter_pa",
    "filter_ap",
    "filter_lateral",
    "filter_other",
    "filter_today",
    "filter_week",
    "filter_month",
    "filter_year",
    "filter_score",
    "filter_disagree",
    "clear_filters",
)
def test_filters_write_what_they_do_into_the_search_box(desk: Desk, wing: Path) -> None:
    window = desk.open(wing).window
    desk.wait_until_quiet()
    for name, (condition, value) in FILTER_ACTIONS.items():
        click_in_menu(window, "Worklist", "Filter by", name)
        assert f"{condition}:{value}" in window.worklist.search.text()
        assert window.named_actions[name].isChecked()
    assert window.worklist.search.text() == "view:other date:1y score:>0.5 disagree:yes"
    press(window.image_view, Key.Key_F, CONTROL | SHIFT)
    assert window.worklist.search.text() == ""
    assert _shown(desk) == "01234"
    click_in_menu(window, "Worklist", "Filter by", "filter_ap")
    assert _shown(desk) == "014", "the row on the screen stays"
    click_in_menu(window, "Worklist", "Filter by", "filter_ap")
    assert _shown(desk) == "01234"


def test_typing_a_search_and_enter_opens_the_first_row_found(desk: Desk, wing: Path) -> None:
    workspace = desk.open(wing)
    window = workspace.window
    press(window, Key.Key_F, CONTROL)
    QTest.keyClicks(window.focusWidget(), "abel view:lateral")
    assert _shown(desk) == "3"
    press(window.focusWidget(), Key.Key_Return)
    desk.wait_for_detections()
    assert workspace.flow.shown == wing / "3.dcm"


def test_nothing_found_is_said_with_a_way_back(desk: Desk, wing: Path) -> None:
    window = desk.open(wing).window
    panel = window.worklist
    panel.search.setText("nobody")
    assert panel.empty.isVisible()
    assert panel.empty.sentence == "No row matches “nobody”."
    panel.set_filter(StateFilter.SIGNED)
    assert panel.empty.sentence == "No row that is signed matches “nobody”."
    [button] = panel.empty.findChildren(QPushButton)
    assert button.text() == "Show all 5 rows"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not panel.empty.isVisible()
    assert panel.list.isVisible()
    assert _shown(desk) == "01234"
    assert _current(desk) == "0"


def test_a_condition_that_is_not_understood_is_said_under_the_box(desk: Desk, wing: Path) -> None:
    panel = desk.open(wing).window.worklist
    panel.search.setText("score:high")
    assert "score:high has no number" in panel._problem.text()
    assert panel._problem.isVisible()
    assert _shown(desk) == "01234"
    panel.search.setText("score:>0.2")
    assert not panel._problem.isVisible()


@pytest.mark.drives("next_unread", "previous_unread")
def test_unread_images_are_reached_in_both_directions(desk: Desk, wing: Path) -> None:
    workspace = desk.open(wing)
    view = workspace.window.image_view
    press(view, Key.Key_2, CONTROL)
    press(view, Key.Key_Return, CONTROL)
    desk.wait_for_detections()
    press(view, Key.Key_A, CONTROL | SHIFT)
    desk.wait_for_detections()
    assert workspace.flow.shown == wing / "4.dcm", "the signed image is passed over"
    press(view, Key.Key_D, CONTROL | SHIFT)
    desk.wait_for_detections()
    assert workspace.flow.shown == wing / "1.dcm"


def test_progress_counts_the_whole_list_whatever_is_filtered(desk: Desk, wing: Path) -> None:
    workspace = desk.open(wing)
    panel = workspace.window.worklist
    desk.trigger("outcome_no_opacity")
    desk.trigger("sign_off")
    desk.wait_for_detections()
    panel.refresh_counts()
    assert panel._count.text() == "1 of 5 signed"
    panel.search.setText("abel")
    panel.refresh_counts()
    assert panel._count.text() == "2 shown · 1 of 5 signed"
    assert (panel._progress.value(), panel._progress.maximum()) == (1, 5)


def test_the_words_of_the_search_box_stand_in_its_tip_and_in_the_list_of_keys(desk: Desk, wing: Path) -> None:
    window = desk.open(wing).window
    assert "score:>0.5" in window.worklist.search.toolTip()
    press(window.image_view, Key.Key_F1)
    [dialog] = window.findChildren(KeysDialog)
    dialog.search.setText("disagree:yes")
    assert [row.group for row in dialog.shown_rows()] == ["In the search box of the worklist"]
    dialog.search.setText("most useful")
    assert [(row.group, row.keys) for row in dialog.shown_rows()] == [("Worklist", "Ctrl+U")]
    dialog.close()
