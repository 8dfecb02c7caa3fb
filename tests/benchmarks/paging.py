"""Pages through thousands of studies with the real window: how long a prefetched image takes, and whether memory grows.

Run: python -m tests.benchmarks.paging [--studies 2601] [--side 400] [--budget-mib 64] [--compare] [--judge]

The studies are written by the script into a temporary folder, two of each patient: every second one has a prior.
Files are decoded in child processes as in the program; memory is the resident set of the process of the window.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer.core.hanging import Shows
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.ui import large_blocks, theme
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.settings import DETECT_AHEAD
from cxr_viewer.ui.workspace import Supplies, Workspace
from tests.benchmarks.benchmark_window import supplies
from tests.factories import FakeDetector, dicom_file, radiograph

_LONGEST_S = 60.0
_PATTERNS = 4


@dataclass(frozen=True)
class Page:
    """One image that was paged to.

    Attributes:
        shown_ms: from the key to the painted image.
        busy_ms: processor time of the window's thread in it: what is left of ``shown_ms`` is other load and the disk.
        resident: bytes of the process when everything had come to rest.
    """

    shown_ms: float
    busy_ms: float
    was_ready: bool
    resident: int


def write(folder: Path, studies: int, side: int) -> None:
    """Write studies of invented patients; all pixels differ, or their identity would be one."""
    patterns = [radiograph(side, side, seed=seed) for seed in range(_PATTERNS)]
    for number in range(studies):
        pixels = patterns[number % _PATTERNS].copy()
        pixels[0, :2] = divmod(number, 4096)
        dicom_file(
            folder / f"{number:05d}.dcm",
            pixels,
            PatientName=f"Phantom^{number // 2}",
            PatientID=f"P{number // 2}",
            StudyDate=f"20{20 - number % 2}0102",
        )


def paging_supplies(folder: Path, decoder: DecodingPool, budget: int) -> Supplies:
    """Return what the window is handed: private files, real decoding, a detector that answers at once."""
    return replace(
        supplies(folder, FakeDetector()),
        cache=CandidateCache(folder / "cache.sqlite"),
        decode=decoder.decode,
        close_decoder=decoder.close,
        image_budget=budget,
    )


def page(workspace: Workspace, *, judges: bool) -> Iterator[Page]:
    """Go through the worklist by the key of the next image, to its end."""
    view, flow = workspace.window.image_view, workspace.flow
    while flow.following is not None:
        wanted, was_ready = flow.following, flow.is_next_ready
        begun, busy = time.perf_counter(), time.thread_time()
        QTest.keyClick(view, Qt.Key.Key_D)
        _wait(partial(_is_shown, flow, wanted))
        view.repaint()
        workspace.window.compared.view.repaint()
        shown_ms, busy_ms = 1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - busy)
        _rest(workspace)
        if judges:
            for key in (Qt.Key.Key_Return, Qt.Key.Key_X):
                QTest.keyClick(view, key)
        yield Page(shown_ms, busy_ms, was_ready, resident())


def resident() -> int:
    """Return the resident set of this process, bytes (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _rest(workspace: Workspace) -> None:
    _wait(lambda: workspace.is_quiet and not workspace.indexer.is_running and workspace.flow.model_state.is_settled)


def _is_shown(flow: ReadingFlow, path: Path) -> bool:
    return flow.shown == path


def _wait(is_so: Callable[[], bool]) -> None:
    limit = time.perf_counter() + _LONGEST_S
    while not is_so():
        QApplication.processEvents()
        if time.perf_counter() > limit:
            raise TimeoutError("The window did not come to rest.")


def report(pages: list[Page], warm_up: int) -> str:
    """Return times of prefetched images and growth of memory after the warm-up, as a table."""
    ready = [entry for entry in pages if entry.was_ready]
    shown, busy = (np.array([getattr(entry, name) for entry in ready]) for name in ("shown_ms", "busy_ms"))
    memory: NDArray[np.float64] = np.array([entry.resident for entry in pages]) / (1 << 20)
    after = memory[warm_up:]
    width = max(1, min(50, len(after) // 4))
    growth = float(np.median(after[-width:]) - np.median(after[:width]))
    slope = float(np.polyfit(np.arange(len(after)), after, 1)[0]) * 1000
    rows = (
        ("images paged to", f"{len(pages)}"),
        ("of them decoded ahead", f"{len(ready)}"),
        ("key to painted image, decoded ahead, p50 / p95 / max", _quantiles(shown)),
        ("of it processor time of the window, p50 / p95 / max", _quantiles(busy)),
        (f"resident after the warm-up of {warm_up}", f"{np.median(after[:width]):.1f} MiB"),
        ("resident at the end", f"{np.median(after[-width:]):.1f} MiB"),
        ("growth after the warm-up", f"{growth:+.1f} MiB"),
        ("slope after the warm-up", f"{slope:+.2f} MiB per 1,000 images"),
    )
    return "| what | result |\n|---|---|\n" + "".join(f"| {what} | {result} |\n" for what, result in rows)


def _quantiles(values: NDArray[np.float64]) -> str:
    if not len(values):
        return "none"
    return " / ".join(f"{value:.0f}" for value in np.percentile(values, [50, 95, 100])) + " ms"


def main() -> None:
    """Write the studies, page through them, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2601)
    parser.add_argument("--side", type=int, default=400, help="rows and columns of each image")
    parser.add_argument("--budget-mib", type=int, default=64, help="decoded images that are kept; the warm-up fills it")
    parser.add_argument("--compare", action="store_true", help="with the prior beside the image")
    parser.add_argument("--judge", action="store_true", help="accept and reject a box on every image")
    parser.add_argument("--warm-up", type=int, default=600)
    parser.add_argument("--curve", type=Path, help="write time and memory of every image to this CSV file")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    large_blocks.give_back_at_once()
    application = QApplication([])
    theme.apply(application, DARK)
    with TemporaryDirectory() as name, DecodingPool(workers=2) as decoder:
        folder = Path(name)
        write(folder / "studies", options.studies, options.side)
        handed = paging_supplies(folder, decoder, options.budget_mib << 20)
        # The model reads rows ahead whenever the hand rests; pages are counted between two rests.
        handed.settings.set(DETECT_AHEAD, False)
        workspace = Workspace(handed)
        workspace.window.resize(1600, 1000)
        workspace.window.show()
        workspace.models.load(folder / "bundle")
        workspace.opening.open((folder / "studies",))
        _wait(lambda: workspace.session.reading is not None)
        _rest(workspace)
        workspace.comparison.show(Shows.PRIOR if options.compare else None)
        pages = list(page(workspace, judges=options.judge))
        if options.curve:
            rows = [
                f"{n},{entry.shown_ms:.1f},{entry.busy_ms:.1f},{entry.resident}" for n, entry in enumerate(pages, 1)
            ]
            options.curve.write_text("\n".join(("image,shown_ms,busy_ms,resident", *rows)) + "\n")
        sys.stdout.write(report(pages, min(options.warm_up, len(pages) // 2)))
        workspace.window.close()
        workspace.close()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
