"""Which bundle is loaded: the one that was named, the one used last, else the demo."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.model_facts import LoadedModel
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import BUNDLE_FOLDER, Settings

LoadModel = Callable[[Path], LoadedModel]

_KEEP_AFTER_MS = 400
"""Settings are written when the sliders rest: a write of the file on every move would hold the boxes up."""


class ModelLoading(QObject):
    """Loads bundles through a callable that it is handed, and keeps the thresholds of each by its digest."""

    def __init__(
        self,
        load_model: LoadModel,
        demo_bundle: Path,
        runner: DetectionRunner,
        session: ReviewSession,
        flow: ReadingFlow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._load_model, self._demo_bundle = load_model, demo_bundle
        self._runner, self._session, self._flow, self._settings = runner, session, flow, settings
        self._asked: Path | None = None
        self._kept = QTimer(self)
        self._kept.setSingleShot(True)
        self._kept.setInterval(_KEEP_AFTER_MS)
        self._kept.timeout.connect(self.keep_thresholds)
        runner.model_loaded.connect(self._on_loaded)
        session.thresholds_changed.connect(self._kept.start)

    @property
    def has_demo(self) -> bool:
        """Whether the program came with a demo bundle."""
        return (self._demo_bundle / "bundle.json").is_file()

    @property
    def asked(self) -> Path | None:
        """The bundle that was asked for last, loaded or not."""
        return self._asked

    def load_first(self, named: Path | None) -> None:
        """Load the bundle of the command line, else the one used last, else the demo; without any, say so."""
        last = self._settings.get(BUNDLE_FOLDER)
        if named is not None:
            self.load(named)
        elif last and (Path(last) / "bundle.json").is_file():
            self.load(Path(last))
        elif self.has_demo:
            self.load_demo()
        else:
            self._flow.announce_no_model()

    def load_demo(self) -> None:
        """Load the bundle that comes with the program."""
        self.load(self._demo_bundle)

    def load(self, folder: Path) -> None:
        """Load a bundle; the model in use stays when it is refused."""
        self._asked = folder
        self._flow.announce_model_loading()
        self._runner.load(partial(self._load_model, folder))

    def _on_loaded(self, loaded: LoadedModel) -> None:
        is_demo = self._asked == self._demo_bundle
        self.keep_thresholds()
        self._settings.set(BUNDLE_FOLDER, "" if is_demo or self._asked is None else str(self._asked))
        self._session.use_model(loaded.facts, self._settings.thresholds(loaded.facts.digest))

    def keep_thresholds(self) -> None:
        """Remember where the sliders of the model in use stand."""
        self._kept.stop()
        model, thresholds = self._session.model, self._session.thresholds
        if model and thresholds:
            own: Thresholds = model.thresholds
            self._settings.keep_thresholds(model.digest, None if thresholds == own else thresholds)
