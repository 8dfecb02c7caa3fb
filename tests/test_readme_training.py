"""Runs the commands of the README's training chapter as they are written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WRITTEN = (
    "augmentation.png",
    "tuning/tuning.json",
    "tuning/figure8.png",
    "tuning/froc.png",
    "my-bundle/bundle.json",
    "my-gated-bundle/gate.safetensors",
    "figures.json",
    "comparison/comparison.json",
)


def training_commands() -> str:
    """Return the chapter's block of commands."""
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").split("## Train a detector")[1].split("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", chapter, re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_the_training_chapter_runs_as_written(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("the chapter is written for a POSIX shell; there is no bash here")
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    found = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "-e", "-c", training_commands()],
        cwd=tmp_path,
        env={**os.environ, "PATH": found, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert [name for name in WRITTEN if not (tmp_path / name).is_file()] == []
    for study in ("benchmark", "throughput", "corrected", "ablation"):
        assert list((tmp_path / study).glob("*.md")), study
