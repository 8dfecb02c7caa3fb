"""Tests of cxr-train as a user calls it: from phantoms to a measured bundle, help, version, and plain refusals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cxr_viewer import __version__
from model_training import recipe
from model_training.commands import main
from tests.model_training.small import SIDE, write_dataset

SUBCOMMANDS = [
    "phantom",
    "import rsna",
    "import nih",
    "import coco",
    "import corrections",
    "fit",
    "evaluate",
    "publish",
    "contact-sheet",
    "ablate",
    "benchmark detectors",
    "benchmark throughput",
    "benchmark corrections",
]

RECIPE = """
name = "small"
description = "for tests"
[network]
encoder = "mobilenetv3_small_050"
input_side = 128
input_channels = 1
coarse_from = "pyramid"
pyramid_width = 16
head_depth = 1
batch_norm = true
dropout = 0.0
global_head = "pooled"
mean = 0.45
std = 0.25
anchors = {levels = [3, 4, 5, 6]}
[optimizer]
kind = "adamw"
learning_rate = 2e-3
clip_norm = 5.0
[schedule]
kind = "one-cycle"
samples = 32
[batch]
size = 8
"""


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_subcommand_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    assert f"Example: cxr-train {command}" in " ".join(capsys.readouterr().out.split())


def test_the_version_is_the_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"cxr-train {__version__}\n"


def test_help_imports_no_torch() -> None:
    code = (
        "import sys; from model_training.commands import main; main(['fit', '--help']); print('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.rstrip().endswith("False")


def test_phantoms_become_a_measured_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.toml").write_text(RECIPE, encoding="utf-8")
    recipe.read(str(tmp_path / "small.toml"))

    def run(*words: object) -> None:
        assert main([str(word) for word in words]) == 0, capsys.readouterr().err

    for name, seed in (("train", 1), ("test", 2)):
        phantoms = tmp_path / "phantoms" / name
        run("phantom", phantoms, "--count", 12, "--seed", seed, "--side", 128, "--workers", 1)
        run(
            "import", "rsna", "--images", phantoms / "images", "--labels", phantoms / "labels.csv",
            "--classes", phantoms / "classes.csv", "--persons-are-exams", "--side", SIDE, "--workers", 0,
            "--out", tmp_path / name,
        )  # fmt: skip
    run(
        "fit", "--recipe", tmp_path / "small.toml", "--dataset", tmp_path / "train", "--fold", 0, "--folds", 2,
        "--accelerator", "cpu", "--devices", 1, "--out", tmp_path / "run",
    )  # fmt: skip
    run("publish", tmp_path / "run", "--out", tmp_path / "bundle", "--name", "small", "--test", tmp_path / "test")
    capsys.readouterr()
    run(
        "evaluate", tmp_path / "bundle", "--dataset", tmp_path / "test", "--members", "--out", tmp_path / "figures.json"
    )
    output = capsys.readouterr()
    assert "small 1 on test" in output.out
    assert "images: 12 of 12" in output.err
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert [entry["ensemble"] for entry in figures] == ["small 1", "small 1, member 1"]
    assert figures[0]["images"] == 12
    run("contact-sheet", tmp_path / "train", "--augmentation", "strong", "--count", 4, "--out", tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def refused(capsys: pytest.CaptureFixture[str], code: int, *words: object) -> str:
    """Run a call that must fail with that exit code; return its single sentence."""
    capsys.readouterr()
    assert main([str(word) for word in words]) == code
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback" not in output.err
    return output.err


def test_wrong_calls_exit_2_and_what_cannot_run_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_dataset(tmp_path / "data", count=8)
    fit = ["fit", "--dataset", data, "--out", tmp_path / "run", "--accelerator", "cpu", "--devices", 1]
    assert "no recipe 'best'" in refused(capsys, 2, *fit, "--recipe", "best")
    assert "does not exist" in refused(capsys, 2, "evaluate", tmp_path / "nowhere", "--dataset", data)
    assert "No such command" in refused(capsys, 2, "dream")
    assert "prepared at 128 pixels" in refused(capsys, 1, *fit, "--recipe", "demo")
    assert "does not exist" in refused(capsys, 1, "evaluate", data, "--dataset", data)
    assert "holds no finished run" in refused(capsys, 1, "publish", data, "--out", tmp_path / "bundle")
    sheet = ["contact-sheet", data, "--out", tmp_path / "sheet.png", "--augmentation", "wild"]
    assert "no augmentation set 'wild'" in refused(capsys, 2, *sheet)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is no prepared dataset" in refused(
        capsys, 1, "fit", "--recipe", "demo", "--dataset", empty, "--out", tmp_path / "run"
    )


def test_a_folder_in_use_is_a_wrong_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.toml").write_text(RECIPE, encoding="utf-8")
    data = write_dataset(tmp_path / "data", count=8)
    sentence = refused(capsys, 2, "fit", "--recipe", tmp_path / "small.toml", "--dataset", data, "--out", data)
    assert "is not empty" in sentence
