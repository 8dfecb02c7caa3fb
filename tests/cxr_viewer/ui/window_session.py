"""A scripted reader at the real window who acknowledges every gesture once it is made; made to be killed.

``python -m tests.cxr_viewer.ui.window_session FOLDER STORE SEED`` opens the window offscreen on a folder and works by
keys and mouse until it is killed. The first line on stdout says where the window came back to; each other one what it
showed after a gesture: the instance, its findings, the verdict. It takes folder and store as it finds them, so that one
store can be worked on many times. ``--serve`` instead forks such a session for every line FOLDER, STORE, SEED, PIPE
(tabs between) on stdin and answers with its process id: importing Qt anew for hundreds of sessions would take most of
the time. The fork comes before Qt has begun.
"""

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer.core.findings import Finding
from cxr_viewer.dicom import catalogue, pixels
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import model_facts, theme
from cxr_viewer.ui.model_facts import LoadedModel
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.settings import Settings
from cxr_viewer.ui.workspace import Supplies, Workspace
from tests.factories import FakeDetector

READER = "ada"


def snapshot(found: Iterable[Finding]) -> dict[str, list[Any]]:
    """Return findings as plain values."""
    return {
        finding.uid: [
            str(finding.state),
            finding.box.x1,
            finding.box.y1,
            finding.box.x2,
            finding.box.y2,
            finding.reason,
            finding.label,
            finding.comment,
        ]
        for finding in found
    }


