"""Watches what goes into the network and what comes out: the input that is shown, and answers that never change."""

from functools import partial
from hashlib import sha256

from PySide6.QtCore import QObject

from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.ui import seen_input
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.network_input_panel import NetworkInputPanel
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.seen_input import SeenInput

CONSTANT = (
    "The model gave exactly the same answer for another image. Its weights or its input may be wrong: do not trust its "
    "boxes; load another bundle."
)


class InputWatch(QObject):
    """Makes the input of the image on the screen off the GUI thread, and compares the answers of different images."""

    def __init__(
        self,
        panel: NetworkInputPanel,
        session: ReviewSession,
        runner: DetectionRunner,
        files: BackgroundTasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel, self._session, self._files = panel, session, files
        self._answers: dict[str, set[InstanceKey]] = {}
        self._of_key: dict[InstanceKey, str] = {}
        session.instance_changed.connect(self._look)
        session.model_changed.connect(self._forget)
        runner.detected.connect(self._compare)

    def _forget(self) -> None:
        """Another model: neither its inputs nor its answers are those of the old one."""
        self._answers.clear()
        self._of_key.clear()
        self._look()

    def _look(self) -> None:
        reading, model = self._session.reading, self._session.model
        self._panel.show_seen(None, None)
        self._warn()
        if reading is not None and model is not None and model.input_side:
            call = partial(seen_input.see, reading.image, model)
            self._files.submit(call, partial(self._show, model.digest))

    def _show(self, digest: str, seen: SeenInput) -> None:
        reading, model = self._session.reading, self._session.model
        if reading is not None and model is not None and (reading.key, model.digest) == (seen.key, digest):
            self._panel.show_seen(seen, model.training_range)

    def _compare(self, key: InstanceKey, candidates: Candidates, _seconds: object) -> None:
        if len(candidates):
            answer = fingerprint(candidates)
            self._of_key[key] = answer
            self._answers.setdefault(answer, set()).add(key)
            self._warn()

    def _warn(self) -> None:
        reading = self._session.reading
        answer = self._of_key.get(reading.key, "") if reading else ""
        self._panel.show_warning(CONSTANT if len(self._answers.get(answer, ())) > 1 else "")


def fingerprint(candidates: Candidates) -> str:
    """Return what two images with exactly the same answer of the network share: anchors and every member's score."""
    return sha256(candidates.anchor_index.tobytes() + candidates.member_scores.tobytes()).hexdigest()
