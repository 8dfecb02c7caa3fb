"""From a move of a slider to redrawn boxes: 1,000 candidates of 12 members, over the whole range of every slider.

The window is a real one (offscreen unless QT_QPA_PLATFORM says otherwise), 1600 x 1000, over a 3000 x 3000 image of
16 bit. A step begins when the slider's value is set and ends when the image has painted the boxes that follow from it,
and the window all else that changed. The bundle's rule that hides weak boxes is off, which is the hardest case. The
last column is the time that the window's thread itself had, which tells a busy machine from slow code.

Run: python -m tests.benchmarks.sliders [--profile]
"""

import cProfile
import gc
import os
import pstats
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from cxr_viewer.core.candidates import Candidates, SelectionRules, Thresholds
from cxr_viewer.ui import theme
from cxr_viewer.ui.marked_slider import MarkedSlider
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.workspace import Workspace
from tests.benchmarks.benchmark_window import PaintCounter, supplies
from tests.cxr_viewer.crowds import many_candidates
from tests.factories import FakeDetector, dicom_file

SIDE, MEMBERS = 3000, 12
BUDGET_MS = 16.0


@dataclass
class ManyCandidates(FakeDetector):
    """A detector with 1,000 candidates of 12 members all over the image."""

    members: int = MEMBERS
    thresholds: Thresholds = field(default_factory=lambda: Thresholds(0.3, 0.05))
    rules: SelectionRules = field(default_factory=lambda: SelectionRules(0.0, 1.0))

    def detect(self, image: NDArray[np.uint8], *_: object) -> Candidates:
        return many_candidates(*image.shape)


def opened(folder: Path) -> Workspace:
    """Return the running window with image and candidates on the screen."""
    image = np.random.default_rng(0).integers(0, 65536, (SIDE, SIDE), dtype=np.uint16)
    path = dicom_file(folder / "image.dcm", image, BitsStored=16, HighBit=15)
    workspace = Workspace(supplies(folder, ManyCandidates()))
    workspace.window.resize(1600, 1000)
    workspace.window.show()
    gc.freeze()  # as the program does
    workspace.models.load(folder)
    workspace.opening.open((path,))
    while workspace.session.candidates is None or not workspace.is_quiet:
        QApplication.processEvents()
        time.sleep(0.01)
    for _ in range(20):
        QApplication.processEvents()
    return workspace


def sweep(workspace: Workspace, slider: MarkedSlider, paints: PaintCounter) -> Iterator[tuple[float, float, int]]:
    """Move a slider over its whole range, up and down; yield milliseconds on the clock, of this
    thread alone, and boxes shown, of every step."""
    positions = [*range(slider.minimum(), slider.maximum() + 1)]
    for position in (*positions, *reversed(positions)):
        if position == slider.value():
            continue
        shown, before = workspace.window.image_view.boxes, paints.count
        begun, begun_thread = time.perf_counter(), time.thread_time()
        slider.setValue(position)
        QApplication.processEvents()
        while workspace.window.image_view.boxes != shown and paints.count == before:
            QApplication.processEvents()
        clock, own = time.perf_counter() - begun, time.thread_time() - begun_thread
        yield clock * 1000, own * 1000, len(workspace.session.detections)


def settings(workspace: Workspace) -> dict[str, tuple[Thresholds, MarkedSlider]]:
    """Return what is swept: a slider, with the others where they are hardest, and where the model has them."""
    panel = workspace.window.threshold_panel
    score, overlap, size = (row.slider for row in (panel.score_row, panel.overlap_row, panel.size_row))
    return {
        "score, others as the model's": (Thresholds(0.3, 0.05), score),
        "score, overlap 0.5": (Thresholds(0.3, 0.5), score),
        "score, overlap 0.5, s = 1.6": (Thresholds(0.3, 0.5, 1.6), score),
        "overlap, score 0.3": (Thresholds(0.3, 0.05), overlap),
        "overlap, score 0.025": (Thresholds(0.025, 0.05), overlap),
        "overlap, score 0.025, s = 1.6": (Thresholds(0.025, 0.05, 1.6), overlap),
        "size, score 0.3": (Thresholds(0.3, 0.05), size),
        "size, score 0.025, overlap 0.5": (Thresholds(0.025, 0.5), size),
    }


def measure(workspace: Workspace, report: Callable[[str], object]) -> list[float]:
    """Sweep everything and report a table; return all times."""
    paints = PaintCounter(workspace.window.image_view)
    everything: list[tuple[float, float, int]] = []
    report("| slider over its whole range | steps | most boxes | p50 ms | p95 ms | worst ms | p95 ms, this thread |\n")
    report("|---|---|---|---|---|---|---|\n")
    for name, (thresholds, slider) in settings(workspace).items():
        workspace.session.set_thresholds(thresholds)
        QApplication.processEvents()
        steps = list(sweep(workspace, slider, paints))
        everything += steps
        report(_row(name, steps))
    report(_row("**all**", everything))
    return [clock for clock, _, _ in everything]


def _row(name: str, steps: list[tuple[float, float, int]]) -> str:
    clock, own = [step[0] for step in steps], [step[1] for step in steps]
    p50, p95, worst = np.percentile(clock, [50, 95, 100])
    boxes = max(step[2] for step in steps)
    return f"| {name} | {len(steps)} | {boxes} | {p50:.1f} | {p95:.1f} | {worst:.1f} | {np.percentile(own, 95):.1f} |\n"


def main() -> None:
    """Print the table; with --profile also where the time goes."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    theme.apply(application, DARK)
    with TemporaryDirectory() as folder:
        workspace = opened(Path(folder))
        profile = cProfile.Profile()
        if "--profile" in sys.argv:
            profile.enable()
        times = measure(workspace, sys.stdout.write)
        if "--profile" in sys.argv:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        workspace.window.close()
    p95 = float(np.percentile(times, 95))
    sys.stdout.write(f"\np95 {p95:.1f} ms, budget {BUDGET_MS:.0f} ms: {'held' if p95 <= BUDGET_MS else 'MISSED'}\n")


if __name__ == "__main__":
    main()