class Hands:
    """Keys and mouse, at random."""

    def __init__(self, workspace: Workspace, seed: int) -> None:
        self.workspace = workspace
        self.session = workspace.session
        self.view = workspace.window.image_view
        self.chance = random.Random(seed)
        self.has_greeted = False

    def gesture(self) -> None:
        """Do one thing, and acknowledge what the window holds then."""
        flow = self.workspace.flow
        if not flow.is_loading and flow.model_state.is_settled and self.session.reading:
            if not self.has_greeted:
                self._greet()
            self.view.setFocus()
            gestures: list[Callable[[], None]] = [
                lambda: self._key(Qt.Key.Key_Return),
                lambda: self._key(Qt.Key.Key_X),
                self._draw,
                self._draw,
                self._move,
                self._move,
                lambda: self._key(Qt.Key.Key_Tab),
                lambda: self._key(Qt.Key.Key_Right),
                lambda: self._control(Qt.Key.Key_Z),
                lambda: self._control(Qt.Key.Key_Y),
                lambda: self._control(self.chance.choice([Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3])),
                lambda: self._control(Qt.Key.Key_Return),
                lambda: self._control(Qt.Key.Key_D),
                lambda: self._alt(self.chance.choice([Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_5])),
                lambda: self._key(self.chance.choice([Qt.Key.Key_Backslash, Qt.Key.Key_Slash, Qt.Key.Key_Period])),
                lambda: self._key(self.chance.choice([Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal])),
                self._describe,
                self._comment,
                self._rest,
                lambda: self._key(Qt.Key.Key_D),
                lambda: self._key(Qt.Key.Key_A),
            ]
            self.chance.choice(gestures)()
            self._acknowledge()
        QTimer.singleShot(0, self.gesture)

    def _greet(self) -> None:
        """Say where the window came back to."""
        self.has_greeted = True
        reading, view = self.session.reading, self.view
        assert reading
        place = {
            "key": reading.key,
            "zoom": None if view.is_fitted else view.transform.zoom,
            "centre": None if view.is_fitted else view.centre(),
            "selected": self.session.selected,
        }
        self._say({"reopened": place})

    def _acknowledge(self) -> None:
        reading = self.session.reading
        assert reading
        line = {
            "path": reading.instance.path.name,
            "key": reading.key,
            "findings": snapshot(self.session.findings),
            "outcome": self.session.outcome,
            "signed": self.session.review is not None,
            "undo": len(self.session.steps),
            "note": [self.session.note.comment, self.session.note.needs_second_read],
        }
        self._say(line)

    def _say(self, line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def _rest(self) -> None:
        """Look at the image for a moment, which is when the place is remembered."""
        QTest.qWait(450)

    def _describe(self) -> None:
        """Write at the chosen box by hand."""
        editor = self.workspace.record.editor
        self._key(Qt.Key.Key_E)
        if editor.isVisible():
            QTest.keyClicks(editor.comment, "dax")
            QTest.keyClick(editor.comment, Qt.Key.Key_Return)

    def _comment(self) -> None:
        """Write on the image as a whole."""
        line = self.workspace.window.verdict_panel.comment
        QTest.keyClick(self.view, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
        if line.is_open:
            QTest.keyClicks(line, self.chance.choice(["b", "seen twice"]))
            QTest.keyClick(line, self.chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape]))

    def _alt(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view, key, Qt.KeyboardModifier.AltModifier)

    def _key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view, key)

    def _control(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view, key, Qt.KeyboardModifier.ControlModifier)

    def _point(self) -> QPoint:
        return QPoint(
            self.chance.randrange(self.view.width() // 4, self.view.width() * 3 // 4),
            self.chance.randrange(self.view.height() // 4, self.view.height() * 3 // 4),
        )

    def _draw(self) -> None:
        self._key(Qt.Key.Key_B)
        self._drag(self._point(), self._point())

    def _move(self) -> None:
        asserted = [finding for finding in self.session.findings if finding.is_asserted]
        if asserted:
            finding = self.chance.choice(asserted)
            self.session.select(finding.uid)
            box = self.view.transform.box_in_view(finding.box)
            start = QPoint(round((box.x1 + box.x2) / 2), round((box.y1 + box.y2) / 2))
            self._drag(start, self._point())

    def _drag(self, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(self.view, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(self.view, (start + end) / 2)
        QTest.mouseMove(self.view, end)
        QTest.mouseRelease(self.view, Qt.MouseButton.LeftButton, pos=end)


def supplies(folder: Path, store: Path) -> Supplies:
    """Return what the window is handed: files are decoded in this process, the detector is told what to find."""
    detector = FakeDetector()
    settings = QSettings(str(store.with_name("settings.ini")), QSettings.Format.IniFormat)

    return Supplies(
        open_journal=lambda: Journal.open(store),
        cache=None,
        reader=READER,
        login_name=READER,
        settings=Settings(settings),
        decode=pixels.decode,
        index=catalogue.index,
        load_model=lambda _folder: LoadedModel(detector, model_facts.facts_of(detector)),
        close_decoder=lambda: None,
        demo_folder=folder / "none",
        demo_bundle=folder / "none",
    )


def start(folder: Path, store: Path) -> Workspace:
    """Show the window on the folder."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, DARK)
    workspace = Workspace(supplies(folder, store))
    workspace.window.resize(1300, 800)
    workspace.window.show()
    workspace.models.load(folder)
    workspace.opening.open((folder,))
    return workspace


def main(folder: Path, store: Path, seed: int) -> None:
    """Work at the window until killed."""
    application = QApplication(sys.argv[:1])
    hands = Hands(start(folder, store), seed)
    QTimer.singleShot(0, hands.gesture)
    application.exec()


def serve() -> None:
    """Fork a session for every line of stdin; the parent never begins with Qt, so that nothing of it is shared."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # sessions are killed; nobody waits for them
    for line in sys.stdin:
        folder, store, seed, pipe = line.rstrip("\n").split("\t")
        process_id = os.fork()
        if process_id == 0:
            os.dup2(os.open(pipe, os.O_WRONLY), 1)
            main(Path(folder), Path(store), int(seed))
            os._exit(0)
        sys.stdout.write(f"{process_id}\n")
        sys.stdout.flush()


if __name__ == "__main__" and sys.argv[1] == "--serve":
    serve()
elif __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
