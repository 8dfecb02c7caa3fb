"""Connects the Help menu; what it shows is imported when it is asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.instance_loader import Decode
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.model_loading import ModelLoading
from cxr_viewer.ui.opening import Opening
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import WELCOMED, Settings

if TYPE_CHECKING:
    from cxr_viewer.ui.self_test_run import SelfTestRun
    from cxr_viewer.ui.welcome import Welcome


class HelpCommands(QObject):
    """Self-test, welcome and the places where data live."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        flow: ReadingFlow,
        runner: DetectionRunner,
        models: ModelLoading,
        opening: Opening,
        decode: Decode,
        files: BackgroundTasks,
        settings: Settings,
        show_settings: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._flow, self._runner = window, session, flow, runner
        self._models, self._opening, self._decode, self._files = models, opening, decode, files
        self._settings, self._show_settings = settings, show_settings
        self._run: SelfTestRun | None = None
        self._welcome: Welcome | None = None
        actions = window.named_actions
        actions["self_test"].triggered.connect(self.show_self_test)
        actions["welcome"].triggered.connect(lambda: self.welcome.show_dialog())
        actions["data_places"].triggered.connect(self._show_places)
        actions["crash_report"].setEnabled(False)

    @property
    def run(self) -> "SelfTestRun":
        """The self-test."""
        if self._run is None:
            from cxr_viewer.ui.self_test_run import SelfTestRun

            self._run = SelfTestRun(
                self._session, self._flow, self._runner, self._models, self._decode, self._files, self
            )
        return self._run

    @property
    def welcome(self) -> "Welcome":
        """The welcome."""
        if self._welcome is None:
            from cxr_viewer.ui.welcome import Welcome

            self._welcome = Welcome(self._window, self._session, self._opening, self.run, self)
        return self._welcome

    def welcome_once(self) -> None:
        """Welcome whoever starts the program for the first time and sees the empty window."""
        if not self._settings.get(WELCOMED) and not self._window.is_image_page and not self._opening.is_open:
            self._settings.set(WELCOMED, True)
            self.welcome.show_on_start_page()

    def show_self_test(self) -> None:
        """Show the page and run the test; asked for again, the page comes to the front and all is tried again."""
        from cxr_viewer.ui.self_test import SelfTestPage

        page = self._window.findChild(SelfTestPage) or SelfTestPage(self.run, self._session, self._window)
        self.run.run()
        page.show()
        page.raise_()
        page.activateWindow()

    def _show_places(self) -> None:
        from cxr_viewer.ui.settings_dialog import SettingsDialog

        self._show_settings()
        if page := self._window.findChild(SettingsDialog):
            page.show_end()
