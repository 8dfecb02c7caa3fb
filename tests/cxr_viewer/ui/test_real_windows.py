"""A smaller set of the window's tests on a real window system: Qt's xcb platform on a virtual X server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="xvfb-run is missing: install xvfb and xauth")
def test_the_window_works_on_a_real_window_system(tmp_path: Path) -> None:
    command = [
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 1920x1200x24",
        sys.executable,
        "-m",
        "pytest",
        "-rs",
        "-p",
        "no:xdist",
    ]
    ran = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-m", "real_window", str(Path(__file__).with_name("test_xcb_windows.py"))],
        cwd=_ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "xcb", "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout[-4000:]}\n{ran.stderr[-2000:]}"
    assert "SKIPPED" not in ran.stdout, ran.stdout
