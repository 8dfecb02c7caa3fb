"""Without torch the demo bundle runs, in the scan and in the window; what newcomers install holds no torch."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cxr_viewer import resources
from tests.without_torch import HEAVY

CHECKOUT = Path(__file__).resolve().parents[1]


def _run(tmp_path: Path, module: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        **{name: str(tmp_path / "user") for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")},
    }
    command = [sys.executable, "-m", "tests.without_torch", module, *map(str, arguments)]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=180)


def test_torch_is_really_missing_there(tmp_path: Path) -> None:
    ran = _run(tmp_path, "cxr_viewer.detection.torch_ensemble")
    assert ran.returncode != 0
    assert "No module named 'torch'" in ran.stderr


def test_the_scan_finds_opacities_in_the_demo(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = _run(tmp_path, "cxr_viewer.commands.scan", resources.path("demo"), "--out", out)
    assert ran.returncode == 0, ran.stderr
    with (out / "instances.csv").open(encoding="utf-8", newline="") as file:
        states = [row["status"] for row in csv.DictReader(file) if row["path"].endswith(".dcm")]
    with (out / "detections.csv").open(encoding="utf-8", newline="") as file:
        scores = [float(row["score"]) for row in csv.DictReader(file)]
    assert set(states) == {"ok"}
    assert len(states) >= 10
    assert len(scores) >= 5
    assert max(scores) > 0.5


def test_asking_for_torch_is_refused_with_advice(tmp_path: Path) -> None:
    ran = _run(
        tmp_path, "cxr_viewer.commands.scan", resources.path("demo"), "--out", tmp_path / "out", "--backend", "torch"
    )
    assert ran.returncode == 1
    assert "cxr-viewer[gpu]" in ran.stderr


def test_the_window_shows_the_demo_with_its_boxes(tmp_path: Path) -> None:
    """The picture is written when the first image is shown with its detections; their colour is looked for in it."""
    picture = tmp_path / "demo.png"
    ran = _run(
        tmp_path,
        "cxr_viewer.app",
        "--demo",
        *("--store", tmp_path / "store.sqlite", "--size", "1200x800", "--theme", "dark", "--screenshot", picture),
    )
    assert ran.returncode == 0, ran.stderr
    with Image.open(picture) as image:
        red, green, blue = np.moveaxis(np.asarray(image.convert("RGB"))[100:700, 300:850].astype(int), 2, 0)
    amber = (red > 220) & (green > 150) & (green < 210) & (blue < 110)
    assert amber.sum() > 500


@pytest.mark.parametrize("name", ["viewer.txt"])
def test_what_make_demo_installs_holds_no_torch(name: str) -> None:
    listed = (CHECKOUT / "requirements" / name).read_text(encoding="utf-8")
    wanted = {re.split(r"[=<>~!\[; ]", line.strip())[0].lower() for line in listed.splitlines() if line.strip()}
    assert {"openvino", "pyside6-essentials"} <= wanted
    assert not (HEAVY | {"nvidia", "triton"}) & wanted
    assert not [name for name in wanted if name.startswith("nvidia-")]
