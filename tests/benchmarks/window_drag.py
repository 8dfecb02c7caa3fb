"""Window and level under the hand: every frame of a drag over a 3000 x 3000 16-bit radiograph, in the whole window.

A frame is what the reader waits for: from the mouse event to the painted view, everything in between included.
Run: python -m tests.benchmarks.window_drag
"""

import math
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer.ui import theme
from cxr_viewer.ui.image_view import ImageView, Tool
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.workspace import Workspace
from tests.benchmarks.benchmark_window import PaintCounter, supplies
from tests.factories import FakeDetector, dicom_file, radiograph

_SIDE = 3000
_FRAMES = 300
_WAIT_SECONDS = 60.0


def main() -> None:
    """Print p50, p95 and the longest frame of drags in several states of the view."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv)
    theme.apply(application, DARK)
    with TemporaryDirectory() as folder:
        workspace = _opened(Path(folder))
        view = workspace.window.image_view
        ratio = view.devicePixelRatioF()
        lines = [
            f"Window/level drag over {_SIDE} x {_SIDE} pixels of 16 bits, view {view.width()} x {view.height()}, "
            f"{ratio:g} pixel(s) of the screen per logical pixel, {_FRAMES} frames each",
            f"{'':<34}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>8}",
        ]
        view.set_tool(Tool.WINDOW)
        for name, prepare in _STATES.items():
            prepare(view)
            seconds = _drag(view)
            p50, p95 = (float(value) * 1000 for value in np.percentile(seconds, [50, 95]))
            lines.append(f"{name:<34}{p50:>8.1f}{p95:>8.1f}{max(seconds) * 1000:>8.1f}")
        workspace.window.close()
    sys.stdout.write("\n".join(lines) + "\n")


def _turn(view: ImageView) -> None:
    view.fit()
    view.set_orientation(Orientation(1, is_mirrored=True))


_STATES = {
    "whole image": ImageView.fit,
    "one to one": ImageView.show_one_to_one,
    "four screen pixels per pixel": lambda view: view.zoom_by(4),
    "whole image, mirrored and turned": _turn,
}


def _drag(view: ImageView) -> list[float]:
    """Return the seconds of each frame of a drag that wanders over the view as a hand does."""
    painted = PaintCounter(view)
    centre, frames = view.rect().center(), []
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, centre)
    for step in range(_FRAMES):
        angle = 2 * math.pi * step / 90
        place = centre + QPoint(round(180 * math.sin(angle)), round(120 * math.sin(2 * angle)))
        before, begun = painted.count, time.perf_counter()
        QTest.mouseMove(view, place + QPoint(step % 2, 0))
        while painted.count == before and time.perf_counter() - begun < 1:
            QApplication.processEvents()
        frames.append(time.perf_counter() - begun)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=centre)
    view.removeEventFilter(painted)
    return frames[1:]


def _opened(folder: Path) -> Workspace:
    """Return a whole window on the radiograph, with boxes of a model over it."""
    stored = (radiograph(_SIDE, _SIDE).astype(np.uint32) * 15).astype(np.uint16)
    path = dicom_file(folder / "large.dcm", stored, BitsStored=16, HighBit=15)
    workspace = Workspace(supplies(folder, FakeDetector()))
    workspace.window.resize(1600, 1000)
    workspace.window.show()
    workspace.models.load(folder)
    workspace.opening.open((path,))
    deadline = time.monotonic() + _WAIT_SECONDS
    while not (workspace.session.detections.scores.size and workspace.is_quiet):
        if time.monotonic() > deadline:
            raise TimeoutError("The radiograph was not shown with its boxes within a minute.")
        QApplication.processEvents()
    return workspace


if __name__ == "__main__":
    main()
