"""The real program, started as a person starts it, that tells on stdout what it shows and does what stdin says.

``python -m tests.cxr_viewer.program.watched_window ARGUMENTS`` passes its arguments to ``cxr-viewer``. Lines on stdin
are names of the functions of ``Hands``; each is done on the GUI thread.
"""

import json
import sys
import threading
import time
from typing import TYPE_CHECKING

from cxr_viewer import app

if TYPE_CHECKING:
    from cxr_viewer.program.start import Start
    from cxr_viewer.ui.after_start import AfterStart
    from cxr_viewer.ui.workspace import Workspace


class Hands:
    """What a test does at the window."""

    def __init__(self, workspace: "Workspace") -> None:
        self.workspace = workspace

    def press(self) -> None:
        """Begin to draw a box, and hold the button."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        view = self.workspace.window.image_view
        self.workspace.window.named_actions["tool_box"].trigger()
        middle = view.rect().center()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseMove(view, middle + QPoint(40, 40))

    def release(self) -> None:
        """Finish the box."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        view = self.workspace.window.image_view
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.rect().center() + QPoint(40, 40))

    def write(self) -> None:
        """Write a comment on the image, and leave the line open."""
        from PySide6.QtTest import QTest

        line = self.workspace.window.verdict_panel.comment
        self.workspace.window.named_actions["comment_image"].trigger()
        QTest.keyClicks(line, "seen twice")

    def hang(self) -> None:
        """Answer nothing for a while."""
        time.sleep(5)

    def fail(self) -> None:
        """Fail in a slot, over something that names a patient."""
        name = "DOE^JANE"
        raise ValueError(f"/data/{name}/1.dcm is broken")

    def fail_in_task(self) -> None:
        """Fail on a pool thread."""
        self.workspace.files.submit(lambda: dict[str, int]()["DOE^JANE"])

    def fail_in_thread(self) -> None:
        """Fail on a thread of nobody's."""
        threading.Thread(target=lambda: int("DOE^JANE")).start()

    def die(self) -> None:
        """Die of a signal, as a broken library does."""
        import ctypes

        ctypes.string_at(0)

    def vanish(self) -> None:
        """End at once, as by a power cut."""
        import os
        import signal

        os.kill(os.getpid(), signal.SIGKILL)

    def back(self) -> None:
        """Press the first button of the notice."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QPushButton

        button = self.workspace.window.notice_banner.findChildren(QPushButton)[0]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def quit(self) -> None:
        """Close the window."""
        self.workspace.window.close()

    def state(self) -> None:
        """Tell what is on the screen."""
        reading = self.workspace.session.reading
        say(
            shown=reading.instance.path.name if reading else "",
            rows=[entry.path.name for entry in self.workspace.worklist.entries],
            findings=len(self.workspace.session.findings),
            comment=self.workspace.session.note.comment,
            notice=self.workspace.window.notice_banner.text,
            sentence=self.workspace.window.start_page.sentence,
        )


def say(**values: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _watch() -> None:
    from cxr_viewer.ui import after_start

    attach = after_start.attach

    def attach_and_tell(workspace: "Workspace", start: "Start") -> "AfterStart":
        joined = attach(workspace, start)
        hands = Hands(workspace)
        hands.workspace.flow.settled.connect(lambda: say(event="settled"))

        def obey() -> None:
            for line in sys.stdin:
                hands.workspace.files.report(getattr(hands, line.strip()))

        threading.Thread(target=obey, daemon=True).start()
        say(event="ready")
        return joined

    after_start.attach = attach_and_tell


if __name__ == "__main__":
    _watch()
    code = app.main(sys.argv[1:])
    say(event="ended", code=code)
    sys.exit(code)
