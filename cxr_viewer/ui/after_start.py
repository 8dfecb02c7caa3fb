"""What is joined to the window once it is painted, and imported then: later starts, crash reports, the welcome."""

from PySide6.QtCore import QObject

from cxr_viewer.program.start import Start
from cxr_viewer.ui.arrivals import Arrivals
from cxr_viewer.ui.crash_notice import CrashNotice
from cxr_viewer.ui.notices import Notices
from cxr_viewer.ui.workspace import Workspace


class AfterStart(QObject):
    """Holds these objects as long as the workspace lives."""

    def __init__(self, workspace: Workspace, start: Start) -> None:
        super().__init__(workspace)
        self.notices = Notices(workspace.window.notice_banner, self)
        self.crashes = CrashNotice(start.watch, start.found, workspace, self.notices, self) if start.watch else None
        if start.sentence:
            self.notices.add(start.sentence, "caution")
        workspace.help.welcome_once()
        self.arrivals = Arrivals(start.desk, workspace, self.notices, self) if start.desk else None


def attach(workspace: Workspace, start: Start) -> AfterStart:
    """Join them."""
    return AfterStart(workspace, start)
