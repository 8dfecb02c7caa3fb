"""Keys in the words of buttons: they follow the action, whose keys the reader may change."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence

_SIGNS = {"Return": "⏎", "Enter": "⏎", "Ctrl+Return": "Ctrl+⏎", "Ctrl+Enter": "Ctrl+⏎"}


def key_of(action: QAction) -> str:
    """Return an action's first key as a button shows it, "" for none."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return _SIGNS.get(key, key)


def follow_key(action: QAction, show: Callable[[str], None]) -> None:
    """Show an action's key now, and again whenever it changes."""
    shown = [""]

    def follow() -> None:
        if (key := key_of(action)) != shown[0]:
            shown[0] = key
            show(key)

    show("")
    follow()
    action.changed.connect(follow)
