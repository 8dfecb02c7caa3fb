"""Runs the program as it is and says on one line when its window was painted, took a key and showed the first image.

Run by `startup` in a process of its own: python -m tests.benchmarks.startup_watch BEGUN_NS [arguments of cxr-viewer]
"""

import argparse
import sys
import time
from typing import TYPE_CHECKING

from cxr_viewer import app

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from cxr_viewer.program.start import Start
    from cxr_viewer.ui.workspace import Workspace

_BEGUN_NS = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else time.monotonic_ns()
_prepare = app._prepare


def _watched(options: argparse.Namespace, application: "QApplication", workspace: "Workspace", start: "Start") -> None:
    from tests.benchmarks.startup_times import StartTimes

    # Children would tell of their imports as well.
    sys._xoptions.pop("importtime", None)
    times = StartTimes(workspace, _BEGUN_NS, is_image_expected=bool(options.paths or options.demo))
    times.ended.connect(application.exit)
    _prepare(options, application, workspace, start)


if __name__ == "__main__":
    app._prepare = _watched
    sys.exit(app.main(sys.argv[2:]))
