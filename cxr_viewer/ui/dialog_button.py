"""A button of a dialog: named, with a tip, and never the one that Return presses by itself."""

from PySide6.QtWidgets import QPushButton


def dialog_button(text: str, tip: str) -> QPushButton:
    """Return a button; the tip is a sentence."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button
