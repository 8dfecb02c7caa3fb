"""Makes the pictures of the documentation from the program itself: simulated radiographs only, both themes.

``python -m tests.documentation_pictures [FOLDER]`` (``make pictures``); FOLDER is ``docs/images`` unless named.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
from PIL import Image
from PySide6.QtCore import QEventLoop, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget

from cxr_viewer import resources
from cxr_viewer.app import load_model
from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom import catalogue, pixels
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import theme
from cxr_viewer.ui.erase_dialog import EraseDialog
from cxr_viewer.ui.keys_dialog import KeysDialog
from cxr_viewer.ui.self_test import SelfTestPage
from cxr_viewer.ui.settings import DETECT_AHEAD, TEXT_SIZE, THEME, Settings
from cxr_viewer.ui.settings_dialog import SettingsDialog
from cxr_viewer.ui.workspace import Supplies, Workspace

SIZE = QSize(1440, 900)
_PATIENCE_S = 60.0
_COLOURS = 256


def wait(until: Callable[[], bool]) -> None:
    """Let the program work until something holds; raises TimeoutError after a minute."""
    begun = time.monotonic()
    while not until():
        if time.monotonic() - begun > _PATIENCE_S:
            raise TimeoutError("The program did not come to rest.")
        loop = QEventLoop()  # a loop of its own: it lets the pool's threads run, and ends what is deleted later
        QTimer.singleShot(10, loop.quit)
        loop.exec()


def settle(workspace: Workspace) -> None:
    """Wait until the image is shown, the model has answered, and thumbnails are drawn."""
    wait(lambda: not workspace.flow.is_loading and workspace.flow.model_state.is_settled and workspace.is_quiet)
    pause()


def pause() -> None:
    """Let everything be painted."""
    end = time.monotonic() + 0.3
    wait(lambda: time.monotonic() > end)


def studies(folder: Path) -> Path:
    """Write simulated studies: one with a prior, one lateral, the rest as they are."""
    for number, path in enumerate(sorted(resources.path("demo").glob("*.dcm"))):
        dataset = pydicom.dcmread(path)
        if number in (0, 3):
            dataset.PatientName, dataset.PatientID = "Phantom^Ada", "PHANTOM-A"
            dataset.StudyDate = "20240312" if number == 0 else "20230907"
            dataset.PatientSex, dataset.PatientBirthDate = "F", ""
            dataset.ViewPosition = "PA"
        if number == 5:
            dataset.ViewPosition = "LL"
        folder.mkdir(parents=True, exist_ok=True)
        dataset.save_as(folder / path.name)
    return folder


@contextmanager
def desk(folder: Path, name: str) -> Iterator[Workspace]:
    """A window in a theme over private files."""
    settings = Settings(QSettings(str(folder / f"{name}.ini"), QSettings.Format.IniFormat))
    settings.set(THEME, name)
    settings.set(DETECT_AHEAD, False)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, theme.palette_named(name), settings.get(TEXT_SIZE))
    workspace = Workspace(
        Supplies(
            open_journal=lambda: Journal.open(folder / f"{name}.sqlite"),
            cache=CandidateCache(folder / f"{name}-cache.sqlite"),
            reader="ada",
            login_name="ada",
            settings=settings,
            decode=pixels.decode,
            index=catalogue.index,
            load_model=load_model,
            close_decoder=lambda: None,
            demo_folder=resources.path("demo"),
            demo_bundle=resources.path("models/demo"),
        )
    )
    workspace.window.resize(SIZE)
    workspace.window.show()
    workspace.models.load_demo()
    try:
        yield workspace
    finally:
        workspace.window.close()
        workspace.window.deleteLater()
        workspace.deleteLater()


class Album:
    """Takes the pictures of one theme."""

    def __init__(self, workspace: Workspace, folder: Path, name: str) -> None:
        self._workspace, self._folder, self.name = workspace, folder, name

    def take(self, view: str, widget: QWidget | None = None) -> None:
        """Write one picture: few colours are enough for grey pictures, and keep the file small."""
        pause()
        path = self._folder / f"{view}-{self.name}.png"
        (widget or self._workspace.window).grab().save(str(path), "PNG")
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(path, optimize=True)

    def do(self, *names: str) -> None:
        """Trigger actions one after the other."""
        for name in names:
            action = self._workspace.window.named_actions[name]
            wait(action.isEnabled)
            action.trigger()
            pause()

    def dialog(self, name: str, kind: type[QWidget], view: str, size: QSize | None = None) -> None:
        """Take a picture of what an action opens, and close it."""
        self.do(name)
        found = self._workspace.window.findChild(kind)
        assert isinstance(found, QWidget)
        if size:
            found.resize(size)
        if isinstance(found, SelfTestPage):
            wait(lambda: self._workspace.help.run.has_run)
        self.take(view, found)
        found.close()
        pause()


def make_all(folder: Path) -> None:
    """Make every picture in both themes."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        ward = studies(Path(place) / "ward")
        for name in ("dark", "light"):
            with desk(Path(place), name) as workspace:
                _pictures(workspace, Album(workspace, folder, name), ward, Path(place))


def _pictures(workspace: Workspace, album: Album, ward: Path, place: Path) -> None:
    window = workspace.window
    wait(lambda: workspace.session.model is not None)
    album.take("start")
    workspace.help.welcome_once()
    wait(lambda: workspace.help.run.has_run)
    album.take("welcome")
    workspace.opening.open((ward,))
    wait(lambda: len(workspace.worklist.entries) == 10 and not workspace.indexer.is_running)
    workspace.flow.open(ward / "phantom-00001.dcm")
    settle(workspace)
    album.take("reading")
    album.do("accept")
    _judge(workspace, album)
    album.do("outcome_opacity")
    album.take("findings")
    if "compare_prior" in window.named_actions:
        album.do("compare_prior")
        settle(workspace)
        pause()
        album.take("compare")
        album.do("compare_prior")
    workspace.flow.open(ward / "phantom-00006.dcm")
    settle(workspace)
    album.take("withheld")
    album.dialog("settings", SettingsDialog, "settings", QSize(700, 820))
    album.dialog("shortcuts", KeysDialog, "keys", QSize(820, 640))
    album.dialog("self_test", SelfTestPage, "self-test", QSize(700, 620))
    album.dialog("erase_patient", EraseDialog, "erase")
    window.resize(1000, 640)
    workspace.flow.open(ward / "phantom-00001.dcm")
    settle(workspace)
    album.take("small")
    window.resize(SIZE)
    _report(workspace, album, place)


def _judge(workspace: Workspace, album: Album) -> None:
    """Leave one finding of each kind."""
    session = workspace.session
    assert session.reading
    finding = session.findings[0]
    session.adjust(session.reading.key, finding.uid, finding.box.moved(18, 24))
    album.do("reject")
    image = session.reading.image
    across, down = image.columns / 100, image.rows / 100
    session.add(session.reading.key, Box(56 * across, 62 * down, 70 * across, 74 * down))
    pause()


def _report(workspace: Workspace, album: Album, place: Path) -> None:
    path = place / "report.html"
    workspace.reports.write_report(path)
    wait(path.is_file)
    if album.name == "light":  # the page is white paper in both themes
        browser = QTextBrowser()
        browser.setFrameShape(QTextBrowser.Shape.NoFrame)
        document = QTextDocument()
        document.setHtml(path.read_text(encoding="utf-8").replace("<img ", "<img width='600' "))
        browser.setDocument(document)
        browser.resize(900, 1150)
        browser.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        album.take("report", browser)
        browser.deleteLater()


def main() -> int:
    """Run the command."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    make_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images"))
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
