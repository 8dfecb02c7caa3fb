"""Finds the instances below paths in the background and hands the rows over while it goes on."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cxr_viewer.core.found_text import Found
from cxr_viewer.core.studies import Instance, InstanceKey, SkippedFile, UnreadableFile
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.worklist_entry import WorklistEntry

Index = Callable[[Iterable[Path], Callable[[], bool]], Iterator[Found]]
"""Yields what is below paths until it is told to stop."""

_FIRST_BATCH_SECONDS = 0.05
_BATCH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What was found when the search ended."""

    paths: tuple[Path, ...]
    readable: int
    unreadable: int
    skipped: int
    missing: tuple[Path, ...] = ()
    was_stopped: bool = False

    @property
    def sentence(self) -> str:
        """One plain sentence for what is not as expected, "" when there are images."""
        if self.missing:
            return f"{self.missing[0]} does not exist. Choose another folder or file."
        if not self.readable and not self.unreadable:
            where = self.paths[0] if len(self.paths) == 1 else "the chosen files"
            verb = "was" if self.skipped == 1 else "were"
            others = f" ({other_files(self.skipped)} {verb} passed over)" if self.skipped else ""
            return f"There is no radiograph in {where}{others}. Choose another folder."
        return ""


def other_files(count: int) -> str:
    """Return in words how many files are no images."""
    return "1 other file" if count == 1 else f"{count} other files"


class Indexer(QObject):
    """One search at a time; a new one stops the old."""

    found = Signal(object)
    """list[WorklistEntry], in order of finding."""
    finished = Signal(object)
    """IndexSummary."""

    def __init__(
        self, index: Index, files: BackgroundTasks, cache: CandidateCache | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._index = index
        self._files = files
        self._cache = cache
        self._stop = threading.Event()
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Whether a search goes on."""
        return self._is_running

    def start(self, paths: tuple[Path, ...]) -> None:
        """Search below paths."""
        self.stop()
        self._stop = stop = threading.Event()
        self._is_running = True
        report = partial(self._report, stop)
        call = partial(_search, self._index, paths, self._cache, stop, report)
        self._files.submit(call, partial(self._on_finished, stop), partial(self._on_failed, stop, paths))

    def stop(self) -> None:
        """Stop the search; what was found stays."""
        self._stop.set()
        self._is_running = False

    def _report(self, stop: threading.Event, batch: list[WorklistEntry]) -> None:
        self._files.report(lambda: None if stop is not self._stop else self.found.emit(batch))

    def _on_finished(self, stop: threading.Event, summary: IndexSummary) -> None:
        if stop is self._stop:
            self._is_running = False
            self.finished.emit(summary)

    def _on_failed(self, stop: threading.Event, paths: tuple[Path, ...], _error: BaseException) -> None:
        self._on_finished(stop, IndexSummary(paths, 0, 0, 0))


def _search(
    index: Index,
    paths: tuple[Path, ...],
    cache: CandidateCache | None,
    stop: threading.Event,
    report: Callable[[list[WorklistEntry]], None],
) -> IndexSummary:
    """Walk and hand rows over in batches by time; runs on a pool thread."""
    missing = tuple(path for path in paths if not path.exists())
    counts = {Instance: 0, UnreadableFile: 0, SkippedFile: 0}
    batch: list[Instance | UnreadableFile] = []
    due = time.monotonic() + _FIRST_BATCH_SECONDS
    for found in index([path for path in paths if path not in missing], stop.is_set):
        if stop.is_set():
            break
        counts[type(found)] += 1
        if not isinstance(found, SkippedFile):
            batch.append(found)
        if batch and time.monotonic() >= due:
            report(_rows(batch, cache))
            batch, due = [], time.monotonic() + _BATCH_SECONDS
    if batch:
        report(_rows(batch, cache))
    return IndexSummary(
        paths, counts[Instance], counts[UnreadableFile], counts[SkippedFile], missing, was_stopped=stop.is_set()
    )


def _rows(batch: list[Instance | UnreadableFile], cache: CandidateCache | None) -> list[WorklistEntry]:
    keys = _known_keys([found.path for found in batch if isinstance(found, Instance)], cache)
    return [
        WorklistEntry.of_instance(found, keys.get(found.path))
        if isinstance(found, Instance)
        else WorklistEntry.of_unreadable(found)
        for found in batch
    ]


def _known_keys(paths: list[Path], cache: CandidateCache | None) -> dict[Path, InstanceKey]:
    """Return identities of files that were decoded before and have not changed since."""
    if cache is None:
        return {}
    return {path: known.instance_key for path, known in cache.unchanged_files(paths).items()}
