"""What the window's process and its children hold: at rest with a bundle loaded, and with fifty images looked at.

Run: python -m tests.benchmarks.memory [--images 50] [--side 2000]

The real program runs in a process of its own over a private home. RSS counts what the process holds in memory, Pss
shares pages among those that use them. Linux only. The budgets are 350 MB at rest and 1.2 GB with 50 images (RSS).
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cxr_viewer import app
from tests.factories import dicom_file, radiograph

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from cxr_viewer.program.start import Start
    from cxr_viewer.ui.workspace import Workspace

_REST_MS = 4000
_LOOK_MS = 100
_prepare = app._prepare


def held(process: int) -> tuple[float, float]:
    """Return RSS and Pss of a process, MB of 10^6 bytes."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return found["Rss"] * 1024 / 1e6, found["Pss"] * 1024 / 1e6


def children(process: int) -> list[int]:
    """Return the processes below one, at any depth."""
    own = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    of_threads = [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        if task.name != str(process)
        for child in (task / "children").read_text(encoding="ascii").split()
    ]
    direct = [int(child) for child in own] + of_threads
    return [each for child in direct for each in (child, *children(child))]


def _tell(what: str) -> None:
    rss, pss = held(os.getpid())
    of_children = ", ".join(f"{held(child)[0]:.0f}" for child in children(os.getpid()))
    sys.stdout.write(f"| {what} | {rss:.0f} | {pss:.0f} | {of_children} |\n")
    sys.stdout.flush()


def _watched(options: argparse.Namespace, application: "QApplication", workspace: "Workspace", start: "Start") -> None:
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest

    _prepare(options, application, workspace, start)
    is_folder_open = bool(options.paths)

    def when(is_so: Callable[[], bool], then: Callable[[], None], ms: int) -> None:
        QTimer.singleShot(ms, workspace, lambda: then() if is_so() else when(is_so, then, ms))

    def is_at_rest() -> bool:
        return workspace.runner.has_model and workspace.is_quiet and not workspace.indexer.is_running

    def rested() -> None:
        _tell("one image shown, the model loaded" if is_folder_open else "nothing open, the model loaded")
        if is_folder_open:
            look(1)
        else:
            application.exit()

    def ended(seen: int) -> None:
        _tell(f"{seen} images looked at")
        application.exit()

    def look(seen: int) -> None:
        if workspace.flow.following is None:
            QTimer.singleShot(_REST_MS, workspace, lambda: ended(seen))
            return
        QTest.keyClick(workspace.window.image_view, Qt.Key.Key_D)
        when(is_at_rest, lambda: look(seen + 1), _LOOK_MS)

    when(is_at_rest, rested, _REST_MS)


def _program(home: Path, *arguments: str) -> str:
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"}
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        environment.pop(name, None)
    call = [sys.executable, "-m", "tests.benchmarks.memory", "--watched", *arguments]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=True, timeout=300).stdout


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--watched"]:
        app._prepare = _watched
        sys.exit(app.main(sys.argv[2:]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=50)
    parser.add_argument("--side", type=int, default=2000)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        home, folder = Path(name) / "home", Path(name) / "studies"
        home.mkdir(mode=0o700)
        patterns = [radiograph(options.side, options.side, seed=seed) for seed in range(3)]
        for number in range(options.images):
            pixels = patterns[number % len(patterns)].copy()
            pixels[0, 0] = number
            dicom_file(folder / f"{number:03d}.dcm", pixels, PatientName=f"Phantom^{number}", PatientID=f"P{number}")
        sys.stdout.write(
            f"### Memory of the window with the demo bundle; images of {options.side} x {options.side}, 16 bits\n\n"
            "| state | RSS MB | Pss MB | RSS of each child, MB |\n|---|---|---|---|\n"
        )
        sys.stdout.write(_program(home))
        sys.stdout.write(_program(home, str(folder)))


if __name__ == "__main__":
    main()
