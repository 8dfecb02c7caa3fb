"""Runs the model over rows that the reader has not come to, while nothing else is wanted of the machine.

Score and disagreement are what a worklist is sorted by, so they should be there before the reader is. The visible image
goes first, then the next one, then thumbnails; a row ahead is begun only when all of them rest and the reader's hand
has left the image for a moment. It occupies one worker of the pools and no memory beyond its own image.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import Progress
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.detection_runner import DetectionRunner, Urgency
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.instance_loader import Decode
from cxr_viewer.ui.reading_flow import ReadingFlow, verdict_of
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel
from cxr_viewer.ui.worklist_rows import WorklistRows

AHEAD = 500
"""Rows after the one on the screen that are looked at: a day of reading, some minutes of an idle processor."""

_REST_MS = 300
_WATCH_MS = 250
_MOST_FAILURES = 3  # in a row: the engine is broken, not the images


@dataclass(frozen=True, slots=True)
class Pass:
    """How far a pass over the list is.

    Attributes:
        done: rows looked at, with those the model was withheld from and those that could not be read.
        left: rows that still wait.
        error: why it ended early, "" when it did not.
    """

    done: int = 0
    left: int = 0
    withheld: int = 0
    unreadable: int = 0
    error: str = ""

    @property
    def summary(self) -> str:
        """What came of it, as a sentence."""
        rows = "1 row" if self.done == 1 else f"{self.done} rows"
        parts = [f"The model looked at {rows}"]
        if self.withheld:
            parts.append(f"withheld from {self.withheld}")
        if self.unreadable:
            parts.append(f"{self.unreadable} cannot be read")
        if self.left:
            parts.append(f"{self.left} left")
        return f"{self.error} " * bool(self.error) + ", ".join(parts) + "."


class DetectionsAhead(QObject):
    """Looks at unread rows without an answer, in the order in which the reader comes to them; keeps what is known."""

    changed = Signal()
    finished = Signal(str)
    """What came of a pass over the whole list, when it ended or was stopped."""
    decoded = Signal(object, object)
    """Path and DisplayedImage of a row ahead."""

    def __init__(
        self,
        decode: Decode,
        files: BackgroundTasks,
        runner: DetectionRunner,
        flow: ReadingFlow,
        worklist: WorklistModel,
        rows: WorklistRows,
        others_rest: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._decode, self._files, self._runner, self._flow = decode, files, runner, flow
        self._worklist, self._rows, self._others_rest = worklist, rows, others_rest
        self._is_on = self._is_whole_list = False
        self._pass = Pass()
        self._queue: deque[Path] = deque()
        self._is_stale = True
        self._tried: set[Path] = set()
        self._decoding: Path | None = None
        self._asked: tuple[Path, InstanceKey] | None = None
        self._failures = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._go_on)
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._go_on)
        for moved in (rows.rowsInserted, rows.rowsRemoved, rows.modelReset, flow.loading_changed):
            moved.connect(self._look_anew)
        worklist.modelReset.connect(self._begin_anew)
        runner.model_loaded.connect(self._begin_anew)
        runner.answered.connect(self._on_answered)
        runner.failed.connect(self._on_run_failed)

    @property
    def state(self) -> Pass:
        """How far the pass is."""
        return self._pass

    @property
    def is_on(self) -> bool:
        """Whether rows ahead are looked at."""
        return self._is_on

    @property
    def is_whole_list(self) -> bool:
        """Whether every row of the list is looked at, not only the next ``AHEAD``."""
        return self._is_whole_list

    @property
    def is_working(self) -> bool:
        """Whether a row is being decoded or looked at."""
        return self._decoding is not None or self._asked is not None

    @property
    def is_resting(self) -> bool:
        """Whether nothing more will come by itself."""
        return not self._is_on or not self._runner.has_model or not (self._is_stale or self._queue or self.is_working)

    def start(self, *, whole_list: bool = False) -> None:
        """Look at the rows ahead, or at all rows of the list."""
        self._pass, self._failures = Pass(), 0
        self._is_on, self._is_whole_list = True, whole_list
        self._look_anew()
        self._refill()
        self.changed.emit()

    def stop(self) -> None:
        """Begin nothing more; a row that is being looked at ends after the member that runs now."""
        was_whole_list = self._is_whole_list
        self._is_on = self._is_whole_list = False
        self._rest.stop()
        self._watch.stop()
        if self._asked is not None:
            self._runner.stop(self._asked[1])
            self._asked = None
        self.changed.emit()
        if was_whole_list:
            self.finished.emit(self._pass.summary)

    def put_off(self) -> None:
        """Wait a moment: the reader's hand is on the image."""
        if self._is_on:
            self._rest.start()

    # -- one row after the other ---------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if not self._is_on or self._decoding is not None or self._rest.isActive():
            return
        if self._asked is not None and not self._runner.is_running(self._asked[1]):
            self._asked = None  # it made room for something more urgent, and comes again
        if self._asked is not None or not self._may_begin():
            return
        self._refill()
        if not self._queue:
            self._end()
            return
        self._decoding = path = self._queue[0]
        call = partial(_decoded, self._decode, path)
        self._files.submit(call, partial(self._on_decoded, path), partial(self._on_decoding_failed, path))

    def _end(self) -> None:
        """Rest until the list changes or the reader goes on."""
        if self._is_whole_list:
            self.stop()
        else:
            self._watch.stop()
            self.changed.emit()

    def _may_begin(self) -> bool:
        flow, runner = self._flow, self._runner
        return (
            runner.has_model
            and runner.is_idle
            and not flow.is_loading
            and not flow.model_state.is_busy
            and (self._others_rest())
        )

    def _refill(self) -> None:
        if not self._is_stale:
            return
        self._is_stale = False
        following = self._rows.following(self._flow.shown)
        rows = following if self._is_whole_list else islice(following, AHEAD)
        self._queue = deque(entry.path for entry in rows if self._wants(entry))
        self._pass = replace(self._pass, left=len(self._queue))

    def _wants(self, entry: WorklistEntry) -> bool:
        """Unread rows without an answer; what the reader signed and what is known already stay as they are."""
        is_open = entry.is_readable and not entry.withheld and entry.state.progress is not Progress.SIGNED
        return is_open and entry.answer is None and entry.path not in self._tried

    def _on_decoded(self, path: Path, image: DisplayedImage) -> None:
        self._decoding = None
        if self._worklist.entry(path) is None:
            return
        self.decoded.emit(path, image)
        entry = self._worklist.entry(path)
        if entry is None or not self._is_on:
            return
        if verdict_of(entry, image).withheld:
            self._count(path, withheld=1)
        elif entry.answer is not None:  # the same image was looked at under another name, or by a scan
            self._count(path, withheld=int(bool(entry.answer.withheld)))
        elif self._runner.known(image.key, is_polarity_corrected=image.header.is_polarity_corrected) is not None:
            self._count(path)
        elif self._may_begin():
            self._asked = (path, image.key)
            self._runner.request(image, Urgency.AHEAD)

    def _on_decoding_failed(self, path: Path, error: BaseException) -> None:
        self._decoding = None
        if self._worklist.entry(path) is not None:
            if isinstance(error, DicomReadError):
                self._worklist.set_failed(path, str(error))
            self._count(path, unreadable=1)

    def _on_answered(self, key: InstanceKey, answer: KnownAnswer) -> None:
        if self._asked is not None and self._asked[1] == key:
            path, self._asked, self._failures = self._asked[0], None, 0
            self._count(path, withheld=int(bool(answer.withheld)))

    def _on_run_failed(self, key: InstanceKey, reason: str) -> None:
        if self._asked is None or self._asked[1] != key:
            return
        path, self._asked = self._asked[0], None
        self._failures += 1
        self._tried.add(path)
        if self._failures >= _MOST_FAILURES:
            self._pass = replace(self._pass, error=reason)
            self.stop()
        else:
            self._is_stale = True

    def _count(self, path: Path, *, withheld: int = 0, unreadable: int = 0) -> None:
        self._tried.add(path)
        if self._queue and self._queue[0] == path:
            self._queue.popleft()
        else:
            self._is_stale = True
        self._pass = replace(
            self._pass,
            done=self._pass.done + 1,
            left=len(self._queue),
            withheld=self._pass.withheld + withheld,
            unreadable=self._pass.unreadable + unreadable,
        )
        self.changed.emit()
        self._go_on()

    # -- when the list or the model changes ----------------------------------------------------------------------

    def _look_anew(self) -> None:
        self._is_stale = True
        if self._is_on:
            self._rest.start()
            self._watch.start()

    def _begin_anew(self) -> None:
        """Another folder, or another model: what was tried says nothing any more."""
        self._tried.clear()
        self._queue.clear()
        self._pass, self._asked, self._failures = Pass(), None, 0
        self._is_whole_list = False
        self._look_anew()
        self.changed.emit()


def _decoded(decode: Decode, path: Path) -> DisplayedImage:
    return DisplayedImage.of(decode(path))
