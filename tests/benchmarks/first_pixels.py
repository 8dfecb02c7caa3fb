"""The first pixels of a 3000 x 3000 image of 14 bits: from opening its file to the painted view, against the decoder.

Run: python -m tests.benchmarks.first_pixels [--rounds 7]

Each image differs and is opened alone and once, so that nothing is decoded ahead; its header is read, it is decoded in
a child, and the window is painted. The decoder's own time is imagecodecs' in this process, with as many threads, in
turn with the window.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import imagecodecs
import pydicom
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from cxr_viewer.dicom import decoding_child
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.ui import large_blocks, theme
from cxr_viewer.ui.archive_index import ArchiveIndex
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.settings import DETECT_AHEAD
from cxr_viewer.ui.workspace import Workspace
from model_training.phantom.transfer_syntax import TransferSyntax
from tests.benchmarks import archive_files
from tests.benchmarks.benchmark_window import supplies
from tests.factories import FakeDetector

SYNTAXES: dict[TransferSyntax, str] = {"jpeg-lossless": "JPEG Lossless", "jpeg-2000": "JPEG 2000"}
_DECODERS: dict[TransferSyntax, Callable[[bytes], object]] = {
    "jpeg-lossless": imagecodecs.jpeg8_decode,
    "jpeg-2000": lambda data: imagecodecs.jpeg2k_decode(data, numthreads=decoding_child.DEFAULT_THREADS),
}
_LONGEST_S = 60.0
_NUMBER_OF_14_BITS = 4  # of the detectors in archive_files: 3000 x 3000, 14 bits


@dataclass(frozen=True)
class Shown:
    """One image: seconds until it was painted, of the decoder alone, and of the window's own processor."""

    painted: float
    decoder: float
    busy: float


class Painted(QObject):
    """Ends a loop when the view was painted with an image that was not there before."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace, self._loop, self._wanted = workspace, QEventLoop(), Path()
        self._is_painted = False
        workspace.window.image_view.installEventFilter(self)

    def open(self, path: Path) -> tuple[float, float]:
        """Open a file; return wall-clock and processor seconds until its image is painted."""
        self._wanted = path
        begun, busy = time.perf_counter(), time.process_time()
        self._is_painted = False
        self._workspace.opening.open((path,))
        while not self._is_painted:
            if time.perf_counter() - begun > _LONGEST_S:
                raise TimeoutError(f"{path.name} was not shown.")
            self._loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return time.perf_counter() - begun, time.process_time() - busy

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._workspace.flow.shown == self._wanted:
            QTimer.singleShot(0, self, self._note)
        return False

    def _note(self) -> None:
        self._is_painted = True


@contextmanager
def window(folder: Path) -> Iterator[Workspace]:
    """Give a window over private files whose children run; nothing is decoded before it is asked for."""
    cache = CandidateCache(folder / "cache.sqlite")
    with DecodingPool(workers=2) as decoder:
        handed = replace(
            supplies(folder, FakeDetector()),
            cache=cache,
            decode=decoder.decode,
            index=ArchiveIndex(decoder, cache),
            close_decoder=decoder.close,
        )
        handed.settings.set(DETECT_AHEAD, False)
        workspace = Workspace(handed)
        workspace.window.resize(1600, 1000)
        workspace.window.show()
        decoder.call(os.getpid).result()
        yield workspace
        workspace.close()


def measure(workspace: Workspace, folder: Path, syntax: TransferSyntax) -> list[Shown]:
    """Open one file after the other; the first one warms up."""
    painted = Painted(workspace)
    shown = []
    for file in sorted(folder.iterdir()):
        data = pydicom.encaps.get_frame(pydicom.dcmread(file).PixelData, 0, number_of_frames=1)
        begun = time.perf_counter()
        _DECODERS[syntax](data)
        decoder = time.perf_counter() - begun
        found, busy = painted.open(file)
        shown.append(Shown(found, decoder, busy))
        _rest(workspace)
    workspace.opening.close()
    return shown[1:]


def _rest(workspace: Workspace) -> None:
    loop = QEventLoop()
    while not workspace.is_quiet or workspace.indexer.is_running or workspace.flow.is_loading:
        QTimer.singleShot(10, loop.quit)
        loop.exec()


def main() -> None:
    """Write the images, go through them, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    large_blocks.give_back_at_once()
    application = QApplication([])
    theme.apply(application, DARK)
    lines = [
        f"### First pixels of 3000 x 3000, 14 bits, median of {options.rounds} images, milliseconds",
        "",
        "| transfer syntax | decoder alone | opened to painted | more | of it processor time of the window |",
        "|---|---|---|---|---|",
    ]
    with TemporaryDirectory() as name:
        for syntax, words in SYNTAXES.items():
            folder, private = Path(name) / syntax, Path(name) / f"{syntax}-window"
            folder.mkdir()
            private.mkdir()
            for number in range(options.rounds + 1):
                archive_files.large(folder / f"{number:02d}.dcm", _NUMBER_OF_14_BITS + 6 * number, syntax)
            with window(private) as workspace:
                shown = measure(workspace, folder, syntax)
            columns = [
                1000 * median(values)
                for values in (
                    [one.decoder for one in shown],
                    [one.painted for one in shown],
                    [one.painted - one.decoder for one in shown],
                    [one.busy for one in shown],
                )
            ]
            lines.append(f"| {words} | {' | '.join(f'{value:.0f}' for value in columns)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
