"""Actions of the window, built from their table: keys where they work, tips that name them, icons of the theme."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QWidget

from cxr_viewer.ui import icons
from cxr_viewer.ui.action_spec import ActionSpec
from cxr_viewer.ui.action_table import SPECS


def build(window: QWidget, canvas: QWidget, specs: tuple[ActionSpec, ...] = SPECS) -> dict[str, QAction]:
    """Return every action by its name; keys of scope "canvas" fire only while ``canvas`` has the keyboard."""
    built: dict[str, QAction] = {}
    for spec in specs:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        action.setStatusTip("")
        if spec.icon:
            action.setIcon(_icon(spec))
        show_keys(action, spec, spec.keys)
        if spec.scope == "canvas":
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            canvas.addAction(action)
        else:
            window.addAction(action)
        built[spec.name] = action
    return built


def show_keys(action: QAction, spec: ActionSpec, keys: tuple[str, ...]) -> None:
    """Put keys on an action and into its tip; a key of scope "shown" is only named, the image handles it."""
    first = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
    action.setToolTip(f"{spec.tip} [{first}]" if first else spec.tip)
    if spec.scope == "shown":
        action.setText(f"{spec.text}\t{first}")
    else:
        action.setShortcuts([QKeySequence(key) for key in keys])


def refresh_icons(built: dict[str, QAction]) -> None:
    """Draw the icons anew after the theme changed."""
    for spec in SPECS:
        if spec.icon:
            built[spec.name].setIcon(_icon(spec))


def _icon(spec: ActionSpec) -> QIcon:
    return icons.icon(spec.icon, is_on_accent=not spec.name.startswith("toggle_"))
