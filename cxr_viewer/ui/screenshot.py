"""Takes a picture of the window once it shows what was asked for, then ends the program."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

LONGEST_WAIT_MS = 60_000
_QUIET_WAIT_MS = 4_000
_STEP_MS = 60


class Screenshot(QObject):
    """Waits for ``begin``, then until thumbnails are drawn too (4 s at most), and writes the picture."""

    def __init__(
        self, widget: QWidget, path: Path, is_quiet: Callable[[], bool], end: Callable[[int], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._widget, self._path, self._is_quiet, self._end = widget, path, is_quiet, end
        self._has_begun = False
        self._waited_ms = 0
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._give_up)
        self._limit.start(LONGEST_WAIT_MS)
        self._step = QTimer(self)
        self._step.setInterval(_STEP_MS)
        self._step.timeout.connect(self._look)

    def begin(self) -> None:
        """Take the picture as soon as nothing more comes by itself."""
        if not self._has_begun:
            self._has_begun = True
            self._step.start()

    def _look(self) -> None:
        self._waited_ms += _STEP_MS
        # One step is waited in any case, so that the last state is painted.
        if (self._waited_ms > _STEP_MS and self._is_quiet()) or self._waited_ms >= _QUIET_WAIT_MS:
            self._step.stop()
            self._limit.stop()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._end(0 if self._widget.grab().save(str(self._path), "PNG") else 1)

    def _give_up(self) -> None:
        self._step.stop()
        self._end(1)
