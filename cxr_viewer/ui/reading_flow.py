"""The order of reading: opens instances, keeps the old one until the new one is ready, runs the model, goes on."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cxr_viewer.core import gate
from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.gate import PASSED, GateVerdict
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.ui.detection_runner import DetectionRunner, Urgency
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.instance_loader import InstanceLoader
from cxr_viewer.ui.model_state import NO_MODEL, ModelState, Stage
from cxr_viewer.ui.reading import Reading
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel
from cxr_viewer.ui.worklist_rows import WorklistRows


class ReadingFlow(QObject):
    """Brings instances and the model's answers to the session, the visible image first, then the next one."""

    loading_changed = Signal()
    image_failed = Signal(object, str)
    """Path and sentence of an image that was asked for and cannot be shown."""
    model_state_changed = Signal()
    next_ready_changed = Signal()
    settled = Signal()
    """The image that was asked for is shown with its detections, or withheld, or failed."""

    def __init__(
        self,
        session: ReviewSession,
        loader: InstanceLoader,
        runner: DetectionRunner,
        worklist: WorklistModel,
        rows: WorklistRows,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._loader, self._runner = session, loader, runner
        self._worklist, self._rows = worklist, rows
        self._wanted: Path | None = None
        self._shown: Path | None = None
        self._next: Path | None = None
        self._wanted_selection = ""
        self._state = NO_MODEL
        self._model_stage = NO_MODEL
        self._learned = PASSED
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(self._on_failed)
        session.model_changed.connect(self._on_model_changed)
        runner.model_refused.connect(self._on_model_refused)
        runner.advanced.connect(self._on_advanced)
        runner.detected.connect(self._on_detected)
        runner.failed.connect(self._on_detection_failed)
        runner.stopped.connect(self._on_detection_stopped)

    @property
    def shown(self) -> Path | None:
        """File of the image on the screen."""
        return self._shown

    @property
    def is_loading(self) -> bool:
        """Whether an image was asked for that is not on the screen yet."""
        return self._wanted is not None

    @property
    def model_state(self) -> ModelState:
        """What the model is doing for the image on the screen."""
        return self._state

    @property
    def verdict(self) -> GateVerdict:
        """Whether the model is withheld from the image on the screen: by header, by pixels, or by its own gate."""
        reading = self._session.reading
        return gate.first_withheld(reading.verdict, self._learned) if reading else PASSED

    @property
    def is_next_ready(self) -> bool:
        """Whether the next image is decoded."""
        return self._next is not None and self._loader.known(self._next) is not None

    @property
    def following(self) -> Path | None:
        """File of the image that is decoded ahead."""
        return self._next

    # -- going from image to image -------------------------------------------------------------------------------

    def open(self, path: Path, selected: str = "") -> None:
        """Show an instance of the worklist; the old one stays on the screen until the new one is ready."""
        entry = self._worklist.entry(path)
        if entry is None or (path == self._shown and self._wanted is None):
            return
        if not entry.is_readable:
            self.image_failed.emit(path, entry.reason)
            return
        self._wanted, self._wanted_selection = path, selected
        self._session.block()
        self.loading_changed.emit()
        self._loader.request(path)

    def show_again(self) -> None:
        """Show the image on the screen the way images are shown now; what the model said of the old way is dropped."""
        self._runner.outdate_all()
        path, reading = self._shown, self._session.reading
        image = self._loader.known(path) if path else None
        if path is None or reading is None:
            return
        if image is None:
            self._shown = None
            self.open(path, self._session.selected)
        elif not self.is_loading:
            self._show(path, image, self._session.selected)

    def step(self, direction: int) -> None:
        """Go to the next or previous row that can be read."""
        entry = self._rows.neighbour(self._wanted or self._shown, direction)
        if entry:
            self.open(entry.path)

    def step_unread(self, direction: int) -> None:
        """Go to the next or previous row without the reader's signature."""
        entry = self._rows.unread(self._wanted or self._shown, direction)
        if entry:
            self.open(entry.path)

    def sign_off_and_next(self) -> None:
        """Sign the verdict and, when that is in the journal, go to the next image."""
        following = self._rows.neighbour(self._shown, 1)
        if not self.is_loading and self._session.sign_off() and following:
            self.open(following.path)

    def begin_again(self) -> None:
        """Read the image on the screen anew: another reader reads it now."""
        if reading := self._session.reading:
            self._session.begin(reading)
            self._ask_model()

    def close(self) -> None:
        """Show nothing: another folder was opened."""
        self._wanted = self._shown = self._next = None
        self._learned = PASSED
        self._runner.stop_all()
        self._session.end()
        self.loading_changed.emit()
        self._show_state(self._model_stage)

    # -- the model -----------------------------------------------------------------------------------------------

    def announce_model_loading(self) -> None:
        """Say that a model is on its way."""
        self._model_stage = ModelState(Stage.LOADING_MODEL)
        if not self._runner.has_model:
            self._show_state(self._model_stage)

    def announce_no_model(self) -> None:
        """Say that there is none."""
        self._model_stage = NO_MODEL
        self._show_state(NO_MODEL)

    def run_again(self) -> None:
        """Run the model on the image on the screen once more."""
        self._ask_model(again=True)

    def stop_model(self) -> None:
        """Stop the model after the member that runs now."""
        if self._session.reading:
            self._runner.stop(self._session.reading.key)

    def show_anyway(self) -> None:
        """Run the model on a withheld image; the session journals that it was asked."""
        self._session.show_anyway()
        if self._session.is_shown_anyway:
            self._ask_model()

    def follow_edits(self) -> None:
        """After undo or redo: boxes of a withheld image are shown only while that is asked for."""
        reading = self._session.reading
        if not reading or not self.verdict.withheld:
            return
        if self._session.is_shown_anyway:
            if self._state.stage is Stage.WITHHELD:
                self._ask_model()
        elif self._state.stage is not Stage.WITHHELD:
            self._session.show_candidates(reading.key, None)
            self._ask_model()

    def _ask_model(self, *, again: bool = False) -> None:
        reading = self._session.reading
        if reading is None:
            self._show_state(self._model_stage)
            return
        if self.verdict.withheld and not self._session.is_shown_anyway:
            self._show_state(ModelState(Stage.WITHHELD, self.verdict.reason))
        elif not self._runner.has_model:
            self._show_state(self._model_stage)
        else:
            members = self._session.model.members if self._session.model else 0
            self._show_state(ModelState(Stage.WAITING, members=members))
            self._runner.request(reading.image, again=again)

    def _show_state(self, state: ModelState) -> None:
        self._state = state
        self.model_state_changed.emit()
        if state.is_settled and self._session.reading is not None and not self.is_loading:
            self.settled.emit()

    # -- answers of the loader -----------------------------------------------------------------------------------

    def _on_loaded(self, path: Path, image: DisplayedImage) -> None:
        if path == self._wanted:
            self._show(path, image, self._wanted_selection)
        elif path == self._next:
            self._detect_ahead(path, image)
            self.next_ready_changed.emit()

    def _on_failed(self, path: Path, reason: str) -> None:
        self._worklist.set_failed(path, reason)
        following = self._rows.neighbour(path, 1)
        if path == self._wanted and self._shown is None and following:
            # Nothing is on the screen yet: the reader gets the first image that can be shown.
            self.open(following.path)
        elif path == self._wanted:
            self._wanted = None
            self._session.unblock()
            self.loading_changed.emit()
            self.image_failed.emit(path, reason)
            self.settled.emit()
        elif path == self._next:
            self._prefetch()

    def _show(self, path: Path, image: DisplayedImage, selected: str) -> None:
        entry = self._worklist.entry(path)
        self._wanted = None
        if entry is None or entry.instance is None:
            return
        self._shown = path
        self._learned = PASSED
        self._session.begin(Reading(entry.instance, image, verdict_of(entry, image)), selected)
        self.loading_changed.emit()
        self._ask_model()
        self._prefetch()

    def _prefetch(self) -> None:
        entry = self._rows.neighbour(self._shown, 1)
        self._next = entry.path if entry else None
        self.next_ready_changed.emit()
        if self._next is None:
            return
        image = self._loader.known(self._next)
        if image is None:
            self._loader.prefetch(self._next)
        else:
            self._detect_ahead(self._next, image)

    def look_ahead(self) -> None:
        """Prefetch the next image when rows were added behind the one on the screen."""
        if self._shown is not None and self._next is None and not self.is_loading:
            self._prefetch()

    def _detect_ahead(self, path: Path, image: DisplayedImage) -> None:
        """Run the model on the next image, unless its answer is known (it may be a copy of the image on the screen)."""
        entry = self._worklist.entry(path)
        wants_it = entry is not None and self._runner.has_model and not verdict_of(entry, image).withheld
        is_corrected = image.header.is_polarity_corrected
        if wants_it and self._runner.known(image.key, is_polarity_corrected=is_corrected) is None:
            self._runner.request(image, Urgency.NEXT)

    # -- answers of the model ------------------------------------------------------------------------------------

    def _on_model_changed(self) -> None:
        """The session knows another model by now, so its answers will be understood."""
        self._model_stage, self._learned = NO_MODEL, PASSED
        self._ask_model()

    def _on_model_refused(self, reason: str) -> None:
        self._model_stage = ModelState(Stage.REFUSED, reason)
        if not self._runner.has_model or self._session.reading is None:
            self._show_state(self._model_stage)
        else:
            self._ask_model()

    def _on_advanced(self, key: InstanceKey, done: int, members: int) -> None:
        if self._is_shown(key) and self._state.is_busy:
            self._show_state(ModelState(Stage.RUNNING, members_done=done, members=members))

    def _on_detected(self, key: InstanceKey, candidates: Candidates, seconds: float | None) -> None:
        learned = gate.learned_verdict(candidates.gate)
        reading = self._session.reading
        if reading is None or reading.key != key:
            return
        self._learned = learned
        if self.verdict.withheld and not self._session.is_shown_anyway:
            self._show_state(ModelState(Stage.WITHHELD, self.verdict.reason))
        else:
            self._session.show_candidates(key, candidates)
            self._show_state(ModelState(Stage.DONE, members=candidates.members, seconds=seconds))
        if self._next and (image := self._loader.known(self._next)):
            self._detect_ahead(self._next, image)

    def _on_detection_failed(self, key: InstanceKey, reason: str) -> None:
        if self._is_shown(key):
            self._show_state(ModelState(Stage.FAILED, reason))

    def _on_detection_stopped(self, key: InstanceKey) -> None:
        if self._is_shown(key):
            self._show_state(ModelState(Stage.STOPPED))

    def _is_shown(self, key: InstanceKey) -> bool:
        reading = self._session.reading
        return reading is not None and reading.key == key


def verdict_of(entry: WorklistEntry, image: DisplayedImage) -> GateVerdict:
    """Return whether the model is withheld, by header and by what the decoded pixels tell."""
    if entry.withheld:
        return GateVerdict(True, entry.withheld)
    return gate.pixel_verdict(rows=image.rows, columns=image.columns, is_colour=image.header.is_colour)
