"""The index of an archive of 26,684 files: against a plain pydicom loop, its first rows, and a folder that is known.

Run: python -m tests.benchmarks.header_index [--count 26684] [--archive FOLDER]

"Plain" is one process that reads every header with pydicom (stop_before_pixels) and takes the values that we take. Ours
is the window itself (offscreen): its indexer, its cache, its worklist, painting included. The children run before.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.dicom.instance_header import WANTED
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.ui import large_blocks, theme
from cxr_viewer.ui.archive_index import ArchiveIndex
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.workspace import Workspace
from tests.benchmarks import archives
from tests.benchmarks.benchmark_window import supplies
from tests.factories import FakeDetector

_TICK_MS = 2


@dataclass(frozen=True)
class Opened:
    """One opening of the archive, in seconds from the call to open it.

    Attributes:
        first_rows: until the first rows were painted.
        all_rows: until the last one was.
        busy: processor time of the window's process, its pool threads included.
        longest_stall: the longest time in which the window took no event.
    """

    rows: int
    first_rows: float
    all_rows: float
    busy: float
    longest_stall: float


def plain(files: list[Path]) -> int:
    """Read all headers in this process; return how many values there were."""
    count = 0
    for file in files:
        dataset = pydicom.dcmread(file, stop_before_pixels=True)
        count += sum(dataset[tag].value is not None for tag in WANTED if tag in dataset)
    return count


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return wall-clock and processor seconds of a call."""
    begun, busy = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - begun, time.process_time() - busy


class Ticks:
    """A timer on the GUI thread; the longest time between two ticks is how long the window took no event."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._tick)
        self.timer.start(_TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last - _TICK_MS / 1000), now


def open_archive(application: QApplication, workspace: Workspace, archive: Path) -> Opened:
    """Open the archive in the window and wait until the last row is painted."""
    loop, ticks = QEventLoop(), Ticks()
    workspace.indexer.finished.connect(loop.quit)
    begun, busy = time.perf_counter(), time.process_time()
    first: list[float] = []

    def on_rows() -> None:
        if not first:
            workspace.window.worklist.repaint()
            first.append(time.perf_counter() - begun)

    workspace.worklist.rowsInserted.connect(on_rows)
    workspace.opening.open((archive,))
    loop.exec()
    application.processEvents()
    all_rows, used = time.perf_counter() - begun, time.process_time() - busy
    ticks.timer.stop()
    workspace.indexer.finished.disconnect(loop.quit)
    workspace.worklist.rowsInserted.disconnect(on_rows)
    rows = workspace.worklist.rowCount()
    workspace.opening.close()
    while not workspace.is_quiet:
        QTimer.singleShot(20, loop.quit)
        loop.exec()
    return Opened(rows, first[0], all_rows, used, ticks.longest)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(application: QApplication, folder: Path, archive: Path) -> tuple[Opened, Opened, float]:
    """Open the archive twice in one window; return both, and the processor time of the children of the first."""
    cache = CandidateCache(folder / "cache.sqlite")
    before = _children_seconds()
    with DecodingPool(workers=2) as decoder:
        decoder.warm_up()
        handed = replace(
            supplies(folder, FakeDetector()),
            cache=cache,
            decode=decoder.decode,
            index=ArchiveIndex(decoder, cache),
            close_decoder=decoder.close,
        )
        workspace = Workspace(handed)
        workspace.window.resize(1600, 1000)
        workspace.window.show()
        decoder.call(os.getpid).result()
        first = open_archive(application, workspace, archive)
        again = open_archive(application, workspace, archive)
        workspace.close()
    return first, again, _children_seconds() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, help="files; those of the kind when left out")
    parser.add_argument("--archive", type=Path, help="where the archive lies or is made; temporary when left out")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    large_blocks.give_back_at_once()
    application = QApplication([])
    theme.apply(application, DARK)
    with TemporaryDirectory() as name:
        folder = Path(name)
        archive = archives.make("headers", options.archive or folder / "headers", options.count)
        files = sorted(path for path in archive.rglob("*") if path.is_file())
        half = len(files) // 2
        # Around ours, so that a machine that grows busier meanwhile hits both.
        before = timed(lambda: plain(files[:half]))
        (folder / "window").mkdir()
        first, again, children = measure(application, folder / "window", archive)
        after = timed(lambda: plain(files[half:]))
        wall, busy = before[0] + after[0], before[1] + after[1]
    lines = [
        f"### Header index of {len(files):,} files, warm page cache, {multiprocessing.cpu_count()} cores",
        "",
        "| way | seconds | times faster | ms a file | processor seconds |",
        "|---|---|---|---|---|",
        f"| plain pydicom loop, one core | {wall:.2f} | 1.00 | {1000 * wall / len(files):.3f} | {busy:.2f} |",
        f"| the window, nothing known | {first.all_rows:.2f} | {wall / first.all_rows:.2f} | "
        f"{1000 * first.all_rows / len(files):.3f} | {first.busy:.2f} + {children:.2f} in children |",
        f"| the window, folder known | {again.all_rows:.2f} | {wall / again.all_rows:.2f} | "
        f"{1000 * again.all_rows / len(files):.3f} | {again.busy:.2f} |",
        "",
        f"First rows painted after {first.first_rows:.3f} s, of the known folder after {again.first_rows:.3f} s; "
        f"{first.rows:,} and {again.rows:,} rows; longest time in which the window took no event "
        f"{first.longest_stall:.3f} s and {again.longest_stall:.3f} s.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
