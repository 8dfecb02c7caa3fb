"""One line of the settings: what it is, what it does, its control, and the way back to the program's own value."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import theme

_NAME_WIDTH = 190


class SettingRow(QWidget):
    """A name, a control and a link that takes the change back; a note below says what it means."""

    reset_asked = Signal()

    def __init__(self, name: str, control: QWidget, note: str = "", *, can_reset: bool = True) -> None:
        super().__init__()
        self.name = name
        self.control = control
        label = QLabel(name)
        label.setMinimumWidth(_NAME_WIDTH)
        label.setMaximumWidth(_NAME_WIDTH)
        label.setWordWrap(True)
        label.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(name)
        self.reset = QPushButton("↺ default")
        theme.set_role(self.reset, "link")
        self.reset.setAutoDefault(False)
        self.reset.setAccessibleName(f"{name}: back to the program's own value")
        self.reset.setToolTip("Back to the program's own value.")
        self.reset.clicked.connect(self.reset_asked)
        self.reset.setEnabled(False)
        self._note = QLabel(note)
        self._note.setWordWrap(True)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(self._note, "note")
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(control, 1)
        if can_reset:
            line.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self._note)
        self._note.setContentsMargins(_NAME_WIDTH + 6, 0, 0, 0)
        self._note.setVisible(bool(note))

    @property
    def note(self) -> str:
        """What stands below the control."""
        return self._note.text()

    def say(self, note: str, role: str = "note") -> None:
        """Show another note."""
        self._note.setText(note)
        theme.set_role(self._note, role)
        self._note.setVisible(bool(note))

    def show_changed(self, is_changed: bool) -> None:
        """Offer the way back, or not."""
        self.reset.setEnabled(is_changed)


class Buttons(QWidget):
    """Some buttons in a line, as the control of a row."""

    def __init__(self, *buttons: QPushButton) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for button in buttons:
            button.setAutoDefault(False)
            layout.addWidget(button)
        layout.addStretch(1)
        if buttons:
            self.setFocusProxy(buttons[0])
