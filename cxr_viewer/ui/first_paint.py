"""Tells when a window has been painted for the first time."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

LATEST_MS = 500
"""A window that is shown minimised, or on another desktop, may never be painted."""


class FirstPaint(QObject):
    """Calls once, soon after the first paint event of a window has been handled."""

    def __init__(self, window: QWidget, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._call = window, call
        self._is_over = False
        window.installEventFilter(self)
        QTimer.singleShot(LATEST_MS, self, self._end)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            # The children are painted behind this event, and all of it reaches the screen before a timer fires.
            QTimer.singleShot(0, self, self._end)
        return False

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._call()
