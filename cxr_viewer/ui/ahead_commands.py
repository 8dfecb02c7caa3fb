"""Looking ahead with the model: switched on and off, run over a whole list, and said how far it is."""

from PySide6.QtCore import QObject

from cxr_viewer.ui.detections_ahead import DetectionsAhead
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.settings import DETECT_AHEAD, Settings


class AheadCommands(QObject):
    """Connects the actions; a pass over the whole list is begun by hand only and is not remembered."""

    def __init__(
        self, window: MainWindow, ahead: DetectionsAhead, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window, self._ahead, self._settings = window, ahead, settings
        self._summary = ""
        actions, view = window.named_actions, window.image_view
        actions["detect_ahead"].triggered.connect(self._switch)
        actions["detect_all"].triggered.connect(self._run_over_all)
        # A hand on the image or the list needs the processor more.
        for moved in (view.pointed, view.window_changed, view.transform_changed, window.worklist.thumbnails_wanted):
            moved.connect(ahead.put_off)
        ahead.finished.connect(self._on_finished)
        ahead.changed.connect(self._show)
        if settings.get(DETECT_AHEAD):
            ahead.start()
        self._show()

    def _switch(self, is_on: bool) -> None:
        self._settings.set(DETECT_AHEAD, is_on)
        self._summary = ""
        if is_on:
            self._ahead.start()
        else:
            self._ahead.stop()

    def _run_over_all(self, is_on: bool) -> None:
        self._summary = ""
        if is_on:
            self._ahead.start(whole_list=True)
        else:
            self._ahead.stop()

    def _on_finished(self, summary: str) -> None:
        """Say what came of the pass, and look ahead again as before it."""
        self._summary = summary
        if self._settings.get(DETECT_AHEAD):
            self._ahead.start()
        self._show()

    def _show(self) -> None:
        ahead, foot, actions = self._ahead, self._window.worklist.foot, self._window.named_actions
        actions["detect_ahead"].setChecked(bool(self._settings.get(DETECT_AHEAD)))
        actions["detect_all"].setChecked(ahead.is_whole_list)
        state = ahead.state
        if ahead.is_whole_list:
            foot.say(f"Model: {state.done} of {state.done + state.left} rows looked at", "detect_all", "Stop")
        elif self._summary:
            foot.say(self._summary)
        elif ahead.is_on and state.left:
            foot.say(f"Looking ahead: {state.done} done, {state.left} to go", "detect_ahead", "Pause")
        else:
            foot.say(state.error)
