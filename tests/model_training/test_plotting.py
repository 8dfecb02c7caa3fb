"""Tests of the look of pictures."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from model_training import plotting


def draw(path: Path) -> None:
    made, (left, right) = plotting.figure(columns=2, width=3, height=2)
    left.plot([0, 1], [0, 1], label="line")
    plotting.word(left, "title", "x", "y")
    plotting.legend(left)
    plotting.legend(right)
    plotting.save(made, path)


def test_a_picture_appears_whole_and_alike_each_time(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2 * 3 * plotting.DOTS_PER_INCH, 2 * plotting.DOTS_PER_INCH)


def test_an_empty_pair_of_axes_gets_no_legend() -> None:
    _, (axes,) = plotting.figure()
    plotting.legend(axes)
    assert axes.get_legend() is None


def test_nothing_of_matplotlib_is_loaded_before_the_first_figure() -> None:
    code = "import sys, model_training.plotting; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
