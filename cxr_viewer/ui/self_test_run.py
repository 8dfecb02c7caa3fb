"""Tries decoders, journal, bundle and model in the background; what came out is a list of checks."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cxr_viewer import resources
from cxr_viewer.program import bundle_check, decoder_check, store_check
from cxr_viewer.program.check import Check, Outcome, told_error
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.instance_loader import Decode
from cxr_viewer.ui.model_loading import ModelLoading
from cxr_viewer.ui.model_state import Stage
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession

NAMES = ("Decoders", "Journal", "Bundle", "Model")


class SelfTestRun(QObject):
    """One run at a time; the window goes on meanwhile."""

    changed = Signal()

    def __init__(
        self,
        session: ReviewSession,
        flow: ReadingFlow,
        runner: DetectionRunner,
        models: ModelLoading,
        decode: Decode,
        files: BackgroundTasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._flow, self._runner, self._models = session, flow, runner, models
        self._decode, self._files = decode, files
        self._done: dict[str, Check] = {}
        self._is_running = False
        self._waits_for_model = False
        runner.model_loaded.connect(self._go_on_with_model)
        runner.model_refused.connect(self._go_on_with_model)

    @property
    def checks(self) -> tuple[Check | None, ...]:
        """What came out, in the order of ``NAMES``; None for what is still tried."""
        return tuple(self._done.get(name) for name in NAMES)

    @property
    def is_running(self) -> bool:
        """Whether something is still tried."""
        return self._is_running

    @property
    def has_run(self) -> bool:
        """Whether everything was tried."""
        return len(self._done) == len(NAMES)

    @property
    def summary(self) -> str:
        """What came out, as one sentence."""
        if not self.has_run:
            return "Trying decoders, journal and model …"
        failed = [check.name.lower() for check in self._done.values() if check.outcome is Outcome.FAILS]
        if failed:
            return f"Not everything works: {', '.join(failed)}."
        return "Everything works." if self._session.model else "Everything works; no model is loaded."

    def run(self) -> None:
        """Try everything, unless that goes on already."""
        if self._is_running:
            return
        self._is_running, self._done = True, {}
        decoders = partial(decoder_check.check_decoders, self._decode, resources.path("self_test"))
        self._files.submit(decoders, self._put, partial(self._put_error, "Decoders"))
        journal = self._session.journal
        if journal is None:
            error = OSError(self._session.store_error or "It is closed.")
            self._put(Check("Journal", Outcome.FAILS, told_error(error, *self._named_places())))
        else:
            self._files.submit(
                partial(store_check.check_store, journal.path), self._put, partial(self._put_error, "Journal")
            )
        self._waits_for_model = True
        if self._flow.model_state.stage is not Stage.LOADING_MODEL or self._runner.has_model:
            self._go_on_with_model()
        self.changed.emit()

    def _go_on_with_model(self) -> None:
        if not self._waits_for_model:
            return
        self._waits_for_model = False
        model = self._session.model
        folder = model.folder if model else self._models.asked
        self._files.submit(partial(bundle_check.check_bundle, folder), self._put, partial(self._put_error, "Bundle"))
        if self._runner.has_model:
            self._runner.time_once(self._put_time, partial(self._put_error, "Model"))
        elif folder is not None:
            self._put(Check("Model", Outcome.FAILS, "the bundle was refused; reading works without a model"))
        else:
            self._put(Check("Model", Outcome.NOTHING, "no model is loaded; reading works without one"))

    def _put_time(self, seconds: float) -> None:
        model = self._session.model
        words = f"{seconds:.2f} s for a plain picture of 1024 × 1024"
        self._put(Check("Model", Outcome.WORKS, f"{words}, on {model.device}" if model else words))

    def _put_error(self, name: str, error: BaseException) -> None:
        self._put(Check(name, Outcome.FAILS, told_error(error, *self._named_places())))

    def _put(self, check: Check) -> None:
        self._done[check.name] = replace(check, words=_sentence(check.words))
        self._is_running = not self.has_run
        self.changed.emit()

    def _named_places(self) -> tuple[Path, ...]:
        """Return folders and files that an error may name: they are taken out of its words."""
        model, reading, journal = self._session.model, self._session.reading, self._session.journal
        places = [model.folder if model else None, self._models.asked, journal.path if journal else None]
        places.append(reading.instance.path if reading else None)
        return tuple(place for place in places if place is not None)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
