"""Arrow keys on a box: arrows move it, with Ctrl they resize it, with Shift by ten pixels."""

from PySide6.QtCore import Qt

from cxr_viewer.ui.box_grip import Grip

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def key_nudge(key: int, modifiers: Qt.KeyboardModifier) -> tuple[Grip, float, float] | None:
    """Return what an arrow key does to a box: the part and the step as seen on the screen, in native pixels."""
    step = next((value for name, value in _STEPS.items() if name == key), None)
    if step is None:
        return None
    factor = 10.0 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1.0
    grip = Grip.BOTTOM_RIGHT if modifiers & Qt.KeyboardModifier.ControlModifier else Grip.BODY
    return grip, step[0] * factor, step[1] * factor
