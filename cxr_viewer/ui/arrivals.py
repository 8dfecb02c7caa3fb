"""Opens what later starts of the program hand over, as soon as the reader's hand is free."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication

from cxr_viewer.program.arrival_desk import Arrival, ArrivalDesk
from cxr_viewer.program.request import Request
from cxr_viewer.store.records import Place
from cxr_viewer.ui.notices import Notices
from cxr_viewer.ui.workspace import Workspace

_LOOK_AGAIN_MS = 100


class Arrivals(QObject):
    """The desk's listener. A box that is being drawn, an open menu and a dialog are waited for; a text is kept."""

    def __init__(
        self, desk: ArrivalDesk, workspace: Workspace, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._window, self._notices = workspace, workspace.window, notices
        self._waiting: list[Request] = []
        self._said = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._open_when_free)
        early = desk.deliver_to(lambda arrival: workspace.files.report(lambda: self._take(arrival)))
        for request in early:
            self._accept(request)

    def _take(self, arrival: Arrival) -> None:
        if arrival.take():
            self._accept(arrival.request)

    def _accept(self, request: Request) -> None:
        self._come_to_front(request.token)
        self._waiting.append(request)
        self._open_when_free()

    def _come_to_front(self, token: str) -> None:
        """Show the window; desktops allow that to the program that has the token of the click."""
        if token and sys.platform not in ("win32", "darwin"):
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt takes it with the next request
        if self._window.isMinimized():
            self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    # -- opening -------------------------------------------------------------------------------------------------

    def _open_when_free(self) -> None:
        if self._is_hand_busy():
            self._timer.start()
            return
        self._timer.stop()
        waiting, self._waiting = self._waiting, []
        for request in waiting:
            if request.bundle:
                self._workspace.models.load(Path(request.bundle))
        wanted = next((request for request in reversed(waiting) if request.paths or request.demo), None)
        if wanted is not None:
            self._keep_texts()
            self._open(wanted)

    def _is_hand_busy(self) -> bool:
        return (
            QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
            or self._window.image_view.is_in_gesture
            or QApplication.activePopupWidget() is not None
            or QApplication.activeModalWidget() is not None
        )

    def _keep_texts(self) -> None:
        """End what is being written as going elsewhere ends it: it is kept."""
        self._workspace.record.editor.keep()
        self._window.verdict_panel.comment.keep()

    def _open(self, request: Request) -> None:
        workspace = self._workspace
        opened, place = workspace.keeper.opened, workspace.keeper.here()
        paths = request.opened
        if len(paths) == 1 and workspace.worklist.entry(paths[0]) is not None:
            workspace.flow.open(paths[0])
            return
        if request.demo:
            workspace.opening.open_demo()
        else:
            workspace.opening.open(paths)
        if opened and workspace.keeper.opened != opened:
            self._offer_way_back(opened, place)

    def _offer_way_back(self, opened: tuple[Path, ...], place: Place | None) -> None:
        """Say what happened, for the list that was read is gone from the screen; a later arrival replaces the offer."""
        if self._said:
            self._notices.take_back(self._said)
        back = QAction(f"Back to {opened[0].name or opened[0]}", self)
        back.setToolTip("Open again what was open, at the image where you were.")
        self._said = "Another start of the program opened this. What you did before is kept."
        back.triggered.connect(lambda: self._go_back(opened, place))
        self._notices.add(self._said, "info", back)

    def _go_back(self, opened: tuple[Path, ...], place: Place | None) -> None:
        self._notices.take_back(self._said)
        self._workspace.opening.open(opened, place)
