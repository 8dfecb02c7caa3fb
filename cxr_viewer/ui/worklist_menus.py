"""The two menus of the worklist, for the menu bar and for the buttons over the list alike."""

from collections.abc import Mapping

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from cxr_viewer.ui.worklist_order import SortKey

SORT_ACTIONS: dict[str, SortKey] = {f"sort_{key.name.lower()}": key for key in SortKey}
DIRECTION_ACTIONS: dict[str, bool] = {"sort_ascending": False, "sort_descending": True}
FILTER_ACTIONS: dict[str, tuple[str, str]] = {
    "filter_pa": ("view", "pa"),
    "filter_ap": ("view", "ap"),
    "filter_lateral": ("view", "lateral"),
    "filter_other": ("view", "other"),
    "filter_today": ("date", "today"),
    "filter_week": ("date", "7d"),
    "filter_month": ("date", "30d"),
    "filter_year": ("date", "1y"),
    "filter_score": ("score", ">0.5"),
    "filter_disagree": ("disagree", "yes"),
}
"""What each filter writes into the search box: name and value of a condition."""

_GROUPS = (
    ("filter_pa", "filter_ap", "filter_lateral", "filter_other"),
    ("filter_today", "filter_week", "filter_month", "filter_year"),
    ("filter_score", "filter_disagree"),
)


def sort_menu(actions: Mapping[str, QAction], parent: QWidget) -> QMenu:
    """Return the menu of keys and directions, one of each checked."""
    menu = QMenu("Sort by", parent)
    for names in (SORT_ACTIONS, DIRECTION_ACTIONS):
        if not menu.isEmpty():
            menu.addSeparator()
        group = QActionGroup(menu)
        for name in names:
            group.addAction(actions[name])
            menu.addAction(actions[name])
    return menu


def filter_menu(actions: Mapping[str, QAction], parent: QWidget) -> QMenu:
    """Return the menu of filters; those in force are checked."""
    menu = QMenu("Filter by", parent)
    for names in _GROUPS:
        if not menu.isEmpty():
            menu.addSeparator()
        menu.addActions([actions[name] for name in names])
    return menu
