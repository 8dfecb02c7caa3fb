"""cxr-scan --runner ray: the five files of the other runner, one sentence when Ray is missing, Ctrl-C and resuming."""

import csv
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cxr_viewer import resources
from cxr_viewer.commands import scan as command
from cxr_viewer.scan.resume import LEDGER
from tests.factories import dicom_file, radiograph

PROGRAM = [sys.executable, "-c", "from cxr_viewer.commands.scan import main; main()"]


def test_ray_that_is_missing_is_one_sentence_and_exit_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else find(name))
    ran = CliRunner().invoke(command.app, [str(tmp_path), "--out", str(tmp_path / "out"), "--runner", "ray"])
    assert ran.exit_code == 2
    assert ran.stderr == (
        "cxr-scan: Ray is not installed; install cxr-viewer[cluster], or leave --runner out to scan on this machine.\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The phantoms of the demo, three times, and what is none."""
    for copy in range(3):
        shutil.copytree(resources.path("demo"), tmp_path / "archive" / str(copy))
    dicom_file(tmp_path / "archive" / "small.dcm", radiograph(40, 40))
    (tmp_path / "archive" / "page.dcm").write_text("<html>", encoding="utf-8")
    return tmp_path / "archive"


def _start(*arguments: str | Path) -> "subprocess.Popen[str]":
    call = [*PROGRAM, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(call, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def _of_session(session: int) -> list[str]:
    """Return the names of the processes that a program has started and that run still."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            name, _, fields = (folder / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        if int(fields.split()[3]) == session:
            found.append(name)
    return found


def _rows(out: Path) -> list[dict[str, str]]:
    with (out / "instances.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "seconds": ""} for row in csv.DictReader(file)]


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_interrupted_scan_leaves_its_ledger_alone_and_goes_on_on_one_machine(
    archive: Path, tmp_path: Path, user_folder: Path
) -> None:
    pytest.importorskip("ray", reason="needs cxr-viewer[cluster]")
    out = tmp_path / "out"
    options: list[str | Path] = [archive, "--workers", "1", "--precision", "fp32"]
    with _start(*options, "--out", out, "--runner", "ray") as process:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            if (out / LEDGER).exists() and (out / LEDGER).read_bytes().count(b"\n") > 5:
                break
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # what a terminal does: every process of the scan is told
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert output == ""
    assert errors.splitlines()[-1] == "cxr-scan: interrupted. Go on with the same command and --resume."
    assert all(re.match(r"\d+ (of \d+ )?files", line) for line in errors.splitlines()[:-1]), errors
    assert [path.name for path in out.iterdir()] == [LEDGER]
    assert [path for path in user_folder.rglob("*ray*")] == []
    deadline = time.monotonic() + 30  # a worker that was told to end takes a moment
    while _of_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _of_session(process.pid) == []

    names = [str(option) for option in options]
    again = CliRunner().invoke(command.app, [*names, "--out", str(out), "--resume"])
    assert again.exit_code == 0, again.output
    assert json.loads((out / "scan.json").read_text(encoding="utf-8"))["counts"]["reused"] >= 3
    whole = tmp_path / "whole"
    assert CliRunner().invoke(command.app, [*names, "--out", str(whole)]).exit_code == 0
    for name in ("detections.csv", "submission.csv"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    assert _rows(out) == _rows(whole)
    assert len(_rows(whole)) == 32
