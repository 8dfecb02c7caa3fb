"""A line of text that is kept without a button: Enter or going elsewhere keeps it, Esc leaves it as it was."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class KeptLine(QLineEdit):
    """Takes every key while it is written in, so that nothing typed here is a shortcut of the window."""

    kept = Signal(str)
    """The text, when it is to be kept; also when it did not change."""
    left = Signal()
    """Esc: nothing is to be kept."""
    digit_pressed = Signal(int)
    """A digit with Alt."""

    def __init__(self, longest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(longest)
        self._before = ""
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether somebody writes in it."""
        return self._is_open

    def show_text(self, text: str) -> None:
        """Show what is kept now, unless somebody is writing."""
        if not self._is_open and text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def begin(self, text: str) -> None:
        """Begin to write, with a text to go on with."""
        self.setText(text)
        self._open()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keep(self) -> None:
        """End writing and keep the text."""
        if self._close():
            self.kept.emit(self.text().strip())

    def leave(self) -> None:
        """End writing and put the old text back."""
        if self._close():
            self.setText(self._before)
            self.left.emit()

    def _open(self) -> None:
        if not self._is_open:
            self._is_open, self._before = True, self.text()
            application = QApplication.instance()
            assert application
            application.installEventFilter(self)

    def _close(self) -> bool:
        was_open, self._is_open = self._is_open, False
        if was_open and (application := QApplication.instance()):
            application.removeEventFilter(self)
        return was_open

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the text before a press anywhere else does what it does."""
        is_press = event.type() is QEvent.Type.MouseButtonPress and isinstance(watched, QWidget)
        if is_press and isinstance(watched, QWidget) and watched.window() is self.window():
            around = self.parentWidget()
            if not (watched is self or watched is around or (around and around.isAncestorOf(watched))):
                self.keep()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.key() - Qt.Key.Key_0.value
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and 0 <= digit <= 9:
            self.digit_pressed.emit(digit)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._open()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _STAYS:
            self.keep()

    def hideEvent(self, event: QHideEvent) -> None:
        self._close()
        super().hideEvent(event)
