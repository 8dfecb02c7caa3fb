"""The menus: every action stands in one, with its key."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

LAYOUT: dict[str, tuple[str, ...]] = {
    "File": (
        "open_folder",
        "open_files",
        "*recent",
        "open_demo",
        "stop_indexing",
        "import_boxes",
        "-",
        "study_report",
        "export",
        "export_ledger",
        "export_picture",
        "export_native",
        "-",
        "back_up",
        "restore",
        "retry_store",
        "clear_caches",
        "erase_patient",
        "-",
        "settings",
        "quit",
    ),
    "View": (
        "tool_window",
        "tool_zoom",
        "tool_pan",
        "tool_measure",
        "magnify",
        "-",
        "*presets",
        "keep_window",
        "invert",
        "wrong_polarity",
        "flip_across",
        "flip_down",
        "turn_right",
        "turn_left",
        "-",
        "fit",
        "one_to_one",
        "zoom_in",
        "zoom_out",
        "-",
        "hide_boxes",
        "show_others",
        "peek",
        "-",
        "compare_prior",
        "compare_views",
        "next_beside",
        "previous_beside",
        "link_views",
        "-",
        "toggle_worklist",
        "toggle_panel",
        "next_panel",
        "full_screen",
        "*theme",
    ),
    "Review": (
        "tool_box",
        "accept",
        "reject",
        "reject_because",
        "*reasons",
        "delete",
        "-",
        "describe",
        "*labels",
        "duplicate",
        "-",
        "next_box",
        "previous_box",
        "-",
        "undo",
        "redo",
        "-",
        "outcome_opacity",
        "outcome_no_opacity",
        "outcome_unreadable",
        "comment_image",
        "sign_off",
        "sign_here",
        "withdraw",
        "second_read",
        "-",
        "next_instance",
        "previous_instance",
    ),
    "Worklist": (
        "find",
        "*filters",
        "clear_filters",
        "-",
        "*sort",
        "sort_again",
        "-",
        "next_unread",
        "previous_unread",
    ),
    "Model": (
        "load_bundle",
        "demo_bundle",
        "-",
        "run_again",
        "detect_ahead",
        "detect_all",
        "stop_detection",
        "show_anyway",
        "-",
        "score_down",
        "score_up",
        "overlap_down",
        "overlap_up",
        "reset_thresholds",
        "-",
        "model_card",
    ),
    "Help": ("shortcuts", "welcome", "-", "self_test", "data_places", "crash_report", "-", "about"),
}
"""Menu titles and their entries: names of actions, "-" for a rule, "*name" for a submenu that is handed in."""

THEME_ACTIONS = ("theme_dark", "theme_light", "theme_system")


def fill(bar: QMenuBar, actions: dict[str, QAction], submenus: dict[str, QMenu]) -> None:
    """Build the menus into a menu bar."""
    for title, names in LAYOUT.items():
        menu = bar.addMenu(f"&{title}")
        for name in names:
            if name == "-":
                menu.addSeparator()
            elif name.startswith("*"):
                menu.addMenu(submenus[name[1:]])
            else:
                menu.addAction(actions[name])
