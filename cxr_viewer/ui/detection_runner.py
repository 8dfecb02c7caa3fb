"""Loads the model and runs it off the GUI thread, one image at a time; answers are kept by instance and bundle."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from cxr_viewer.core import disagreement
from cxr_viewer.core.candidates import Candidates, DetectionStopped, Detector
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import windowing
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.device_polarity import name_of_answers
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.model_facts import LoadedModel

_KEPT = 64
"""Answers in memory, 40 kB each; the cache file has the others within a millisecond."""


class Urgency(IntEnum):
    """Who waits for an answer; what is less urgent makes room."""

    AHEAD = 0
    """Nobody: rows of the list that the reader may come to."""
    NEXT = 1
    VISIBLE = 2


@dataclass(frozen=True, slots=True)
class _Answer:
    candidates: Candidates
    disagreement: Disagreement | None
    seconds: float


@dataclass(slots=True)
class _Run:
    """One run of the detector that waits or goes on.

    Attributes:
        answers: the name its candidates are kept under.
        era: images were shown in other ways before and after.
    """

    key: InstanceKey
    digest: str
    urgency: Urgency
    answers: str
    era: int
    stop: threading.Event = field(default_factory=threading.Event)


class DetectionRunner(QObject):
    """The detector's only user. ``detector`` objects are called on the inference thread alone."""

    model_loaded = Signal(object)
    """LoadedModel."""
    model_refused = Signal(str)
    device_told = Signal(str, str)
    """Device in words, and why it is another one than the wanted one ("" when all is well): with every model that is
    loaded, and whenever it changes."""
    advanced = Signal(str, int, int)
    """Instance key, members done, members."""
    detected = Signal(str, object, object)
    """Instance key, Candidates, seconds (None when they were known)."""
    answered = Signal(str, object)
    """Instance key, KnownAnswer: what the worklist keeps of an answer of the present bundle."""
    failed = Signal(str, str)
    """Instance key, sentence."""
    stopped = Signal(str)
    """Instance key."""

    def __init__(
        self, inference: BackgroundTasks, cache: CandidateCache | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._inference = inference
        self._cache = cache
        self._detector: Detector | None = None
        self._members = 0
        self._digest = ""
        self._told = ("", "")
        self._memory: OrderedDict[tuple[InstanceKey, str], Candidates] = OrderedDict()
        self._runs: dict[InstanceKey, _Run] = {}
        self._era = 0

    @property
    def has_model(self) -> bool:
        """Whether a detector is ready."""
        return self._detector is not None

    def load(self, loader: Callable[[], LoadedModel]) -> None:
        """Load a model on the inference thread; the one in use stays until the new one is ready."""
        self.stop_all()
        self._inference.submit(loader, self._on_loaded, self._on_refused)

    def time_once(self, on_done: Callable[[float], None], on_error: Callable[[BaseException], None]) -> None:
        """Run the model on a plain grey picture and tell the seconds it took; does nothing without a model."""
        if self._detector is not None:
            self._inference.submit(partial(_time, self._detector), on_done, on_error)

    def known(self, key: InstanceKey, *, is_polarity_corrected: bool = False) -> Candidates | None:
        """Return candidates of an instance and the present bundle, from memory or from the cache file.

        Args:
            is_polarity_corrected: of the picture that is shown; the answer to the other one is never given.
        """
        answers = name_of_answers(self._digest, is_polarity_corrected)
        found = self._memory.get((key, answers))
        if found is None and self._cache and self._digest:
            found = self._cache.get(key, answers)
            if found is not None:
                self._remember(key, answers, found)
        return found

    def request(self, image: DisplayedImage, urgency: Urgency = Urgency.VISIBLE, *, again: bool = False) -> None:
        """Ask for the candidates of an image; runs that are less urgent stop, and the visible image stops all others.

        Args:
            again: run even when the answer is known.
        """
        is_corrected = image.header.is_polarity_corrected
        known = None if again else self.known(image.key, is_polarity_corrected=is_corrected)
        if known is not None:
            self.detected.emit(image.key, known, None)
            return
        if self._detector is None:
            return
        running = self._runs.get(image.key)
        if running is not None:
            running.urgency = max(running.urgency, urgency)
        self._make_room(urgency, image.key)
        if running is not None:
            return
        run = _Run(image.key, self._digest, urgency, name_of_answers(self._digest, is_corrected), self._era)
        self._runs[image.key] = run
        tell = partial(self._tell_progress, image.key, self._members)
        call = partial(_detect, self._detector, image, run.stop, tell)
        self._inference.submit(call, partial(self._on_detected, run), partial(self._on_failed, run))

    def _make_room(self, urgency: Urgency, key: InstanceKey) -> None:
        for run in list(self._runs.values()):
            if run.key != key and (run.urgency < urgency or urgency is Urgency.VISIBLE):
                run.stop.set()
                del self._runs[run.key]

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or runs."""
        return not self._runs

    def is_running(self, key: InstanceKey) -> bool:
        """Whether an instance's run waits or goes on."""
        return key in self._runs

    def stop(self, key: InstanceKey) -> None:
        """Stop an instance's run after the member that runs now."""
        if key in self._runs:
            self._runs[key].stop.set()

    def stop_all(self) -> None:
        """Stop every run after the member that runs now."""
        for run in self._runs.values():
            run.stop.set()
        self._runs.clear()

    def outdate_all(self) -> None:
        """Stop every run and keep quiet about its answer: the images will be shown in another way."""
        self._era += 1
        self.stop_all()

    # -- answers -------------------------------------------------------------------------------------------------

    def _tell_progress(self, key: InstanceKey, members: int, done: int) -> None:
        self._inference.report(lambda: self.advanced.emit(key, done, members))

    def _on_loaded(self, loaded: LoadedModel) -> None:
        self._detector, self._digest = loaded.detector, loaded.facts.digest
        self._members = loaded.facts.members
        self.model_loaded.emit(loaded)
        self._told = ("", "")
        self._tell_device()

    def _tell_device(self) -> None:
        """A GPU may have been lost in the run before."""
        if self._detector is not None and (now := (self._detector.device, self._detector.notice)) != self._told:
            self._told = now
            self.device_told.emit(*now)

    def _on_refused(self, error: BaseException) -> None:
        self.model_refused.emit(str(error) or type(error).__name__)

    def _on_detected(self, run: _Run, answer: _Answer) -> None:
        self._tell_device()
        candidates = answer.candidates
        self._remember(run.key, run.answers, candidates)
        if self._cache:
            self._cache.put(run.key, run.answers, candidates, answer.disagreement)
        self._forget(run)
        if run.digest == self._digest and run.era == self._era:
            self.answered.emit(run.key, KnownAnswer.of(candidates, answer.disagreement))
            self.detected.emit(run.key, candidates, answer.seconds)

    def _on_failed(self, run: _Run, error: BaseException) -> None:
        self._tell_device()
        was_current = self._forget(run)
        if isinstance(error, DetectionStopped):
            if was_current:
                self.stopped.emit(run.key)
        elif run.era == self._era:
            self.failed.emit(run.key, str(error) or type(error).__name__)

    def _forget(self, run: _Run) -> bool:
        if self._runs.get(run.key) is run:
            del self._runs[run.key]
            return True
        return False

    def _remember(self, key: InstanceKey, answers: str, candidates: Candidates) -> None:
        self._memory[key, answers] = candidates
        while len(self._memory) > _KEPT:
            self._memory.popitem(last=False)


def _detect(
    detector: Detector, image: DisplayedImage, stop: threading.Event, on_member: Callable[[int], None]
) -> _Answer:
    """Run the detector on what the display shows by default, and time it."""
    if stop.is_set():
        raise DetectionStopped
    grey = windowing.render(image.pyramid.pixels, image.header, image.automatic)
    begun = time.perf_counter()
    candidates = detector.detect(grey, stop.is_set, on_member)
    seconds = time.perf_counter() - begun
    return _Answer(candidates, disagreement.of(candidates, detector.thresholds), seconds)


def _time(detector: Detector) -> float:
    """Return the seconds of one run on a grey ramp; the second run, for the first one may still prepare the engine."""
    ramp = np.tile((np.arange(1024) // 4).astype(np.uint8), (1024, 1))
    detector.detect(ramp)
    begun = time.perf_counter()
    detector.detect(ramp)
    return time.perf_counter() - begun
