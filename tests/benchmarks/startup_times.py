"""Watches a window come up: when it is painted, takes a key and shows the first image; says so as JSON on one line."""

import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from cxr_viewer.ui.workspace import Workspace
from tests.benchmarks.startup_mark import MARK

_LONGEST_S = 60.0


class StartTimes(QObject):
    """Seconds since the program was called, and of processor of this process, by what had happened then."""

    ended = Signal()

    def __init__(self, workspace: Workspace, begun_ns: int, *, is_image_expected: bool) -> None:
        super().__init__(workspace)
        self._workspace, self._begun_ns, self._is_image_expected = workspace, begun_ns, is_image_expected
        self._times: dict[str, float] = {}
        for watched in (workspace.window, workspace.window.image_view):
            watched.installEventFilter(self)
        QTimer.singleShot(int(1000 * _LONGEST_S), self, self.ended.emit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        window = self._workspace.window
        if event.type() is QEvent.Type.Paint:
            if watched is window and "painted" not in self._times:
                QTimer.singleShot(0, self, self._on_painted)
            elif watched is window.image_view and self._workspace.session.reading is not None:
                QTimer.singleShot(0, self, self._on_image)
        elif event.type() is QEvent.Type.KeyPress and watched is window:
            QTimer.singleShot(0, self, self._on_key)
        return False

    def _mark(self, name: str) -> None:
        self._times.setdefault(name, (time.monotonic_ns() - self._begun_ns) / 1e9)
        self._times.setdefault(f"{name}, processor", time.process_time())

    def _on_painted(self) -> None:
        if "painted" in self._times:
            return
        self._mark("painted")
        sys.stderr.write(MARK + "\n")
        sys.stderr.flush()
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F24, Qt.KeyboardModifier.NoModifier)
        QApplication.postEvent(self._workspace.window, key)

    def _on_key(self) -> None:
        self._mark("usable")
        self._end_when_all_is_seen()

    def _on_image(self) -> None:
        session = self._workspace.session
        self._mark("image")
        self._times.setdefault("findings", len(session.findings))
        self._times.setdefault("model", session.model is not None)
        self._end_when_all_is_seen()

    def _end_when_all_is_seen(self) -> None:
        if "usable" in self._times and ("image" in self._times or not self._is_image_expected):
            sys.stdout.write(json.dumps(self._times) + "\n")
            sys.stdout.flush()
            self.ended.emit()
