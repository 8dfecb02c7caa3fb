"""A whole window over a private store, settings and cache, with a detector that answers what it was told."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer.core.candidates import Detector
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.found_text import Found
from cxr_viewer.dicom import catalogue, pixels
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import model_facts, theme
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.instance_loader import Decode
from cxr_viewer.ui.model_facts import LoadedModel
from cxr_viewer.ui.model_state import Stage
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.settings import DETECT_AHEAD, Settings
from cxr_viewer.ui.workspace import Supplies, Workspace
from tests.cxr_viewer.ui import driving
from tests.factories import FakeDetector

READER = "ada"
LOGIN_NAME = "lovelace"
WAIT_MS = 20_000


@dataclass
class Desk:
    """Where a reader works in a test; ``open`` may be called again after ``close``, as a person starts again."""

    folder: Path
    qtbot: QtBot
    detector: Detector = field(default_factory=FakeDetector)
    looks_ahead: bool = False
    workspace: Workspace | None = None
    decode: Decode = pixels.decode

    @property
    def store(self) -> Path:
        """The journal's file."""
        return self.folder / "journal.sqlite"

    def supplies(self) -> Supplies:
        """Return what the window is handed."""
        settings = QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)
        if not settings.contains(DETECT_AHEAD.key):
            settings.setValue(DETECT_AHEAD.key, self.looks_ahead)
        return Supplies(
            open_journal=lambda: Journal.open(self.store),
            cache=CandidateCache(self.folder / "cache.sqlite"),
            reader=READER,
            login_name=LOGIN_NAME,
            settings=Settings(settings),
            decode=self.decode,
            index=index,
            load_model=self._load,
            close_decoder=lambda: None,
            demo_folder=self.folder / "demo",
            demo_bundle=self.folder / "no-demo-bundle",
        )

    def start(self, *, with_model: bool = True) -> Workspace:
        """Show the window, without opening anything."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, DARK, 100)
        self.workspace = Workspace(self.supplies())
        self.workspace.window.resize(1600, 1000)
        self.workspace.window.show()
        self.qtbot.waitExposed(self.workspace.window)
        if with_model:
            self.workspace.models.load(self.folder / "bundle")
        return self.workspace

    def open(self, *paths: Path, with_model: bool = True) -> Workspace:
        """Show the window on some paths and wait until the first image is settled."""
        workspace = self.start(with_model=with_model)
        with self.qtbot.waitSignal(workspace.settled, timeout=WAIT_MS):
            workspace.opening.open(paths)
        self.wait_for_detections()
        return workspace

    def wait_for_detections(self) -> None:
        """Wait until the image that was asked for is shown and the model has said what it has to say."""
        workspace = self.workspace
        assert workspace is not None

        def is_settled() -> bool:
            return not workspace.flow.is_loading and workspace.flow.model_state.is_settled

        self.qtbot.waitUntil(is_settled, timeout=WAIT_MS)

    def wait_until_quiet(self) -> None:
        """Wait until nothing runs in the background."""
        workspace = self.workspace
        assert workspace is not None
        self.qtbot.waitUntil(lambda: workspace.is_quiet and not workspace.indexer.is_running, timeout=WAIT_MS)

    def close(self) -> None:
        """Close the window as a person does."""
        if self.workspace is not None:
            self.workspace.window.close()
            self.workspace.window.deleteLater()
            self.workspace.deleteLater()
            self.workspace = None

    def trigger(self, name: str) -> None:
        """Trigger an action of the menus."""
        assert self.workspace is not None
        action = self.workspace.window.named_actions[name]
        assert action.isEnabled(), f"{name} cannot be triggered now"
        with driving.by_program():
            action.trigger()

    def states(self) -> list[FindingState]:
        """Return the states of the findings in the session."""
        assert self.workspace is not None
        return [finding.state for finding in self.workspace.session.findings]

    def stage(self) -> Stage:
        """Return how far the model is with the image."""
        assert self.workspace is not None
        return self.workspace.flow.model_state.stage

    def outcome(self) -> ReviewOutcome | None:
        """Return the verdict that is chosen."""
        assert self.workspace is not None
        return self.workspace.session.outcome

    def _load(self, _folder: Path) -> LoadedModel:
        return LoadedModel(self.detector, model_facts.facts_of(self.detector))


def index(paths: Iterable[Path], should_stop: Callable[[], bool]) -> Iterator[Found]:
    """Yield what is below paths, with the real catalogue."""
    return catalogue.index(paths, should_stop)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, key, modifiers)


@contextmanager
def hold(widget: QWidget, key: Qt.Key) -> Iterator[None]:
    """Hold a key down."""
    QTest.keyPress(widget, key)
    yield
    QTest.keyRelease(widget, key)


def drag(
    view: ImageView,
    start: tuple[float, float],
    end: tuple[float, float],
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    """Drag between two native points of the image."""
    first, last = (QPoint(*(round(value) for value in view.transform.to_view(*point))) for point in (start, end))
    QTest.mousePress(view, button, pos=first)
    QTest.mouseMove(view, (first + last) / 2)
    QTest.mouseMove(view, last)
    QTest.mouseRelease(view, button, pos=last)
