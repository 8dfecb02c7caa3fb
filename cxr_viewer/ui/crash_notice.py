"""Says that the program failed, and offers the report: in a banner afterwards, in the Help menu while it is there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication

from cxr_viewer.program import crash_folder
from cxr_viewer.program.aftermath import Aftermath
from cxr_viewer.program.crash_watch import UNEXPECTED, CrashWatch
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.crash_page import CrashPage
from cxr_viewer.ui.notices import Notices
from cxr_viewer.ui.workspace import Workspace

DIED = "CXR Viewer ended by a fault last time. What you did is kept."
DIES_AT_ONCE = (
    "CXR Viewer ended by a fault twice within a minute of its start, so it did not open by itself what was open."
)
FAILED = (
    "Something went wrong inside the program; what you did is kept. If it behaves oddly, close it and start it again."
)


class CrashNotice(QObject):
    """Connects the watch of this process and what earlier ones left with the window."""

    def __init__(
        self, watch: CrashWatch, found: Aftermath, workspace: Workspace, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._watch, self._workspace, self._window = watch, workspace, workspace.window
        self._notices = notices
        self._has_failed = False
        self._sentence = ""
        self._show = self._window.named_actions["crash_report"]
        self._show.triggered.connect(self.show_report)
        self._copy = _action("Copy", "Put the newest report on the clipboard.", self._copy_report, self)
        self._delete = _action("Delete", "Delete all crash reports of this computer.", self.delete_reports, self)
        for name, action in self._window.named_actions.items():
            action.triggered.connect(lambda _checked=False, done=name: watch.note_action(done))
        for tasks in (workspace.files, workspace.inference):
            tasks.unexpected = partial(self._report_task, tasks)
        watch.tell(lambda: workspace.files.report(self._say_failed))
        self._refresh()
        if found.dies_at_once:
            self._say(DIES_AT_ONCE, *self._way_back())
        elif found.has_died:
            self._say(DIED)

    def show_report(self) -> None:
        """Show the newest report; asked for again, the page comes to the front."""
        text = self._newest_text()
        if not text:
            return
        page = self._window.findChild(CrashPage)
        if page is None:
            page = CrashPage(self._window)
            page.delete_asked.connect(self.delete_reports)
        page.show_text(text)
        page.show()
        page.raise_()
        page.activateWindow()

    def delete_reports(self) -> None:
        """Delete every report, and speak of it no more."""
        crash_folder.delete_all(self._watch.folder)
        self._notices.take_back(self._sentence)
        if page := self._window.findChild(CrashPage):
            page.close()
        self._refresh()

    def _report_task(self, tasks: BackgroundTasks, error: BaseException) -> None:
        if isinstance(error, UNEXPECTED):
            self._watch.report(error, f"error on a thread ({tasks.name})")

    def _say_failed(self) -> None:
        self._refresh()
        if not self._has_failed:
            self._has_failed = True
            self._say(FAILED)

    def _say(self, sentence: str, *more: QAction) -> None:
        self._notices.take_back(self._sentence)
        self._sentence = sentence
        self._notices.add(sentence, "caution", *more, self._show, self._copy, self._delete)

    def _way_back(self) -> tuple[QAction, ...]:
        """Return the offer to open what was open after all, where there was anything."""
        opened = self._workspace.keeper.last().opened_paths
        if not opened:
            return ()
        name = opened[0].name or str(opened[0])
        return (_action(f"Open {name}", "Open what was open when the program ended.", self._open_last, self),)

    def _open_last(self) -> None:
        self._notices.take_back(self._sentence)
        self._workspace.opening.open_last()

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self._newest_text())

    def _newest_text(self) -> str:
        return next((_text(path) for path in crash_folder.reports(self._watch.folder)), "")

    def _refresh(self) -> None:
        self._show.setEnabled(bool(crash_folder.reports(self._watch.folder)))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _action(text: str, tip: str, call: Callable[[], None], parent: QObject) -> QAction:
    action = QAction(text, parent)
    action.setToolTip(tip)
    action.triggered.connect(call)
    return action
